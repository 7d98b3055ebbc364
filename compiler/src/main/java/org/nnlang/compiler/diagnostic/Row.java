package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.List;

/// One line of marks and texts, each put at its column; what is put later stands above what was there.
final class Row {
    private final Severity severity;
    private final Palette palette;
    private final List<String> cells = new ArrayList<>();
    private final List<Boolean> primary = new ArrayList<>();

    Row(Severity severity, Palette palette) {
        this.severity = severity;
        this.palette = palette;
    }

    void put(int column, String text, boolean isPrimary) {
        for (int i = 0, at = column; i < text.length(); at++) {
            int length = Character.charCount(text.codePointAt(i));
            while (cells.size() <= at) {
                cells.add(" ");
                primary.add(false);
            }
            cells.set(at, text.substring(i, i + length));
            primary.set(at, isPrimary);
            i += length;
        }
    }

    /// The row without blanks at its end.
    String text() {
        return painted().stripTrailing();
    }

    String painted() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < cells.size();) {
            int end = i;
            StringBuilder run = new StringBuilder();
            while (end < cells.size() && primary.get(end).equals(primary.get(i))) {
                run.append(cells.get(end++));
            }
            String text = run.toString();
            String bare = text.stripTrailing();
            String blanks = text.substring(bare.length());
            out.append(primary.get(i) ? palette.severity(severity, bare) : palette.gutter(bare)).append(blanks);
            i = end;
        }
        return out.toString();
    }
}
