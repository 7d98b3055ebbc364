package org.nnlang.runtime.kernel;

import org.nnlang.runtime.NnException;

/// Rows of a table picked by index, and their counterpart: rows summed into a table by index.
public final class Gather {
    /// Floats of one task.
    private static final int CHUNK = 16 * 1024;

    /// Columns of the table that one task of a scatter sums.
    private static final int COLUMNS = 64;

    private Gather() {}

    /// Copies row `indices[i]` of a table of `rows` rows to row `i` of `out`, for each of `count` indices.
    ///
    /// @param width floats of a row
    /// @param where what to call the place in an error, such as `embedding at gpt.nn:14`
    /// @throws NnException NN0812 where an index lies outside the table; `out` is then untouched
    public static void rows(
            Team team,
            float[] table,
            int tableOff,
            int rows,
            int width,
            int[] indices,
            int indexOff,
            int count,
            float[] out,
            int outOff,
            String where) {
        check(indices, indexOff, count, rows, where);
        int each = Math.max(1, CHUNK / Math.max(1, width));
        RowsTask task = team.workspace(team.worker()).rows;
        task.set(false, table, tableOff, width, indices, indexOff, count, out, outOff, each);
        team.run((count + each - 1) / each, task);
        task.release();
    }

    /// The same for ints, on one thread: tables of ints are small.
    public static void rows(
            int[] table,
            int tableOff,
            int rows,
            int width,
            int[] indices,
            int indexOff,
            int count,
            int[] out,
            int outOff,
            String where) {
        check(indices, indexOff, count, rows, where);
        for (int i = 0; i < count; i++) {
            System.arraycopy(table, tableOff + indices[indexOff + i] * width, out, outOff + i * width, width);
        }
    }

    /// Adds row `i` of `updates` to row `indices[i]` of a table of `rows` rows, for each of `count` indices in order.
    ///
    /// Every element of the table is a sum in the order of the indices, whatever the number of threads: they split the
    /// table's columns and not its rows.
    ///
    /// @param width floats of a row
    /// @param accumulate whether to keep what the table holds; otherwise it starts from zero
    /// @param where what to call the place in an error
    /// @throws NnException NN0812 where an index lies outside the table, which is then untouched
    public static void addRows(
            Team team,
            int[] indices,
            int indexOff,
            int count,
            float[] updates,
            int updateOff,
            int width,
            float[] table,
            int tableOff,
            int rows,
            boolean accumulate,
            String where) {
        check(indices, indexOff, count, rows, where);
        if (!accumulate) {
            Copy.fill(table, tableOff, rows * width, 0f);
        }
        int tasks = (long) count * width < CHUNK ? 1 : (width + COLUMNS - 1) / COLUMNS;
        int each = tasks == 1 ? width : COLUMNS;
        RowsTask task = team.workspace(team.worker()).rows;
        task.set(true, table, tableOff, width, indices, indexOff, count, updates, updateOff, each);
        team.run(tasks, task);
        task.release();
    }

    private static void check(int[] indices, int offset, int count, int rows, String where) {
        int worst = 0;
        for (int i = 0; i < count; i++) {
            int index = indices[offset + i];
            // The sign of both: negative where an index is below zero or not below rows.
            worst |= index | (rows - 1 - index);
        }
        if (worst < 0) {
            for (int i = 0; i < count; i++) {
                int index = indices[offset + i];
                if (index < 0 || index >= rows) {
                    throw new NnException(
                            "NN0812",
                            "index " + index + " is outside 0 to " + (rows - 1) + " in " + where,
                            "the table has " + rows + " rows; check the data that the index (number " + i
                                    + " of the batch) comes from, or make the table larger");
                }
            }
        }
    }

    /// A gather's or a scatter's arguments, and one task's part: rows of the result, or columns of the table.
    static final class RowsTask implements Team.Task {
        private static final float[] NONE = {};
        private static final int[] NO_INDICES = {};

        private boolean scatter;
        private float[] table = NONE;
        private int tableOff;
        private int width;
        private int[] indices = NO_INDICES;
        private int indexOff;
        private int count;
        private float[] rows = NONE;
        private int rowsOff;
        private int each;

        private void set(
                boolean scatter,
                float[] table,
                int tableOff,
                int width,
                int[] indices,
                int indexOff,
                int count,
                float[] rows,
                int rowsOff,
                int each) {
            this.scatter = scatter;
            this.table = table;
            this.tableOff = tableOff;
            this.width = width;
            this.indices = indices;
            this.indexOff = indexOff;
            this.count = count;
            this.rows = rows;
            this.rowsOff = rowsOff;
            this.each = each;
        }

        private void release() {
            table = NONE;
            indices = NO_INDICES;
            rows = NONE;
        }

        @Override
        public void run(int index, int worker) {
            if (scatter) {
                int col = index * each;
                int cols = Math.min(each, width - col);
                for (int i = 0; i < count; i++) {
                    int to = tableOff + indices[indexOff + i] * width + col;
                    int from = rowsOff + i * width + col;
                    add(rows, from, table, to, cols);
                }
            } else {
                int end = Math.min(count, (index + 1) * each);
                for (int i = index * each; i < end; i++) {
                    System.arraycopy(table, tableOff + indices[indexOff + i] * width, rows, rowsOff + i * width, width);
                }
            }
        }

        /// C2 vectorises this by itself; its sums are independent, so in any order.
        private static void add(float[] from, int fromOff, float[] to, int toOff, int n) {
            for (int j = 0; j < n; j++) {
                to[toOff + j] += from[fromOff + j];
            }
        }
    }
}
