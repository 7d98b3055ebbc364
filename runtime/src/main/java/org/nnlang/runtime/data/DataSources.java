package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers for data: relative paths are looked up from a base folder (that of the program), and a source that several
/// pipelines share is read once. Not safe for several threads.
public final class DataSources {
    private final Path base;
    private final Map<DataExpression.Source, Examples> read = new HashMap<>();

    public DataSources(Path base) {
        this.base = base;
    }

    /// Fields, types, shapes and counts of a pipeline, from as little reading as they need.
    ///
    /// @throws org.nnlang.runtime.NnException NN07xx where there is no such data or it is malformed
    public DataHeader header(DataExpression expression) {
        return Pipeline.of(expression).header(this);
    }

    /// The examples of a pipeline.
    ///
    /// @throws org.nnlang.runtime.NnException NN07xx where there is no such data or it is malformed
    public Dataset open(DataExpression expression) {
        return Pipeline.of(expression).open(this);
    }

    Examples examples(DataExpression.Source source) {
        Examples known = read.get(source);
        if (known == null) {
            @Nullable
            DataReader reader = DataReader.named(source.reader());
            if (reader == null) {
                throw DataErrors.unknownReader(source.reader());
            }
            known = reader.open(new Arguments(reader, source, base));
            read.put(source, known);
        }
        return known;
    }
}
