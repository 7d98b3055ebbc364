package org.nnlang.cli.terminal;

import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.nnlang.compiler.syntax.Words;

/// Colours what is being typed, by the words that the compiler's lexer reads.
final class Colours implements Highlighter {
    private final boolean colored;

    Colours(boolean colored) {
        this.colored = colored;
    }

    @Override
    public AttributedString highlight(LineReader reader, String buffer) {
        var text = new AttributedStringBuilder();
        int start = 0;
        if (buffer.startsWith(":")) {
            // A command is coloured whole, and what it is given as the language is.
            int end = buffer.indexOf(' ') < 0 ? buffer.length() : buffer.indexOf(' ');
            text.styled(style(AttributedStyle.CYAN), buffer.substring(0, end));
            start = end;
        }
        String code = buffer.substring(start);
        int at = 0;
        for (Words.Word word : Words.of(code).all()) {
            text.append(code, at, word.start());
            text.styled(style(word.kind()), code.substring(word.start(), word.end()));
            at = word.end();
        }
        return text.append(code, at, code.length()).toAttributedString();
    }

    private AttributedStyle style(Words.Kind kind) {
        return switch (kind) {
            case KEYWORD -> style(AttributedStyle.MAGENTA);
            case NUMBER -> style(AttributedStyle.CYAN);
            case STRING -> style(AttributedStyle.GREEN);
            case COMMENT -> colored ? AttributedStyle.DEFAULT.faint() : AttributedStyle.DEFAULT;
            case UNREADABLE -> style(AttributedStyle.RED);
            case NAME, OPERATOR -> AttributedStyle.DEFAULT;
        };
    }

    private AttributedStyle style(int color) {
        return colored ? AttributedStyle.DEFAULT.foreground(color) : AttributedStyle.DEFAULT;
    }
}
