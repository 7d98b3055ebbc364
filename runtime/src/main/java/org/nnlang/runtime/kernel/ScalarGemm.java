package org.nnlang.runtime.kernel;

import java.util.Arrays;

/// Products without the Vector API, and the plain statement of what [VectorGemm] computes.
///
/// C2 vectorises the loop over a row of B by itself; a transposed B is read along its rows, one chain at a time.
final class ScalarGemm {
    private ScalarGemm() {}

    static void block(GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        float[] sums = workspace.tile(cols);
        int a0 = t.aOff + item * t.aStride;
        int b0 = t.bOff + item * t.bStride;
        int c0 = t.cOff + item * t.cStride;
        int aRow = t.transA ? 1 : t.lda;
        int aStep = t.transA ? t.lda : 1;
        for (int i = row; i < row + rows; i++) {
            int ci = c0 + i * t.ldc + col;
            if (t.k == 0 && !t.accumulate) {
                Arrays.fill(t.c, ci, ci + cols, 0f);
            }
            for (int from = 0; from < t.k; from += Gemm.KC) {
                int steps = Math.min(Gemm.KC, t.k - from);
                int ai = a0 + i * aRow + from * aStep;
                if (t.transB) {
                    for (int j = 0; j < cols; j++) {
                        sums[j] = chain(t.a, ai, aStep, t.b, b0 + (col + j) * t.ldb + from, steps);
                    }
                } else {
                    Arrays.fill(sums, 0, cols, 0f);
                    for (int p = 0; p < steps; p++) {
                        add(t.a[ai + p * aStep], t.b, b0 + (from + p) * t.ldb + col, sums, cols);
                    }
                }
                if (from > 0 || t.accumulate) {
                    for (int j = 0; j < cols; j++) {
                        t.c[ci + j] += sums[j];
                    }
                } else {
                    System.arraycopy(sums, 0, t.c, ci, cols);
                }
            }
        }
        if (t.epilogue != null) {
            t.epilogue.apply(item * t.m + row, rows, col, cols, worker);
        }
    }

    private static float chain(float[] a, int ai, int aStep, float[] b, int bi, int steps) {
        float sum = 0f;
        for (int p = 0; p < steps; p++) {
            sum = Math.fma(a[ai + p * aStep], b[bi + p], sum);
        }
        return sum;
    }

    private static void add(float factor, float[] b, int bi, float[] sums, int cols) {
        for (int j = 0; j < cols; j++) {
            sums[j] = Math.fma(factor, b[bi + j], sums[j]);
        }
    }
}
