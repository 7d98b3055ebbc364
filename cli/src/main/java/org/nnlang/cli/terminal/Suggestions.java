package org.nnlang.cli.terminal;

import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.repl.Commands;
import org.nnlang.cli.repl.Session;
import org.nnlang.compiler.syntax.OpenCall;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.files.PathSuggestions;

/// Completes commands, paths, members of layers, names, and the parameters of the call that the cursor is in.
final class Suggestions implements Completer {
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
            OpenCall call = OpenCall.at(around);
            if (call != null && !call.isNested()) {
                session.parameters(call.callee()).forEach(name -> candidates.add(new Candidate(
                        name + " = ", name, "parameters of " + call.callee(), null, null, null, false)));
            }
            if (!word.isEmpty()) {
                session.names().forEach(name -> candidates.add(plain(name, false)));
                Words.KEYWORDS.forEach(name -> candidates.add(plain(name, true)));
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

    private void paths(String word, List<Candidate> candidates) {
        PathSuggestions.of(folder, word).forEach(path -> candidates.add(
                new Candidate(path.text(), path.name(), null, null, null, null, false)));
    }
}
