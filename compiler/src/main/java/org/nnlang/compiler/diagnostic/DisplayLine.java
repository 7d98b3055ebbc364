package org.nnlang.compiler.diagnostic;

import org.nnlang.compiler.source.SourceFile;

/// A line of source as a terminal shows it: tabs are blanks up to the next multiple of four, control characters are
/// visible, and an offset has the column where it appears, for characters that are two columns wide or none.
final class DisplayLine {
    private static final int TAB = 4;

    private final int start;
    private final int[] columns;
    private final String text;

    DisplayLine(SourceFile file, int line) {
        String source = file.lineText(line);
        StringBuilder shown = new StringBuilder();
        start = file.lineStart(line);
        columns = new int[source.length() + 1];
        int column = 0;
        for (int i = 0; i < source.length();) {
            int point = source.codePointAt(i);
            int units = Character.charCount(point);
            for (int unit = 0; unit < units; unit++) {
                columns[i + unit] = column;
            }
            if (point == '\t') {
                int blanks = TAB - column % TAB;
                shown.repeat(' ', blanks);
                column += blanks;
            } else if (Character.isISOControl(point) || Character.isSurrogate((char) point) && units == 1) {
                shown.append('\uFFFD');
                column++;
            } else {
                shown.appendCodePoint(point);
                column += width(point);
            }
            i += units;
        }
        columns[source.length()] = column;
        text = shown.toString().stripTrailing();
    }

    String text() {
        return text;
    }

    /// The column, from 0, of an offset of the file; one behind the line is at its end.
    int column(int offset) {
        return columns[Math.clamp(offset - start, 0, columns.length - 1)];
    }

    /// How many columns a terminal gives a character: none to combining marks, two to East Asian wide ones and emoji.
    static int width(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = point >= 0x1100
                && (point <= 0x115F
                        || point >= 0x2E80 && point <= 0x303E
                        || point >= 0x3041 && point <= 0xA4CF
                        || point >= 0xAC00 && point <= 0xD7A3
                        || point >= 0xF900 && point <= 0xFAFF
                        || point >= 0xFE30 && point <= 0xFE6F
                        || point >= 0xFF00 && point <= 0xFF60
                        || point >= 0xFFE0 && point <= 0xFFE6
                        || point >= 0x1F300 && point <= 0x1F64F
                        || point >= 0x1F680 && point <= 0x1F6FF
                        || point >= 0x1F900 && point <= 0x1F9FF
                        || point >= 0x20000 && point <= 0x3FFFD);
        return wide ? 2 : 1;
    }
}
