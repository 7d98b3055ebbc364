package org.nnlang.compiler.diagnostic;

import java.util.Comparator;
import java.util.List;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// Edits of one file after which a mistake is gone. A diagnostic has one for each way that its help names exactly: whoever writes
/// the help makes both of the same words.
///
/// @param title what it does, as an editor lists it: "write `relu`"
/// @param edits in the order of their places, none of which overlap
public record Fix(String title, List<Edit> edits) {
    public Fix {
        edits = edits.stream().sorted(Comparator.comparingInt(edit -> edit.span().start())).toList();
        if (edits.isEmpty()) {
            throw new IllegalArgumentException("a fix without edits: " + title);
        }
        for (int i = 1; i < edits.size(); i++) {
            Span before = edits.get(i - 1).span();
            Span next = edits.get(i).span();
            if (next.file() != before.file() || next.start() < before.end()) {
                throw new IllegalArgumentException("edits that do not go together: " + edits);
            }
        }
    }

    /// Writes something else in a place.
    ///
    /// @param text with the blanks around it, if more are needed
    public static Fix write(Span place, String text) {
        return new Fix("write `" + text.strip() + "`", List.of(new Edit(place, text)));
    }

    /// Puts something in behind a place.
    ///
    /// @param text with the blanks around it
    public static Fix add(Span behind, String text) {
        return new Fix("add `" + text.strip() + "`", List.of(new Edit(behind.after(), text)));
    }

    /// Takes something out, with the blanks that it leaves too many.
    public static Fix leaveOut(Span place) {
        String text = place.file().text();
        Span wide = withBlanks(place);
        boolean last =
                wide.end() == text.length() || text.charAt(wide.end()) == '\n' || text.charAt(wide.end()) == '\r';
        int start = place.start();
        while (last && start > 0 && isBlank(text.charAt(start - 1))) {
            start--;
        }
        boolean glued = place.start() > 0 && !Character.isWhitespace(text.charAt(place.start() - 1))
                && "([{".indexOf(text.charAt(place.start() - 1)) < 0;
        Span gone = place.file().span(start, last || !glued ? wide.end() : place.end());
        return new Fix("leave `" + place.text() + "` out", List.of(new Edit(gone, "")));
    }

    /// Makes what stands in a place the argument of a call.
    public static Fix call(Span place, String function) {
        return new Fix("write `" + function + "(…)` around it", List.of(
                new Edit(place.file().span(place.start(), place.start()), function + "("),
                new Edit(place.after(), ")")));
    }

    /// A stretch with the blanks behind it on its line.
    public static Span withBlanks(Span place) {
        String text = place.file().text();
        int end = place.end();
        while (end < text.length() && isBlank(text.charAt(end))) {
            end++;
        }
        return place.file().span(place.start(), end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /// The same edits under another title.
    public Fix titled(String other) {
        return new Fix(other, edits);
    }

    /// The file that it changes.
    public SourceFile file() {
        return edits.getFirst().span().file();
    }

    /// The file's text afterwards.
    public String text() {
        var text = new StringBuilder(file().text());
        for (Edit edit : edits.reversed()) {
            text.replace(edit.span().start(), edit.span().end(), edit.text());
        }
        return text.toString();
    }

    /// Where what begins at an offset begins afterwards; what is replaced begins where its replacement does.
    public int after(int offset) {
        int moved = offset;
        for (Edit edit : edits) {
            if (edit.span().end() <= offset && edit.span().start() < offset) {
                moved += edit.text().length() - (edit.span().end() - edit.span().start());
            } else if (edit.span().start() < offset) {
                moved -= offset - edit.span().start();
            }
        }
        return moved;
    }
}
