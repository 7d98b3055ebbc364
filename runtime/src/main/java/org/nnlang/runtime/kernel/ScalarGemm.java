package org.nnlang.runtime.kernel;

import java.util.Arrays;

/// Products without the Vector API, and the plain statement of what [VectorGemm] computes. Every training begins with it, as
/// [VectorTier] says.
///
/// A line of C, a row or a column, meets eight lines of an operand at a time, in a loop so small that it is compiled at once. C2 makes
/// vectors of it by itself, if all arrays have the same index: else it could not rule out that one of them is another, a
/// few places on. So lines are copied to arrays of their own, and one copy serves many lines of C. Where neither rows nor
/// columns are long, 4 × 4 elements of C are summed in registers.
final class ScalarGemm {
    /// Elements of a line.
    static final int LENGTH = 512;

    /// Lines of C that are summed at once: what a second-level cache holds.
    static final int LINES = 64;

    /// Lines that one of C meets at a time.
    static final int STEPS = 8;

    /// Where a matrix is turned, squares of this side: their lines stay in the first-level cache.
    private static final int SIDE = 16;

    /// From so many elements on, what C2 makes of the loop along them is faster than tiles.
    private static final int LONG = 64;

    private ScalarGemm() {}

    static void block(GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        if (t.k == 0) {
            if (!t.accumulate) {
                clear(t, item, row, rows, col, cols);
            }
        } else if (cols >= LONG) {
            for (int done = 0; done < cols; done += LENGTH) {
                lines(t, workspace, item, false, row, rows, col + done, Math.min(LENGTH, cols - done));
            }
        } else if (rows >= LONG) {
            for (int done = 0; done < rows; done += LENGTH) {
                lines(t, workspace, item, true, col, cols, row + done, Math.min(LENGTH, rows - done));
            }
        } else {
            tiles(t, workspace, item, row, rows, col, cols);
        }
        if (t.epilogue != null) {
            t.epilogue.apply(item * t.m + row, rows, col, cols, worker);
        }
    }

    private static void clear(GemmTask t, int item, int row, int rows, int col, int cols) {
        int c0 = t.cOff + item * t.cStride + col;
        for (int i = row; i < row + rows; i++) {
            Arrays.fill(t.c, c0 + i * t.ldc, c0 + i * t.ldc + cols, 0f);
        }
    }

    /// Lines of C: `count` of its rows, and of each `length` columns from `start`; or of its columns and rows.
    private static void lines(
            GemmTask t, Workspace workspace, int item, boolean columns, int first, int count, int start, int length) {
        int a0 = t.aOff + item * t.aStride;
        int b0 = t.bOff + item * t.bStride;
        int c0 = t.cOff + item * t.cStride;
        int aRow = t.transA ? 1 : t.lda;
        int aStep = t.transA ? t.lda : 1;
        int bCol = t.transB ? t.ldb : 1;
        int bStep = t.transB ? 1 : t.ldb;
        // Each element of a line of C is a sum of factors, one for each step, times what lies along the line.
        float[] factors = columns ? t.b : t.a;
        int factor0 = columns ? b0 : a0;
        int factorLine = columns ? bCol : aRow;
        int factorStep = columns ? bStep : aStep;
        for (int from = 0; from < t.k; from += Gemm.KC) {
            int steps = Math.min(Gemm.KC, t.k - from);
            float[] along = columns ? t.a : t.b;
            int alongAt = columns ? a0 + start * aRow + from * aStep : b0 + start * bCol + from * bStep;
            int alongStep = columns ? aStep : bStep;
            if (alongStep == 1) {
                float[] turned = workspace.panel(steps * length);
                turn(along, alongAt, columns ? aRow : bCol, steps, length, turned);
                along = turned;
                alongAt = 0;
                alongStep = length;
            }
            boolean add = from > 0 || t.accumulate;
            for (int done = 0; done < count; done += LINES) {
                int some = Math.min(LINES, count - done);
                int factor = factor0 + (first + done) * factorLine + from * factorStep;
                sum(
                        workspace, some, length, steps, factors, factor, factorLine, factorStep, along, alongAt,
                        alongStep);
                if (columns) {
                    storeColumns(
                            workspace.sums(), some, length, t.c, c0 + start * t.ldc + first + done, t.ldc, add);
                } else {
                    storeRows(workspace.sums(), some, length, t.c, c0 + (first + done) * t.ldc + start, t.ldc, add);
                }
            }
        }
    }

