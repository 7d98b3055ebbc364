package org.nnlang.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.repl.Commands;
import org.nnlang.cli.repl.Session;

/// Completes commands, paths, members of layers, names, and the parameters of the call that the cursor is in.
final class Suggestions implements Completer {
    private static final List<String> KEYWORDS = List.of(
            "fun", "val", "var", "if", "else", "for", "true", "false", "scan", "yield", "require", "assert", "minimize",
            "import", "layer", "model", "optimizer", "train", "test", "param", "state", "step", "validate", "report",
            "with", "over", "along");

    private final Session session;
    private final Path folder;

    Suggestions(Session session, Path folder) {
        this.session = session;
        this.folder = folder;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String before = line.line().substring(0, line.cursor());
        String word = line.word();
        if (word.startsWith(":")) {
            Commands.names().forEach(name -> candidates.add(plain(name, true)));
        } else if (Entries.isPath(line.line(), line.cursor())) {
            paths(word, candidates);
        } else {
            String around = before.substring(0, before.length() - word.length());
            String owner = owner(around);
            if (owner != null) {
                session.members(owner).forEach(name -> candidates.add(plain(name, false)));
                return;
            }
            String call = call(around);
            if (call != null) {
                session.parameters(call).forEach(name -> candidates.add(new Candidate(
                        name + " = ", name, "parameters of " + call, null, null, null, false)));
            }
            if (!word.isEmpty()) {
                session.names().forEach(name -> candidates.add(plain(name, false)));
                KEYWORDS.forEach(name -> candidates.add(plain(name, true)));
            }
        }
    }

    private static Candidate plain(String text, boolean spaced) {
        return new Candidate(text, text, null, null, spaced ? " " : null, null, spaced);
    }

    /// The name before a dot at the end; null where there is none.
    private static @Nullable String owner(String text) {
        if (!text.endsWith(".")) {
            return null;
        }
        String name = text.substring(0, text.length() - 1).replaceFirst("(?s).*[^\\p{L}\\p{Nd}_]", "");
        return name.isEmpty() ? null : name;
    }

    /// The name of the innermost call that is open at the end of a text; null outside of calls.
    static @Nullable String call(String text) {
        int depth = 0;
        for (int at = text.length() - 1; at >= 0; at--) {
            char c = text.charAt(at);
            depth += c == ')' || c == ']' || c == '}' ? 1 : c == '(' || c == '[' || c == '{' ? -1 : 0;
            if (depth < 0) {
                if (c != '(') {
                    return null;
                }
                String name = text.substring(0, at).replaceFirst("(?s).*[^\\p{L}\\p{Nd}_]", "");
                return name.isEmpty() ? null : name;
            }
        }
        return null;
    }

    private void paths(String word, List<Candidate> candidates) {
        int slash = word.lastIndexOf('/') + 1;
        Path parent = folder.resolve(word.substring(0, slash));
        try (Stream<Path> files = Files.list(parent)) {
            files.sorted().forEach(file -> {
                String name = String.valueOf(file.getFileName());
                boolean directory = Files.isDirectory(file);
                if (!name.startsWith(".")) {
                    candidates.add(new Candidate(
                            word.substring(0, slash) + name + (directory ? "/" : ""), name, null, null, null, null,
                            false));
                }
            });
        } catch (IOException _) {
            // There is nothing to suggest.
        }
    }
}
