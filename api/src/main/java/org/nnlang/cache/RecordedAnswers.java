package org.nnlang.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.operation.Operations;

/// Passes a compiler's questions on, and remembers what it was told: the files that a program imports and the headers of its
/// data. Modules of the standard library belong to the compiler.
final class RecordedAnswers implements Sources {
    /// A file that was asked for.
    ///
    /// @param importer the name of the file that imports it
    /// @param path as the import spells it
    /// @param name what it is called, or null where there was none
    /// @param text what it held, or null
    record FileAnswer(String importer, String path, @Nullable String name, @Nullable String text) {}

    /// A header that was asked for, both as JSON.
    record HeaderAnswer(String expression, String header) {}

    private final Sources sources;
    private final List<FileAnswer> files = new ArrayList<>();
    private final Map<DataExpression, DataHeader> headers = new LinkedHashMap<>();
    private final Map<String, SourceFile> known = new LinkedHashMap<>();
    private boolean refused;

    RecordedAnswers(SourceFile program, Sources sources) {
        this.sources = sources;
        known.put(program.name(), program);
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return sources.module(name);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        Optional<SourceFile> found = sources.file(importer, path);
        files.add(new FileAnswer(
                importer.name(), path, found.map(SourceFile::name).orElse(null),
                found.map(SourceFile::text).orElse(null)));
        found.ifPresent(file -> known.put(file.name(), file));
        return found;
    }

    @Override
    public DataHeader header(DataExpression expression) {
        try {
            DataHeader header = sources.header(expression);
            headers.put(expression, header);
            return header;
        } catch (NnException e) {
            refused = true;
            throw e;
        }
    }

    @Override
    public String placeOfSetting(String hyperparameter) {
        return sources.placeOfSetting(hyperparameter);
    }

    @Override
    public Operations operations() {
        return sources.operations();
    }

    /// Whether some data could not be read: then nothing that was made may be kept.
    boolean refused() {
        return refused;
    }

    List<FileAnswer> files() {
        return files;
    }

    List<HeaderAnswer> headers() {
        List<HeaderAnswer> answers = new ArrayList<>();
        headers.forEach((expression, header) -> answers
                .add(new HeaderAnswer(expression.toJson().toString(), header.toJson().toString())));
        return answers;
    }

    /// Asks again for a file; whether the answer is the same.
    boolean confirms(FileAnswer answer) {
        SourceFile importer = known.get(answer.importer());
        if (importer == null) {
            return false;
        }
        try {
            SourceFile found = file(importer, answer.path()).orElse(null);
            return found == null
                    ? answer.name() == null
                    : found.name().equals(answer.name()) && found.text().equals(answer.text());
        } catch (NnException _) {
            return false;
        }
    }

    /// Asks again for a header; whether the answer is the same.
    boolean confirms(HeaderAnswer answer) {
        try {
            DataExpression expression = DataExpression.fromJson(Json.parse(answer.expression()));
            return sources.header(expression).toJson().toString().equals(answer.header());
        } catch (NnException | JsonException | IllegalArgumentException _) {
            return false;
        }
    }
}
