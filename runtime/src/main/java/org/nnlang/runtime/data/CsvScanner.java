package org.nnlang.runtime.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// Splits a table into rows and cells (RFC 4180: a cell in quotes may hold delimiters, line ends and doubled quotes).
/// Cells are places in the file's bytes; nothing is made of one until it is asked for. Lines that are empty are no rows.
final class CsvScanner {
    private final Path path;
    private final byte[] bytes;
    private final byte delimiter;
    private int at;
    private long line = 1;
    private int lineStart;

    private int cells;
    private int[] from = new int[16];
    private int[] to = new int[16];
    private boolean[] quoted = new boolean[16];
    private long[] lines = new long[16];
    private int[] columns = new int[16];

    CsvScanner(Path path, byte[] bytes, char delimiter) {
        this.path = path;
        this.bytes = bytes;
        this.delimiter = (byte) delimiter;
    }

    /// Goes back to the first row.
    void rewind() {
        at = 0;
        line = 1;
        lineStart = 0;
    }

    /// Goes to the next row, and says whether there was one.
    boolean next() {
        do {
            if (at >= bytes.length) {
                return false;
            }
            cells = 0;
            row();
        } while (cells == 1 && from[0] == to[0] && !quoted[0]);
        return true;
    }

    private void row() {
        while (true) {
            open();
            if (at < bytes.length && bytes[at] == '"') {
                quotedCell();
            } else {
                plainCell();
            }
            cells++;
            if (at >= bytes.length) {
                return;
            }
            if (bytes[at] == delimiter) {
                at++;
            } else {
                lineEnd();
                return;
            }
        }
    }

    private void open() {
        if (cells == from.length) {
            from = Arrays.copyOf(from, 2 * cells);
            to = Arrays.copyOf(to, 2 * cells);
            quoted = Arrays.copyOf(quoted, 2 * cells);
            lines = Arrays.copyOf(lines, 2 * cells);
            columns = Arrays.copyOf(columns, 2 * cells);
        }
        lines[cells] = line;
        columns[cells] = at - lineStart + 1;
    }

    private void plainCell() {
        // Local names: most of a file's bytes pass here, and at first they pass through the JVM's interpreter.
        byte[] text = bytes;
        byte between = delimiter;
        int length = text.length;
        int start = at;
        int place = start;
        while (place < length) {
            byte b = text[place];
            if (b == between || b == '\n' || b == '\r') {
                break;
            }
            place++;
        }
        at = place;
        int end = at;
        // Blanks around a cell mean nothing, unless they delimit.
        while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        if (start < end && bytes[start] == '"') {
            at = start;
            quotedCell();
            return;
        }
        from[cells] = start;
        to[cells] = end;
        quoted[cells] = false;
    }

    private void quotedCell() {
        int start = ++at;
        while (true) {
            if (at >= bytes.length) {
                throw DataErrors.csv(
                        path,
                        lines[cells],
                        columns[cells],
                        "a cell's quotes are never closed",
                        "a cell in quotes ends with `\"`; a quote inside it is doubled: `\"\"`");
            }
            if (bytes[at] == '"') {
                if (at + 1 < bytes.length && bytes[at + 1] == '"') {
                    at += 2;
                    continue;
                }
                break;
            }
            if (bytes[at] == '\n') {
                line++;
                lineStart = at + 1;
            }
            at++;
        }
        from[cells] = start;
        to[cells] = at++;
        quoted[cells] = true;
        while (at < bytes.length && bytes[at] != delimiter && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        if (at < bytes.length && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
            throw DataErrors.csv(
                    path,
                    line,
                    at - lineStart + 1,
                    "something follows a cell's closing quote",
                    "a quote inside a cell in quotes is doubled: `\"\"`");
        }
    }

    private void lineEnd() {
        if (bytes[at] == '\r') {
            at++;
        }
        if (at < bytes.length && bytes[at] == '\n') {
            at++;
        }
        line++;
        lineStart = at;
    }

    /// The number of cells in the row.
    int cells() {
        return cells;
    }

    /// The line on which a cell starts, counted from 1.
    long line(int cell) {
        return lines[cell];
    }

    /// The place in its line where a cell starts, counted from 1.
    int column(int cell) {
        return columns[cell];
    }

    /// The text of a cell.
    String text(int cell) {
        String text = new String(bytes, from[cell], to[cell] - from[cell], StandardCharsets.UTF_8);
        return quoted[cell] ? text.replace("\"\"", "\"") : text;
    }

    /// Whether a cell marks a gap: it is empty, or one of the words that tables use for that.
    boolean missing(int cell) {
        int length = to[cell] - from[cell];
        if (length == 0) {
            return true;
        }
        byte first = bytes[from[cell]];
        if (length > 4 || (first >= '0' && first <= '9') || quoted[cell]) {
            return false;
        }
        return switch (text(cell)) {
            case "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "-" -> true;
            default -> false;
        };
    }

    /// Whether a cell is a number, finite or not.
    boolean numeric(int cell) {
        return CsvNumbers.isNumber(bytes, from[cell], to[cell]);
    }

    /// Whether a cell is a number spelled without fraction and exponent.
    boolean whole(int cell) {
        int start = from[cell];
        if (start < to[cell] && (bytes[start] == '-' || bytes[start] == '+')) {
            start++;
        }
        if (start == to[cell] || to[cell] - start > 18) {
            return false;
        }
        for (int i = start; i < to[cell]; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /// The value of a cell that is [#whole].
    long wholeNumber(int cell) {
        int next = from[cell];
        boolean negative = bytes[next] == '-';
        if (negative || bytes[next] == '+') {
            next++;
        }
        long value = 0;
        while (next < to[cell]) {
            value = 10 * value + (bytes[next++] - '0');
        }
        return negative ? -value : value;
    }

    /// The value of a cell that is [#numeric].
    float number(int cell) {
        return CsvNumbers.parse(bytes, from[cell], to[cell]);
    }
}
