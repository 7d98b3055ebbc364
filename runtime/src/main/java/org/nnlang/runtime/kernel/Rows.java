package org.nnlang.runtime.kernel;

/// Small things done with a row of floats, the same bits on every path: sums run over 16 lanes, element i in lane i % 16,
/// which are folded 8, 4, 2, 1 apart. One block, unlike a reduction of the language: rows are short here.
final class Rows {
    private static final int LANES = 16;

    private Rows() {}

    /// The greatest of `n` elements and of `start`; a NaN is passed over.
    static float max(float[] x, int at, int n, float start) {
        if (VectorTier.vectors()) {
            return VectorRows.max(x, at, n, start);
        }
        float best = start;
        for (int i = 0; i < n; i++) {
            best = x[at + i] > best ? x[at + i] : best;
        }
        return best;
    }

    /// The sum of `n` products; `lanes` is scratch.
    static float dot(float[] x, int xi, float[] y, int yi, int n, float[] lanes) {
        int i = 0;
        if (VectorTier.vectors()) {
            i = VectorRows.dot(x, xi, y, yi, n, lanes);
        } else {
            java.util.Arrays.fill(lanes, 0, LANES, 0f);
        }
        for (; i <= n - LANES; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] = Math.fma(x[xi + i + lane], y[yi + i + lane], lanes[lane]);
            }
        }
        for (; i < n; i++) {
            lanes[i % LANES] = Math.fma(x[xi + i], y[yi + i], lanes[i % LANES]);
        }
        return fold(lanes);
    }

    /// x = e to the power of x · `factor` − `subtrahend`, the exponent rounded once; their sum. `lanes` is scratch.
    static float weights(float[] x, int at, int n, float factor, float subtrahend, float[] lanes) {
        float term = -subtrahend;
        int i = 0;
        if (VectorTier.vectors()) {
            i = VectorLoops.weights(x, at, n, factor, term, lanes);
        } else {
            java.util.Arrays.fill(lanes, 0, LANES, 0f);
        }
        for (; i < n; i++) {
            float weight = Scalars.exp(Math.fma(x[at + i], factor, term));
            x[at + i] = weight;
            lanes[i % LANES] += weight;
        }
        return fold(lanes);
    }

    /// In registers: lanes that go through memory wait for each other.
    private static float fold(float[] lanes) {
        float a = (lanes[0] + lanes[8]) + (lanes[4] + lanes[12]);
        float b = (lanes[1] + lanes[9]) + (lanes[5] + lanes[13]);
        float c = (lanes[2] + lanes[10]) + (lanes[6] + lanes[14]);
        float d = (lanes[3] + lanes[11]) + (lanes[7] + lanes[15]);
        return (a + c) + (b + d);
    }

    /// x = x · `factor`.
    static void scale(float[] x, int at, int n, float factor) {
        scale(x, at, factor, x, at, n);
    }

    /// y = x · `factor`.
    static void scale(float[] x, int xi, float factor, float[] y, int yi, int n) {
        int done = VectorTier.vectors() ? VectorRows.scale(x, xi, factor, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = x[xi + i] * factor;
        }
    }

    /// x = x · (y − `subtrahend`) · `factor`.
    static void slopes(float[] x, int xi, float[] y, int yi, int n, float subtrahend, float factor) {
        int done = VectorTier.vectors() ? VectorRows.slopes(x, xi, y, yi, n, subtrahend, factor) : 0;
        for (int i = done; i < n; i++) {
            x[xi + i] = x[xi + i] * (y[yi + i] - subtrahend) * factor;
        }
    }

    /// y = y + x · w, element by element, rounded once.
    static void addProducts(float[] x, int xi, float[] w, int wi, float[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = Math.fma(x[xi + i], w[wi + i], y[yi + i]);
        }
    }

    /// y = y + x.
    static void add(float[] x, int xi, float[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] += x[xi + i];
        }
    }
}
