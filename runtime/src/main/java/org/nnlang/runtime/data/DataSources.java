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

    /// Answers with `data` for what a program calls `given("name")`.
    ///
    /// @throws IllegalArgumentException where that name is given already
    public DataSources give(String name, Dataset data) {
        return given(name, GivenExamples.whole(data));
    }

    /// Answers with datasets of the same fields for the parts of what a program calls `given("name")`, such as
    /// `given("name").train`.
    ///
    /// @param parts by name, such as `train` and `test`
    /// @throws IllegalArgumentException where the parts have different fields, or the name is given already
    public DataSources give(String name, Map<String, Dataset> parts) {
        return given(name, GivenExamples.parts(parts));
    }

    private DataSources given(String name, Examples examples) {
        var source = new DataExpression.Source(GivenReader.NAME, Map.of("name", name));
        if (read.putIfAbsent(source, examples) != null) {
            throw new IllegalArgumentException("data are given under the name `" + name + "` already");
        }
        return this;
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
