package org.nnlang.cli.terminal;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.nnlang.cli.repl.Session;

/// Tells the line editor when an entry is complete, and which word the cursor is in.
final class Entries implements Parser {
    /// The text up to the cursor and the word at its end: a name, a command with its colon, or the path in a string.
    record Entry(String line, int cursor, String word, int wordCursor) implements CompletingParsedLine {
        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word.length();
        }

        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public List<String> words() {
            return List.of(word);
        }
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        // Two empty lines end an entry that never becomes complete, to see why.
        if (context == ParseContext.ACCEPT_LINE && !Session.isComplete(line) && !line.endsWith("\n\n")) {
            throw new EOFError(-1, -1, "the entry goes on");
        }
        int start = cursor;
        boolean path = isPath(line, cursor);
        while (start > 0 && belongs(line.charAt(start - 1), path)) {
            start--;
        }
        if (!path && start == 1 && line.startsWith(":")) {
            start = 0;
        }
        String word = line.substring(start, cursor);
        return new Entry(line, cursor, word, word.length());
    }

    private static boolean belongs(char c, boolean path) {
        return path ? c != '"' && c != ' ' : Character.isLetterOrDigit(c) || c == '_';
    }

    /// Whether the cursor is where a file is named: in a string, or behind a command that takes one.
    static boolean isPath(String line, int cursor) {
        String before = line.substring(line.lastIndexOf('\n', Math.max(0, cursor - 1)) + 1, cursor);
        boolean quoted = before.chars().filter(c -> c == '"').count() % 2 == 1;
        return quoted || before.startsWith(":load ") || before.startsWith(":save ");
    }
}
