package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// Answers for data: relative paths are looked up from a base folder (that of the program), and a source that several
/// pipelines share is read once. Not safe for several threads.
public final class DataSources {
    private final List<Path> bases = new ArrayList<>();
    private final Map<DataExpression.Source, Examples> read = new HashMap<>();

    public DataSources(Path base) {
        bases.add(base);
    }

    /// Looks in a further folder for files that the others do not have.
    public DataSources alsoFrom(Path folder) {
        bases.add(folder);
        return this;
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
    /// @throws org.nnlang.runtime.NnException NN0711 where there are no examples
    public DataSources give(String name, Dataset data) {
        return given(name, GivenExamples.whole(data), Map.of("", data));
    }

    /// Answers with datasets of the same fields for the parts of what a program calls `given("name")`, such as
    /// `given("name").train`.
    ///
    /// @param parts by name, such as `train` and `test`
    /// @throws IllegalArgumentException where the parts have different fields, or the name is given already
    /// @throws org.nnlang.runtime.NnException NN0711 where a part has no examples
    public DataSources give(String name, Map<String, Dataset> parts) {
        return given(name, GivenExamples.parts(parts), parts);
    }

    private DataSources given(String name, Examples examples, Map<String, Dataset> parts) {
        parts.forEach((part, data) -> {
            if (data.count() == 0) {
                throw DataErrors.noExamples(
                        "what is handed in as `" + name + (part.isEmpty() ? "" : "." + part) + "`",
                        "look at what the dataset is made from: its arrays or rows are empty");
            }
        });
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
            known = open(reader, source);
            read.put(source, known);
        }
        return known;
    }

    private Examples open(DataReader reader, DataExpression.Source source) {
        NnException missing = null;
        for (Path base : bases) {
            try {
                return reader.open(new Arguments(reader, source, base));
            } catch (NnException e) {
                if (!e.code().equals("NN0701")) {
                    throw e;
                }
                missing = missing == null ? e : missing;
            }
        }
        throw Objects.requireNonNull(missing);
    }
}
