package org.nnlang.runtime.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Products with a single row or column: a vector times a matrix, which is a matter of reading the matrix once.
///
/// Either the sums run down the matrix's stored rows (then a row is a vector of different sums, sixteen vectors of which stay
/// in registers), or along them (then each row is one chain, and eight rows go side by side to hide its latency).
final class VectorGemv {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /// Sums kept at once while rows are added: 8 KB.
    private static final int WIDTH = 2048;

    /// Vectors of sums that stay in registers, where there are 32.
    private static final int HELD = 16;

    /// The same with fewer registers, or columns.
    private static final int HALF = 8;

    private static final boolean MANY_REGISTERS = VectorMachine.TILE_VECTORS == 3;

    private VectorGemv() {}

    static void block(GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        int a0 = t.aOff + item * t.aStride;
        int b0 = t.bOff + item * t.bStride;
        int c0 = t.cOff + item * t.cStride + row * t.ldc + col;
        if (t.m == 1) {
            int step = t.transA ? t.lda : 1;
            if (t.transB) {
                along(t.b, b0 + col * t.ldb, t.ldb, t.a, a0, step, t.c, c0, 1, cols, t.k, t.accumulate);
            } else {
                down(workspace, t.b, b0 + col, t.ldb, t.a, a0, step, t.c, c0, 1, cols, t.k, t.accumulate);
            }
        } else {
            int step = t.transB ? 1 : t.ldb;
            if (t.transA) {
                down(workspace, t.a, a0 + row, t.lda, t.b, b0, step, t.c, c0, t.ldc, rows, t.k, t.accumulate);
            } else {
                along(t.a, a0 + row * t.lda, t.lda, t.b, b0, step, t.c, c0, t.ldc, rows, t.k, t.accumulate);
            }
        }
        if (t.epilogue != null) {
            t.epilogue.apply(item * t.m + row, rows, col, cols, worker);
        }
    }

    /// y[j] = Σ x[p] · w[p, j]
    private static void down(
            Workspace workspace, float[] w, int wi, int ldw, float[] x, int xi, int step, float[] y, int yi, int ldy,
            int n,
            int k, boolean accumulate) {
        float[] sums = workspace.tile(Math.min(WIDTH, n));
        for (int col = 0; col < n; col += WIDTH) {
            int cols = Math.min(WIDTH, n - col);
            for (int from = 0; from < k; from += Gemm.KC) {
                int end = Math.min(k, from + Gemm.KC);
                int held = 0;
                for (; MANY_REGISTERS && held <= cols - HELD * L; held += HELD * L) {
                    sixteen(w, wi + from * ldw + col + held, ldw, x, xi + from * step, step, end - from, sums, held);
                }
                for (; held <= cols - HALF * L; held += HALF * L) {
                    eight(w, wi + from * ldw + col + held, ldw, x, xi + from * step, step, end - from, sums, held);
                }
                if (held < cols) {
                    Arrays.fill(sums, held, cols, 0f);
                    int p = from;
                    for (; p <= end - 8; p += 8) {
                        addEight(w, wi + p * ldw + col + held, ldw, x, xi + p * step, step, sums, held, cols - held);
                    }
                    for (; p < end; p++) {
                        addOne(w, wi + p * ldw + col + held, x[xi + p * step], sums, held, cols - held);
                    }
                }
                store(sums, 0, cols, y, yi + col * ldy, ldy, from > 0 || accumulate);
            }
        }
    }

