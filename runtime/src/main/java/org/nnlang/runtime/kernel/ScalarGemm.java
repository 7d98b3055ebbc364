package org.nnlang.runtime.kernel;

import java.util.Arrays;

/// Products without the Vector API, and the plain statement of what [VectorGemm] computes. Every training begins with it, as
/// [VectorTier] says.
///
/// A row of C meets four rows of B at a time, in a loop so small that it is compiled at once; C2 makes vectors of it by
/// itself. Where there are too few columns for that, 4 × 4 elements of C are summed in registers. A transposed B is turned first, block by block.
final class ScalarGemm {
    /// Columns of a block: with [Gemm#KC] steps what a second-level cache holds.
    private static final int NC = 512;

    /// Where a block of a transposed B is turned, squares of this side: their lines stay in the first-level cache.
    private static final int SIDE = 16;

    /// From so many columns on, what C2 makes of the loop along them is faster than tiles.
    private static final int WIDE = 128;

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
            int i = row;
            if (cols < WIDE) {
                for (; i + 4 <= row + rows; i += 4) {
                    fourRows(
                            t.a, a0 + i * aRow + from * aStep, aRow, aStep, b, bi, ldb, steps, t.c, c0 + i * t.ldc,
                            t.ldc, cols, add);
                }
            }
            for (; i < row + rows; i++) {
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

    /// Four rows of C, four columns at a time.
    private static void fourRows(
            float[] a, int ai, int aRow, int aStep, float[] b, int bi, int ldb, int steps, float[] c, int ci, int ldc,
            int cols, boolean add) {
        int j = 0;
        for (; j + 4 <= cols; j += 4) {
            tile(a, ai, aRow, aStep, b, bi + j, ldb, steps, c, ci + j, ldc, add);
        }
        for (; j < cols; j++) {
            for (int i = 0; i < 4; i++) {
                float sum = 0f;
                for (int p = 0; p < steps; p++) {
                    sum = Math.fma(a[ai + i * aRow + p * aStep], b[bi + j + p * ldb], sum);
                }
                int at = ci + i * ldc + j;
                c[at] = add ? c[at] + sum : sum;
            }
        }
    }

    private static void tile(
            float[] a, int ai, int aRow, int aStep, float[] b, int bi, int ldb, int steps, float[] c, int ci, int ldc,
            boolean add) {
        float s00 = 0f, s01 = 0f, s02 = 0f, s03 = 0f;
        float s10 = 0f, s11 = 0f, s12 = 0f, s13 = 0f;
        float s20 = 0f, s21 = 0f, s22 = 0f, s23 = 0f;
        float s30 = 0f, s31 = 0f, s32 = 0f, s33 = 0f;
        for (int p = 0; p < steps; p++) {
            float b0 = b[bi];
            float b1 = b[bi + 1];
            float b2 = b[bi + 2];
            float b3 = b[bi + 3];
            float f = a[ai];
            s00 = Math.fma(f, b0, s00);
            s01 = Math.fma(f, b1, s01);
            s02 = Math.fma(f, b2, s02);
            s03 = Math.fma(f, b3, s03);
            f = a[ai + aRow];
            s10 = Math.fma(f, b0, s10);
            s11 = Math.fma(f, b1, s11);
            s12 = Math.fma(f, b2, s12);
            s13 = Math.fma(f, b3, s13);
            f = a[ai + 2 * aRow];
            s20 = Math.fma(f, b0, s20);
            s21 = Math.fma(f, b1, s21);
            s22 = Math.fma(f, b2, s22);
            s23 = Math.fma(f, b3, s23);
            f = a[ai + 3 * aRow];
            s30 = Math.fma(f, b0, s30);
            s31 = Math.fma(f, b1, s31);
            s32 = Math.fma(f, b2, s32);
            s33 = Math.fma(f, b3, s33);
            ai += aStep;
            bi += ldb;
        }
        put(c, ci, s00, s01, s02, s03, add);
        put(c, ci + ldc, s10, s11, s12, s13, add);
        put(c, ci + 2 * ldc, s20, s21, s22, s23, add);
        put(c, ci + 3 * ldc, s30, s31, s32, s33, add);
    }

    private static void put(float[] c, int at, float s0, float s1, float s2, float s3, boolean add) {
        c[at] = add ? c[at] + s0 : s0;
        c[at + 1] = add ? c[at + 1] + s1 : s1;
        c[at + 2] = add ? c[at + 2] + s2 : s2;
        c[at + 3] = add ? c[at + 3] + s3 : s3;
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
