package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// What people read: the message, the lines that matter with every place marked, notes and help.
///
/// ```
/// error[NN0203]: the inner dimensions of `@` differ: 128 and 256
///   --> digits.nn:14:15
///    |
///  9 |     val h = x |> Dense(128, relu)
///    |                  ---------------- this makes `h` f32[b, 128]
/// 14 |     val y = h @ W
///    |             - ^ - f32[256, 10], declared at 13:5
///    |             |
///    |             f32[b, 128]
/// help: for this input W needs 128 rows: `param W: f32[128, 10]`
/// ```
public final class HumanRenderer implements Renderer {
    private final Palette palette;

    /// @param colour whether to use the escape codes of a terminal
    public HumanRenderer(boolean colour) {
        this.palette = colour ? Palette.TERMINAL : Palette.PLAIN;
    }

    /// All of them with an empty line between.
    @Override
    public String render(List<Diagnostic> diagnostics) {
        StringBuilder out = new StringBuilder();
        for (Diagnostic diagnostic : diagnostics) {
            out.append(out.isEmpty() ? "" : "\n").append(render(diagnostic));
        }
        return out.toString();
    }

    public String render(Diagnostic diagnostic) {
        StringBuilder out = new StringBuilder();
        Severity severity = diagnostic.severity();
        String head = severity.word() + "[" + diagnostic.code().id() + "]";
        out.append(palette.severity(severity, head)).append(palette.strong(": " + diagnostic.message())).append('\n');
        Map<SourceFile, List<Mark>> files = new LinkedHashMap<>();
        mark(files, new Mark(diagnostic.primary(), diagnostic.primaryLabel(), true));
        diagnostic.labels().forEach(label -> mark(files, new Mark(label.span(), label.text(), false)));
        int digits = 1;
        for (List<Mark> marks : files.values()) {
            for (Mark mark : marks) {
                digits = Math.max(digits, Integer.toString(mark.span().endLine()).length());
            }
        }
        for (Map.Entry<SourceFile, List<Mark>> entry : files.entrySet()) {
            boolean first = entry.getKey() == diagnostic.primary().file();
            Span place = entry.getValue().getFirst().span();
            out.repeat(' ', digits).append(palette.gutter(first ? "-->" : ":::")).append(' ').append(place)
                    .append('\n');
            new Snippet(entry.getKey(), entry.getValue(), digits, severity, palette).print(out);
        }
        diagnostic.notes().forEach(note -> paragraph(out, "note", note));
        if (diagnostic.help() != null) {
            paragraph(out, "help", diagnostic.help());
        }
        return out.toString();
    }

    private static void mark(Map<SourceFile, List<Mark>> files, Mark mark) {
        files.computeIfAbsent(mark.span().file(), _ -> new ArrayList<>()).add(mark);
    }

    private void paragraph(StringBuilder out, String word, String text) {
        out.append(palette.help(word)).append(": ").append(text.replace("\n", "\n      ")).append('\n');
    }

    /// A place to be marked, and what is said about it.
    record Mark(Span span, String text, boolean primary) {}
}