    /// The sums of sixteen vectors of columns over `steps` rows.
    private static void sixteen(
            float[] w, int wi, int ldw, float[] x, int xi, int step, int steps, float[] sums, int si) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        FloatVector s4 = FloatVector.zero(S);
        FloatVector s5 = FloatVector.zero(S);
        FloatVector s6 = FloatVector.zero(S);
        FloatVector s7 = FloatVector.zero(S);
        FloatVector s8 = FloatVector.zero(S);
        FloatVector s9 = FloatVector.zero(S);
        FloatVector s10 = FloatVector.zero(S);
        FloatVector s11 = FloatVector.zero(S);
        FloatVector s12 = FloatVector.zero(S);
        FloatVector s13 = FloatVector.zero(S);
        FloatVector s14 = FloatVector.zero(S);
        FloatVector s15 = FloatVector.zero(S);
        int at = wi;
        int from = xi;
        for (int p = 0; p < steps; p++) {
            FloatVector factor = FloatVector.broadcast(S, x[from]);
            s0 = FloatVector.fromArray(S, w, at).fma(factor, s0);
            s1 = FloatVector.fromArray(S, w, at + L).fma(factor, s1);
            s2 = FloatVector.fromArray(S, w, at + 2 * L).fma(factor, s2);
            s3 = FloatVector.fromArray(S, w, at + 3 * L).fma(factor, s3);
            s4 = FloatVector.fromArray(S, w, at + 4 * L).fma(factor, s4);
            s5 = FloatVector.fromArray(S, w, at + 5 * L).fma(factor, s5);
            s6 = FloatVector.fromArray(S, w, at + 6 * L).fma(factor, s6);
            s7 = FloatVector.fromArray(S, w, at + 7 * L).fma(factor, s7);
            s8 = FloatVector.fromArray(S, w, at + 8 * L).fma(factor, s8);
            s9 = FloatVector.fromArray(S, w, at + 9 * L).fma(factor, s9);
            s10 = FloatVector.fromArray(S, w, at + 10 * L).fma(factor, s10);
            s11 = FloatVector.fromArray(S, w, at + 11 * L).fma(factor, s11);
            s12 = FloatVector.fromArray(S, w, at + 12 * L).fma(factor, s12);
            s13 = FloatVector.fromArray(S, w, at + 13 * L).fma(factor, s13);
            s14 = FloatVector.fromArray(S, w, at + 14 * L).fma(factor, s14);
            s15 = FloatVector.fromArray(S, w, at + 15 * L).fma(factor, s15);
            at += ldw;
            from += step;
        }
        s0.intoArray(sums, si);
        s1.intoArray(sums, si + L);
        s2.intoArray(sums, si + 2 * L);
        s3.intoArray(sums, si + 3 * L);
        s4.intoArray(sums, si + 4 * L);
        s5.intoArray(sums, si + 5 * L);
        s6.intoArray(sums, si + 6 * L);
        s7.intoArray(sums, si + 7 * L);
        s8.intoArray(sums, si + 8 * L);
        s9.intoArray(sums, si + 9 * L);
        s10.intoArray(sums, si + 10 * L);
        s11.intoArray(sums, si + 11 * L);
        s12.intoArray(sums, si + 12 * L);
        s13.intoArray(sums, si + 13 * L);
        s14.intoArray(sums, si + 14 * L);
        s15.intoArray(sums, si + 15 * L);
    }

    /// The same of eight vectors.
    private static void eight(
            float[] w, int wi, int ldw, float[] x, int xi, int step, int steps, float[] sums, int si) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        FloatVector s4 = FloatVector.zero(S);
        FloatVector s5 = FloatVector.zero(S);
        FloatVector s6 = FloatVector.zero(S);
        FloatVector s7 = FloatVector.zero(S);
        int at = wi;
        int from = xi;
        for (int p = 0; p < steps; p++) {
            FloatVector factor = FloatVector.broadcast(S, x[from]);
            s0 = FloatVector.fromArray(S, w, at).fma(factor, s0);
            s1 = FloatVector.fromArray(S, w, at + L).fma(factor, s1);
            s2 = FloatVector.fromArray(S, w, at + 2 * L).fma(factor, s2);
            s3 = FloatVector.fromArray(S, w, at + 3 * L).fma(factor, s3);
            s4 = FloatVector.fromArray(S, w, at + 4 * L).fma(factor, s4);
            s5 = FloatVector.fromArray(S, w, at + 5 * L).fma(factor, s5);
            s6 = FloatVector.fromArray(S, w, at + 6 * L).fma(factor, s6);
            s7 = FloatVector.fromArray(S, w, at + 7 * L).fma(factor, s7);
            at += ldw;
            from += step;
        }
        s0.intoArray(sums, si);
        s1.intoArray(sums, si + L);
        s2.intoArray(sums, si + 2 * L);
        s3.intoArray(sums, si + 3 * L);
        s4.intoArray(sums, si + 4 * L);
        s5.intoArray(sums, si + 5 * L);
        s6.intoArray(sums, si + 6 * L);
        s7.intoArray(sums, si + 7 * L);
    }

    /// Eight rows at a time: each sum is loaded and stored once for eight loads of the matrix.
    private static void addEight(
            float[] w, int w0, int ldw, float[] x, int xi, int step, float[] sums, int si, int n) {
        float x0 = x[xi];
        float x1 = x[xi + step];
        float x2 = x[xi + 2 * step];
        float x3 = x[xi + 3 * step];
        float x4 = x[xi + 4 * step];
        float x5 = x[xi + 5 * step];
        float x6 = x[xi + 6 * step];
        float x7 = x[xi + 7 * step];
        int w1 = w0 + ldw;
        int w2 = w1 + ldw;
        int w3 = w2 + ldw;
        int w4 = w3 + ldw;
        int w5 = w4 + ldw;
        int w6 = w5 + ldw;
        int w7 = w6 + ldw;
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector sum = FloatVector.fromArray(S, sums, si + j);
            sum = FloatVector.fromArray(S, w, w0 + j).fma(FloatVector.broadcast(S, x0), sum);
            sum = FloatVector.fromArray(S, w, w1 + j).fma(FloatVector.broadcast(S, x1), sum);
            sum = FloatVector.fromArray(S, w, w2 + j).fma(FloatVector.broadcast(S, x2), sum);
            sum = FloatVector.fromArray(S, w, w3 + j).fma(FloatVector.broadcast(S, x3), sum);
            sum = FloatVector.fromArray(S, w, w4 + j).fma(FloatVector.broadcast(S, x4), sum);
            sum = FloatVector.fromArray(S, w, w5 + j).fma(FloatVector.broadcast(S, x5), sum);
            sum = FloatVector.fromArray(S, w, w6 + j).fma(FloatVector.broadcast(S, x6), sum);
            sum = FloatVector.fromArray(S, w, w7 + j).fma(FloatVector.broadcast(S, x7), sum);
            sum.intoArray(sums, si + j);
        }
        for (; j < n; j++) {
            float sum = Math.fma(w[w0 + j], x0, sums[si + j]);
            sum = Math.fma(w[w1 + j], x1, sum);
            sum = Math.fma(w[w2 + j], x2, sum);
            sum = Math.fma(w[w3 + j], x3, sum);
            sum = Math.fma(w[w4 + j], x4, sum);
            sum = Math.fma(w[w5 + j], x5, sum);
            sum = Math.fma(w[w6 + j], x6, sum);
            sum = Math.fma(w[w7 + j], x7, sum);
            sums[si + j] = sum;
        }
    }

    private static void addOne(float[] w, int wi, float factor, float[] sums, int si, int n) {
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector sum = FloatVector.fromArray(S, sums, si + j);
            FloatVector.fromArray(S, w, wi + j).fma(FloatVector.broadcast(S, factor), sum).intoArray(sums, si + j);
        }
        for (; j < n; j++) {
            sums[si + j] = Math.fma(w[wi + j], factor, sums[si + j]);
        }
    }

    /// y[i] = Σ w[i, p] · x[p]
    private static void along(
            float[] w, int wi, int ldw, float[] x, int xi, int step, float[] y, int yi, int ldy, int n, int k,
            boolean accumulate) {
        for (int from = 0; from < k; from += Gemm.KC) {
            int steps = Math.min(Gemm.KC, k - from);
            boolean add = from > 0 || accumulate;
            int i = 0;
            for (; i <= n - 8; i += 8) {
                eightRows(w, wi + i * ldw + from, ldw, x, xi + from * step, step, steps, y, yi + i * ldy, ldy, add);
            }
            for (; i < n; i++) {
                int row = wi + i * ldw + from;
                float sum = 0f;
                for (int p = 0; p < steps; p++) {
                    sum = Math.fma(w[row + p], x[xi + (from + p) * step], sum);
                }
                y[yi + i * ldy] = add ? y[yi + i * ldy] + sum : sum;
            }
        }
    }

    private static void eightRows(
            float[] w, int w0, int ldw, float[] x, int xi, int step, int steps, float[] y, int yi, int ldy,
            boolean add) {
        int w1 = w0 + ldw;
        int w2 = w1 + ldw;
        int w3 = w2 + ldw;
        int w4 = w3 + ldw;
        int w5 = w4 + ldw;
        int w6 = w5 + ldw;
        int w7 = w6 + ldw;
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        float s4 = 0f;
        float s5 = 0f;
        float s6 = 0f;
        float s7 = 0f;
        int at = xi;
        for (int p = 0; p < steps; p++) {
            float factor = x[at];
            s0 = Math.fma(w[w0 + p], factor, s0);
            s1 = Math.fma(w[w1 + p], factor, s1);
            s2 = Math.fma(w[w2 + p], factor, s2);
            s3 = Math.fma(w[w3 + p], factor, s3);
            s4 = Math.fma(w[w4 + p], factor, s4);
            s5 = Math.fma(w[w5 + p], factor, s5);
            s6 = Math.fma(w[w6 + p], factor, s6);
            s7 = Math.fma(w[w7 + p], factor, s7);
            at += step;
        }
        put(y, yi, s0, add);
        put(y, yi + ldy, s1, add);
        put(y, yi + 2 * ldy, s2, add);
        put(y, yi + 3 * ldy, s3, add);
        put(y, yi + 4 * ldy, s4, add);
        put(y, yi + 5 * ldy, s5, add);
        put(y, yi + 6 * ldy, s6, add);
        put(y, yi + 7 * ldy, s7, add);
    }

    private static void put(float[] y, int yi, float sum, boolean add) {
        y[yi] = add ? y[yi] + sum : sum;
    }

    private static void store(float[] sums, int si, int n, float[] y, int yi, int ldy, boolean add) {
        int at = yi;
        for (int j = 0; j < n; j++) {
            put(y, at, sums[si + j], add);
            at += ldy;
        }
    }
}
