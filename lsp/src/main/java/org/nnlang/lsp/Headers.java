package org.nnlang.lsp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;

/// The headers of data, each read once as long as its files stay as they are: a table may be long, and a text is looked at with
/// every word that is typed.
final class Headers {
    private static final int MOST = 100;

    private final Map<Key, Answer> answers = new LinkedHashMap<>();

    private record Key(Path folder, DataExpression expression) {}

    /// What was found, or why nothing was.
    private record Answer(Map<String, String> stamps, @Nullable DataHeader header, @Nullable NnException problem) {}

    /// The header of data that are named in a file of `folder`.
    ///
    /// @throws NnException NN07xx where there is none
    synchronized DataHeader of(Path folder, DataExpression expression) {
        var key = new Key(folder, expression);
        Map<String, String> stamps = stamps(folder, expression);
        Answer known = answers.get(key);
        if (known == null || !known.stamps().equals(stamps)) {
            known = read(key, stamps);
            answers.remove(key);
            answers.put(key, known);
            if (answers.size() > MOST) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        if (known.problem() != null) {
            throw known.problem();
        }
        if (known.header() == null) {
            throw new IllegalStateException("neither a header nor a problem");
        }
        return known.header();
    }

    /// Forgets everything: files have changed that no path names.
    synchronized void forget() {
        answers.clear();
    }

    private static Answer read(Key key, Map<String, String> stamps) {
        try {
            return new Answer(stamps, new DataSources(key.folder()).header(key.expression()), null);
        } catch (NnException e) {
            return new Answer(stamps, null, e);
        }
    }

    /// Sizes and times of the files that an expression names.
    private static Map<String, String> stamps(Path folder, DataExpression expression) {
        var stamps = new LinkedHashMap<String, String>();
        collect(folder, expression, stamps);
        return stamps;
    }

    private static void collect(Path folder, DataExpression expression, Map<String, String> stamps) {
        switch (expression) {
            case DataExpression.Source(String _, Map<String, Object> arguments) -> arguments.values().forEach(value -> {
                if (value instanceof String text) {
                    stamps.put(text, stamp(folder, text));
                }
            });
            case DataExpression.Part(DataExpression of, String _) -> collect(folder, of, stamps);
            case DataExpression.Cut cut -> collect(folder, cut.of(), stamps);
            case DataExpression.Shuffle shuffle -> collect(folder, shuffle.of(), stamps);
            case DataExpression.Treatment treatment -> collect(folder, treatment.of(), stamps);
            case DataExpression.Take take -> collect(folder, take.of(), stamps);
        }
    }

    private static String stamp(Path folder, String path) {
        try {
            var attributes = Files.readAttributes(folder.resolve(path), BasicFileAttributes.class);
            return attributes.size() + " " + attributes.lastModifiedTime();
        } catch (IOException | InvalidPathException _) {
            return "";
        }
    }
}