    /// `sums[line][v]` = Σ `factor(line, p)` · `along(p, v)`, in the order of p.
    private static void sum(
            Workspace workspace, int lines, int length, int steps, float[] factors, int factor, int factorLine,
            int factorStep, float[] along, int alongAt, int alongStep) {
        float[][] sums = workspace.sums();
        float[][] x = workspace.operands();
        for (int line = 0; line < lines; line++) {
            Arrays.fill(sums[line], 0, length, 0f);
        }
        int p = 0;
        for (; p + STEPS <= steps; p += STEPS) {
            for (int q = 0; q < STEPS; q++) {
                System.arraycopy(along, alongAt + (p + q) * alongStep, x[q], 0, length);
            }
            for (int line = 0; line < lines; line++) {
                int f = factor + line * factorLine + p * factorStep;
                addEight(
                        factors[f], factors[f + factorStep], factors[f + 2 * factorStep], factors[f + 3 * factorStep],
                        x[0], x[1], x[2], x[3], sums[line], factors[f + 4 * factorStep], factors[f + 5 * factorStep],
                        factors[f + 6 * factorStep], factors[f + 7 * factorStep], x[4], x[5], x[6], x[7], length);
            }
        }
        for (; p < steps; p++) {
            System.arraycopy(along, alongAt + p * alongStep, x[0], 0, length);
            for (int line = 0; line < lines; line++) {
                addOne(factors[factor + line * factorLine + p * factorStep], x[0], sums[line], length);
            }
        }
    }

    private static void addEight(
            float f0, float f1, float f2, float f3, float[] x0, float[] x1, float[] x2, float[] x3, float[] sums,
            float f4, float f5, float f6, float f7, float[] x4, float[] x5, float[] x6, float[] x7, int length) {
        for (int j = 0; j < length; j++) {
            float sum = Math.fma(f3, x3[j], Math.fma(f2, x2[j], Math.fma(f1, x1[j], Math.fma(f0, x0[j], sums[j]))));
            sums[j] = Math.fma(f7, x7[j], Math.fma(f6, x6[j], Math.fma(f5, x5[j], Math.fma(f4, x4[j], sum))));
        }
    }

    private static void addOne(float factor, float[] x, float[] sums, int length) {
        for (int j = 0; j < length; j++) {
            sums[j] = Math.fma(factor, x[j], sums[j]);
        }
    }

    private static void storeRows(
            float[][] sums, int lines, int length, float[] c, int ci, int ldc, boolean add) {
        for (int line = 0; line < lines; line++) {
            int at = ci + line * ldc;
            if (add) {
                addTo(c, at, sums[line], length);
            } else {
                System.arraycopy(sums[line], 0, c, at, length);
            }
        }
    }

    private static void addTo(float[] c, int at, float[] sums, int length) {
        for (int j = 0; j < length; j++) {
            c[at + j] += sums[j];
        }
    }

    /// Row by row of C, which are close to each other.
    private static void storeColumns(
            float[][] sums, int lines, int length, float[] c, int ci, int ldc, boolean add) {
        for (int v = 0; v < length; v++) {
            int at = ci + v * ldc;
            for (int line = 0; line < lines; line++) {
                float sum = sums[line][v];
                c[at + line] = add ? c[at + line] + sum : sum;
            }
        }
    }

    /// Neither many rows nor many columns.
    private static void tiles(GemmTask t, Workspace workspace, int item, int row, int rows, int col, int cols) {
        int a0 = t.aOff + item * t.aStride;
        int b0 = t.bOff + item * t.bStride;
        int c0 = t.cOff + item * t.cStride + col;
        int aRow = t.transA ? 1 : t.lda;
        int aStep = t.transA ? t.lda : 1;
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
            for (int i = row; i < row + rows; i += 4) {
                fourRows(
                        t.a, a0 + i * aRow + from * aStep, aRow, aStep, b, bi, ldb, steps, t.c, c0 + i * t.ldc,
                        t.ldc, Math.min(4, row + rows - i), cols, add);
            }
        }
    }

    /// Four rows of C, or fewer, four columns at a time.
    private static void fourRows(
            float[] a, int ai, int aRow, int aStep, float[] b, int bi, int ldb, int steps, float[] c, int ci, int ldc,
            int rows, int cols, boolean add) {
        int j = 0;
        for (; rows == 4 && j + 4 <= cols; j += 4) {
            tile(a, ai, aRow, aStep, b, bi + j, ldb, steps, c, ci + j, ldc, add);
        }
        for (; j < cols; j++) {
            for (int i = 0; i < rows; i++) {
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
