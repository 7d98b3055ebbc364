package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pooling against a plain statement of what it means, bit for bit: ties, what is no number, and windows that overlap or leave
/// pixels out.
class PoolingTest {
    /// Sizes as in [Pooling].
    record Shape(int b, int h, int w, int n, int window, int stride, int padding, int dilation) {
        int r() {
            return (h + 2 * padding - (window - 1) * dilation - 1) / stride + 1;
        }

        int s() {
            return (w + 2 * padding - (window - 1) * dilation - 1) / stride + 1;
        }
    }

    @AfterEach
    void startAgain() {
        VectorTier.use(Machine.startsWithVectors());
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape(3, 24, 24, 64, 2, 2, 0, 1), new Shape(2, 7, 9, 19, 2, 2, 0, 1),
                new Shape(2, 7, 9, 35, 3, 2, 1, 1), new Shape(2, 9, 8, 16, 2, 3, 1, 1),
                new Shape(2, 9, 8, 3, 2, 1, 0, 2), new Shape(1, 70, 40, 20, 2, 2, 2, 1));
    }

    private static final int TIES = 5;

    private static float[] some(Random random, int size, boolean odd) {
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = odd && random.nextInt(40) == 0 ? Float.NaN : random.nextInt(TIES) - 2.5f;
        }
        return values;
    }

    private static Located located(float[] values, int b, int h, int w, int n) {
        return Located.of(values, 0, new int[] {b, h, w, n}, new int[] {h * w * n, w * n, n, 1});
    }

    /// The places that a window sees, in order.
    private static int[] seen(Shape f, int pixel) {
        int image = pixel / (f.r() * f.s());
        int top = pixel / f.s() % f.r() * f.stride - f.padding;
        int left = pixel % f.s() * f.stride - f.padding;
        int[] seen = new int[f.window * f.window];
        int count = 0;
        for (int place = 0; place < seen.length; place++) {
            int row = top + place / f.window * f.dilation;
            int column = left + place % f.window * f.dilation;
            if (row >= 0 && row < f.h && column >= 0 && column < f.w) {
                seen[count++] = (image * f.h + row) * f.w + column;
            }
        }
        return Arrays.copyOf(seen, count);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void windowsSeeWhatTheyAreSaidTo(Shape f) {
        var random = new Random(1);
        int pixels = f.b * f.r() * f.s();
        float[] x = some(random, f.b * f.h * f.w * f.n, true);
        float[] g = some(random, pixels * f.n, false);
        float[] greatest = new float[pixels * f.n];
        float[] mean = new float[pixels * f.n];
        float[] toGreatest = new float[x.length];
        float[] toAll = new float[x.length];
        for (int pixel = 0; pixel < pixels; pixel++) {
            int[] seen = seen(f, pixel);
            for (int k = 0; k < f.n; k++) {
                float best = Float.NEGATIVE_INFINITY;
                float sum = 0;
                for (int place : seen) {
                    float value = x[place * f.n + k];
                    best = value > best || Float.isNaN(value) ? value : best;
                    sum += value;
                    toAll[place * f.n + k] += g[pixel * f.n + k] * (1f / seen.length);
                }
                greatest[pixel * f.n + k] = best;
                mean[pixel * f.n + k] = sum * (1f / seen.length);
                for (int place : seen) {
                    if (x[place * f.n + k] == best) {
                        toGreatest[place * f.n + k] += g[pixel * f.n + k];
                        break;
                    }
                }
            }
        }
        for (int threads = 1; threads <= 3; threads++) {
            // Two on plain loops, as every run begins; where vectors are missing, all are.
            VectorTier.use(threads != 2);
            try (Team team = Team.of(threads)) {
                for (Pooling.Kind kind : Pooling.Kind.values()) {
                    boolean back = kind == Pooling.Kind.MAX_GRADIENT || kind == Pooling.Kind.AVERAGE_GRADIENT;
                    float[] target = new float[back ? x.length : greatest.length];
                    Arrays.fill(target, 99f);
                    new Pooling(
                            kind, located(back ? target : x, f.b, f.h, f.w, f.n), located(x, f.b, f.h, f.w, f.n),
                            located(back ? g : target, f.b, f.r(), f.s(), f.n), new int[] {f.window, f.window},
                            new int[] {f.stride, f.stride, f.padding, f.padding, f.dilation, f.dilation}, false)
                            .run(team, null);
                    float[] expected = switch (kind) {
                        case MAX -> greatest;
                        case MAX_GRADIENT -> toGreatest;
                        case AVERAGE -> mean;
                        case AVERAGE_GRADIENT -> toAll;
                    };
                    assertArrayEquals(expected, target, kind + " with " + threads + " threads");
                }
            }
        }
    }
}
