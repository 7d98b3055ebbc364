package org.nnlang.runtime.kernel;

import java.util.Arrays;

/// Products without the Vector API, and the plain statement of what [VectorGemm] computes. Every training begins with it, as
/// [VectorTier] says.
///
/// A row of C meets four rows of B at a time, in a loop so small that it is compiled at once; C2 makes vectors of it by
/// itself. A transposed B is turned first, block by block.
final class ScalarGemm {
    /// Columns of a block: with [Gemm#KC] steps what a second-level cache holds.
    private static final int NC = 512;

    /// Where a block of a transposed B is turned, squares of this side: their lines stay in the first-level cache.
    private static final int SIDE = 16;

    private ScalarGemm() {}

    static void block(GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        for (int done = 0; done < cols; done += NC) {
            columns(t, workspace, worker, item, row, rows, col + done, Math.min(NC, cols - done));
        }
    }

    /// A block of columns: all of k for all rows, then the epilogue.
    private static void columns(
            GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        float[] sums = workspace.tile(NC);
        int a0 = t.aOff + item * t.aStride;
        int b0 = t.bOff + item * t.bStride;
        int c0 = t.cOff + item * t.cStride + col;
        int aRow = t.transA ? 1 : t.lda;
        int aStep = t.transA ? t.lda : 1;
        if (t.k == 0 && !t.accumulate) {
            for (int i = row; i < row + rows; i++) {
                Arrays.fill(t.c, c0 + i * t.ldc, c0 + i * t.ldc + cols, 0f);
            }
        }
        for (int from = 0; from < t.k; from += Gemm.KC) {
            int steps = Math.min(Gemm.KC, t.k - from);
            boolean add = from > 0 || t.accumulate;
            float[] b = t.b;
            int bi = b0 + from * t.ldb + col;
            int ldb = t.ldb;
            if (t.transB) {
                b = workspace.panel(steps * cols);
                turn(t.b, b0 + col * t.ldb + from, t.ldb, steps, cols, b);
                bi = 0;
                ldb = cols;
            }
            for (int i = row; i < row + rows; i++) {
                int ai = a0 + i * aRow + from * aStep;
                Arrays.fill(sums, 0, cols, 0f);
                int p = 0;
                for (; p + 4 <= steps; p += 4) {
                    int at = ai + p * aStep;
                    addFour(
                            t.a[at], t.a[at + aStep], t.a[at + 2 * aStep], t.a[at + 3 * aStep], b, bi + p * ldb, ldb,
                            sums, cols);
                }
                for (; p < steps; p++) {
                    addOne(t.a[ai + p * aStep], b, bi + p * ldb, sums, cols);
                }
                store(sums, t.c, c0 + i * t.ldc, cols, add);
            }
        }
        if (t.epilogue != null) {
            t.epilogue.apply(item * t.m + row, rows, col, cols, worker);
        }
    }

    private static void addFour(
            float f0, float f1, float f2, float f3, float[] b, int b0, int ldb, float[] sums, int cols) {
        int b1 = b0 + ldb;
        int b2 = b1 + ldb;
        int b3 = b2 + ldb;
        for (int j = 0; j < cols; j++) {
            sums[j] = Math.fma(
                    f3, b[b3 + j], Math.fma(f2, b[b2 + j], Math.fma(f1, b[b1 + j], Math.fma(f0, b[b0 + j], sums[j]))));
        }
    }

    private static void addOne(float factor, float[] b, int bi, float[] sums, int cols) {
        for (int j = 0; j < cols; j++) {
            sums[j] = Math.fma(factor, b[bi + j], sums[j]);
        }
    }

    private static void store(float[] sums, float[] c, int ci, int cols, boolean add) {
        if (add) {
            for (int j = 0; j < cols; j++) {
                c[ci + j] += sums[j];
            }
        } else {
            System.arraycopy(sums, 0, c, ci, cols);
        }
    }

    /// `panel[p * cols + j] = b[bi + j * ldb + p]`.
    private static void turn(float[] b, int bi, int ldb, int steps, int cols, float[] panel) {
        for (int p = 0; p < steps; p += SIDE) {
            int end = Math.min(steps, p + SIDE);
            for (int j = 0; j < cols; j++) {
                turnRow(b, bi + j * ldb + p, end - p, panel, p * cols + j, cols);
            }
        }
    }

    private static void turnRow(float[] b, int bi, int count, float[] panel, int to, int cols) {
        for (int q = 0; q < count; q++) {
            panel[to + q * cols] = b[bi + q];
        }
    }
}
