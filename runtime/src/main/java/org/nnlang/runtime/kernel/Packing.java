package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies blocks of A and B into the order in which the register tiles of [VectorGemm] read them.
final class Packing {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int SIDE = VectorTranspose.SIDE;

    /// A row of B this long is a page of its own. Then a few rows go to all panels before the next few, so that what is read
    /// lies together; going down all rows for each panel meets a new page at each step, which no prefetcher follows.
    private static final int PAGE = 1024;

    private static final int ROWS = 8;

    private Packing() {}

    /// Packs `steps` rows of op(B) from row `from` and `cols` columns from `col` into panels, one after the other, each
    /// row of a panel as wide as its register tile, into `panels` from `at` on. Columns beyond the last hold anything.
    static void right(GemmTask t, int b0, int from, int steps, int col, int cols, float[] panels, int at) {
        int group = !t.transB && t.ldb >= PAGE ? ROWS : steps;
        for (int step = 0; step < steps; step += group) {
            part(t, b0, from, steps, step, Math.min(group, steps - step), col, cols, panels, at);
        }
    }

    /// [#right] for `count` of the steps, from step `first` on.
    private static void part(
            GemmTask t, int b0, int from, int steps, int first, int count, int col, int cols, float[] panels, int at) {
        int vectors = (cols + L - 1) / L;
        int to = at;
        for (int v = 0; v < vectors;) {
            int panel = VectorGemm.panel(vectors - v);
            int valid = Math.min(panel * L, cols - v * L);
            if (t.transB) {
                turn(t.b, b0 + (col + v * L) * t.ldb + from, t.ldb, count, valid, panels, to, panel * L);
            } else {
                rows(t.b, b0 + (from + first) * t.ldb + col + v * L, t.ldb, count, panel, valid, panels,
                        to + first * panel * L);
            }
            to += panel * L * steps;
            v += panel;
        }
    }

    /// A panel of a row-major B: whole vectors, except where the last would reach beyond the array.
    private static void rows(float[] b, int bi, int ldb, int steps, int panel, int valid, float[] panels, int to) {
        int width = panel * L;
        int step = 0;
        int from = bi;
        if (panel == 3) {
            for (; step < steps && from <= b.length - 3 * L; step++) {
                FloatVector.fromArray(S, b, from).intoArray(panels, to);
                FloatVector.fromArray(S, b, from + L).intoArray(panels, to + L);
                FloatVector.fromArray(S, b, from + 2 * L).intoArray(panels, to + 2 * L);
                from += ldb;
                to += 3 * L;
            }
        } else if (panel == 2) {
            for (; step < steps && from <= b.length - 2 * L; step++) {
                FloatVector.fromArray(S, b, from).intoArray(panels, to);
                FloatVector.fromArray(S, b, from + L).intoArray(panels, to + L);
                from += ldb;
                to += 2 * L;
            }
        } else {
            for (; step < steps && from <= b.length - L; step++) {
                FloatVector.fromArray(S, b, from).intoArray(panels, to);
                from += ldb;
                to += L;
            }
        }
        for (; step < steps; step++) {
            for (int j = 0; j < valid; j++) {
                panels[to + j] = b[from + j];
            }
            from += ldb;
            to += width;
        }
    }

    /// A panel of a transposed B, whose columns lie `ldb` apart: squares turned in registers, and the rest one by one.
    private static void turn(float[] b, int bi, int ldb, int steps, int valid, float[] panels, int to, int width) {
        int wholeSteps = SIDE == 0 ? 0 : steps - steps % SIDE;
        int wholeCols = SIDE == 0 ? 0 : valid - valid % SIDE;
        // Four squares along the rows at a time: their 64 steps of the panel are 12 KB, in the first-level cache from one
        // group of columns to the next.
        for (int step = 0; step < wholeSteps; step += 4 * SIDE) {
            int squares = Math.min(4, (wholeSteps - step) / SIDE);
            for (int j = 0; j < wholeCols; j += SIDE) {
                VectorTranspose.rows(b, bi + j * ldb + step, ldb, panels, to + step * width + j, width, squares);
            }
        }
        single(b, bi, ldb, wholeSteps, steps, 0, wholeCols, panels, to, width);
        single(b, bi, ldb, 0, steps, wholeCols, valid, panels, to, width);
    }

    /// Sixteen steps at a time, so that the lines written stay in the first-level cache from one column to the next.
    private static void single(
            float[] b, int bi, int ldb, int firstStep, int endStep, int firstCol, int endCol, float[] panels, int to,
            int width) {
        for (int step = firstStep; step < endStep; step += 16) {
            int end = Math.min(endStep, step + 16);
            for (int j = firstCol; j < endCol; j++) {
                for (int p = step; p < end; p++) {
                    panels[to + p * width + j] = b[bi + j * ldb + p];
                }
            }
        }
    }

    /// Whether [#turnedLeft] has a way.
    static boolean turnsLeft() {
        return SIDE > 0;
    }

    /// Copies `rows` rows of op(A), where A is stored transposed, from row `row` and `steps` steps from `from`, as if it were not:
    /// each row's floats together, rows `width` apart.
    static void turnedLeft(
            GemmTask t, int a0, int from, int steps, int row, int rows, float[] block, int width) {
        int wholeSteps = steps - steps % SIDE;
        int wholeRows = rows - rows % SIDE;
        int ai = a0 + from * t.lda + row;
        for (int step = 0; step < wholeSteps; step += SIDE) {
            VectorTranspose.rows(t.a, ai + step * t.lda, t.lda, block, step, width, wholeRows / SIDE);
        }
        for (int step = 0; step < steps; step++) {
            int at = ai + step * t.lda;
            for (int i = step < wholeSteps ? wholeRows : 0; i < rows; i++) {
                block[i * width + step] = t.a[at + i];
            }
        }
    }

    /// Copies `rows` rows of op(A), where A is stored transposed, from row `row` and `steps` steps from `from`: each step's
    /// floats together, steps `width` apart.
    static void left(GemmTask t, int a0, int from, int steps, int row, int rows, float[] block, int width) {
        float[] a = t.a;
        int ai = a0 + from * t.lda + row;
        int to = 0;
        int whole = (rows + L - 1) / L * L;
        int step = 0;
        for (; step < steps && ai <= a.length - whole; step++) {
            for (int i = 0; i < whole; i += L) {
                FloatVector.fromArray(S, a, ai + i).intoArray(block, to + i);
            }
            ai += t.lda;
            to += width;
        }
        for (; step < steps; step++) {
            for (int i = 0; i < rows; i++) {
                block[to + i] = a[ai + i];
            }
            ai += t.lda;
            to += width;
        }
    }
}
