package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.nnlang.compiler.diagnostic.HumanRenderer.Mark;
import org.nnlang.compiler.source.SourceFile;

/// The marked lines of one file. A mark over several lines is a bar at the left from its first line to its last.
final class Snippet {
    private static final int LONGEST_BAR = 6;

    private final SourceFile file;
    private final List<Mark> marks;
    private final int digits;
    private final Severity severity;
    private final Palette palette;
    private final TreeSet<Integer> lines = new TreeSet<>();
    private final List<Mark> tall = new ArrayList<>();

    Snippet(SourceFile file, List<Mark> marks, int digits, Severity severity, Palette palette) {
        this.file = file;
        this.marks = marks;
        this.digits = digits;
        this.severity = severity;
        this.palette = palette;
        for (Mark mark : marks) {
            int first = mark.span().line();
            int last = mark.span().endLine();
            lines.add(first);
            lines.add(last);
            if (first < last) {
                tall.add(mark);
                for (int line = first; line <= last && last - first < LONGEST_BAR; line++) {
                    lines.add(line);
                }
            }
        }
    }

    void print(StringBuilder out) {
        gutter(out, "");
        out.append('\n');
        int previous = 0;
        for (int line : lines) {
            if (previous > 0 && line > previous + 1 && barred(previous, line)) {
                out.append(palette.gutter("...")).append('\n');
            }
            Row text = new Row(severity, palette);
            printLine(out, line, text);
            previous = line;
        }
    }

    private boolean barred(int from, int to) {
        return tall.stream().anyMatch(mark -> mark.span().line() <= from && to <= mark.span().endLine());
    }

    private void printLine(StringBuilder out, int line, Row underline) {
        DisplayLine display = new DisplayLine(file, line);
        gutter(out, Integer.toString(line));
        bars(out, line, true);
        if (!display.text().isEmpty()) {
            out.append(tall.isEmpty() ? " " : "").append(display.text());
        }
        out.append('\n');
        List<Placed> placed = new ArrayList<>();
        for (Mark mark : marks) {
            if (mark.span().line() == line && !tall.contains(mark)) {
                int from = display.column(mark.span().start());
                placed.add(new Placed(mark, from, Math.max(from + 1, display.column(mark.span().end()))));
            }
        }
        printMarks(out, line, placed, underline);
        for (Mark mark : tall) {
            if (mark.span().endLine() == line) {
                int end = Math.max(0, display.column(mark.span().end()) - 1);
                gutter(out, "");
                Row row = new Row(severity, palette);
                row.put(0, "|" + "_".repeat(end + 1) + "^ " + mark.text(), mark.primary());
                out.append(' ').append(row.text()).append('\n');
            }
        }
    }

    /// A mark on a line: from a column (inclusive) to another (exclusive).
    private record Placed(Mark mark, int from, int to) {}

    private void printMarks(StringBuilder out, int line, List<Placed> placed, Row underline) {
        if (placed.isEmpty()) {
            return;
        }
        placed.sort(Comparator.comparingInt(Placed::from).thenComparingInt(Placed::to));
        for (Placed one : placed) {
            if (!one.mark.primary()) {
                underline.put(one.from, "-".repeat(one.to - one.from), false);
            }
        }
        for (Placed one : placed) {
            if (one.mark.primary()) {
                underline.put(one.from, "^".repeat(one.to - one.from), true);
            }
        }
        List<Placed> hanging = new ArrayList<>(placed);
        hanging.removeIf(one -> one.mark.text().isEmpty());
        Placed last = rightmost(placed);
        if (!last.mark.text().isEmpty()) {
            underline.put(last.to + 1, last.mark.text(), last.mark.primary());
            hanging.remove(last);
        }
        row(out, line, underline);
        if (!hanging.isEmpty()) {
            row(out, line, stems(hanging));
        }
        while (!hanging.isEmpty()) {
            Placed next = hanging.removeLast();
            Row row = stems(hanging);
            row.put(next.from, next.mark.text(), next.mark.primary());
            row(out, line, row);
        }
    }

    private static Placed rightmost(List<Placed> placed) {
        Placed last = placed.getFirst();
        for (Placed one : placed) {
            if (one.to >= last.to) {
                last = one;
            }
        }
        return last;
    }

    private Row stems(List<Placed> hanging) {
        Row row = new Row(severity, palette);
        hanging.forEach(one -> row.put(one.from, "|", one.mark.primary()));
        return row;
    }

    private void row(StringBuilder out, int line, Row row) {
        gutter(out, "");
        bars(out, line, false);
        out.append(tall.isEmpty() ? " " : "").append(row.text()).append('\n');
    }

    private void gutter(StringBuilder out, String number) {
        out.repeat(' ', digits - number.length()).append(palette.gutter(number + " |"));
    }

    /// The bars of marks over several lines, on their lines.
    private void bars(StringBuilder out, int line, boolean source) {
        if (tall.isEmpty()) {
            return;
        }
        String bar = " ";
        boolean primary = false;
        for (Mark mark : tall) {
            int first = mark.span().line();
            boolean begins = source && line == first;
            boolean inside = line > first && line <= mark.span().endLine() || !source && line == first;
            if (begins || inside) {
                bar = begins ? "/" : "|";
                primary = mark.primary();
            }
        }
        Row row = new Row(severity, palette);
        row.put(0, bar, primary);
        out.append(' ').append(row.painted()).append(' ');
    }
}
