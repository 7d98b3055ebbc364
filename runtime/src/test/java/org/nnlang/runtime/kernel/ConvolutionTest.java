package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions without patches against a plain statement of their sums, bit for bit, with vectors of any width or none and
/// any number of threads.
class ConvolutionTest {
    /// Sizes as in [Convolution]; padding is the same on both sides.
    record Shape(int b, int h, int w, int n, int p, int q, int m, int stride, int padding, int dilation) {
        int r() {
            return (h + 2 * padding - (p - 1) * dilation - 1) / stride + 1;
        }

        int s() {
            return (w + 2 * padding - q) / stride + 1;
        }

        int[] moves() {
            return new int[] {stride, stride, padding, padding, dilation, 1};
        }

        /// What lies outside the image is zero.
        float at(float[] x, int image, int row, int column, int channel) {
            return column < 0 || column >= w ? 0f : x[((image * h + row) * w + column) * n + channel];
        }
    }

    @AfterEach
    void startAgain() {
        VectorTier.use(Machine.startsWithVectors());
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape(2, 28, 28, 1, 3, 3, 32, 1, 0, 1),
                new Shape(3, 26, 26, 32, 3, 3, 64, 1, 0, 1),
                new Shape(2, 7, 7, 20, 3, 3, 16, 1, 1, 1),
                new Shape(17, 5, 6, 16, 2, 3, 48, 1, 2, 1),
                new Shape(2, 9, 30, 16, 3, 5, 17, 1, 2, 2),
                new Shape(1, 6, 5, 150, 3, 3, 16, 1, 1, 1),
                new Shape(2, 13, 11, 18, 3, 3, 48, 2, 1, 1),
                new Shape(1, 3, 450, 16, 3, 7, 16, 1, 3, 1),
                new Shape(3, 6, 5, 24, 1, 1, 32, 1, 0, 1),
                new Shape(2, 2, 8, 16, 3, 3, 16, 1, 4, 1));
    }

    private static float[] y(Shape f, float[] x, float[] weights) {
        int run = f.q * f.n;
        float[] y = new float[f.b * f.r() * f.s() * f.m];
        for (int pixel = 0; pixel < f.b * f.r() * f.s(); pixel++) {
            int image = pixel / (f.r() * f.s());
            for (int k = 0; k < f.m; k++) {
                boolean first = true;
                for (int i = 0; i < f.p; i++) {
                    int row = pixel / f.s() % f.r() * f.stride - f.padding + i * f.dilation;
                    if (row < 0 || row >= f.h) {
                        continue;
                    }
                    for (int from = 0; from < run; from += 384) {
                        float sum = 0;
                        for (int e = from; e < Math.min(run, from + 384); e++) {
                            int column = pixel % f.s() * f.stride - f.padding + e / f.n;
                            sum = Math.fma(
                                    f.at(x, image, row, column, e % f.n), weights[(i * run + e) * f.m + k], sum);
                        }
                        y[pixel * f.m + k] = first ? sum : y[pixel * f.m + k] + sum;
                        first = false;
                    }
                }
            }
        }
        return y;
    }

    /// The gradient by x is a convolution, too.
    private static float[] x(Shape f, float[] y, float[] weights) {
        var turned = new float[weights.length];
        for (int place = 0; place < f.p * f.q; place++) {
            for (int c = 0; c < f.n; c++) {
                for (int k = 0; k < f.m; k++) {
                    int opposite = f.p * f.q - 1 - place;
                    turned[(place * f.m + k) * f.n + c] = weights[(opposite * f.n + c) * f.m + k];
                }
            }
        }
        float[] x = new float[f.b * f.h * f.w * f.n];
        int above = (f.p - 1) * f.dilation - f.padding;
        int left = f.q - 1 - f.padding;
        int run = f.q * f.m;
        for (int pixel = 0; pixel < f.b * f.h * f.w; pixel++) {
            for (int k = 0; k < f.n; k++) {
                boolean first = true;
                for (int i = 0; i < f.p; i++) {
                    int row = pixel / f.w % f.h - above + i * f.dilation;
                    if (row < 0 || row >= f.r()) {
                        continue;
                    }
                    for (int from = 0; from < run; from += 384) {
                        float sum = 0;
                        for (int e = from; e < Math.min(run, from + 384); e++) {
                            int column = pixel % f.w - left + e / f.m;
                            int seen = ((pixel / (f.h * f.w) * f.r() + row) * f.s() + column) * f.m + e % f.m;
                            float value = column < 0 || column >= f.s() ? 0f : y[seen];
                            sum = Math.fma(value, turned[(i * run + e) * f.n + k], sum);
                        }
                        x[pixel * f.n + k] = first ? sum : x[pixel * f.n + k] + sum;
                        first = false;
                    }
                }
            }
        }
        return x;
    }

    private static float[] weights(Shape f, float[] x, float[] y) {
        int run = f.q * f.n;
        int size = f.p * run * f.m;
        int chunks = Math.clamp((1 << 20) / size, 1, Math.min(16, f.b));
        int columns = Math.min(f.s(), 96);
        float[] all = new float[size];
        for (int weight = 0; weight < size; weight++) {
            int i = weight / f.m / run;
            int e = weight / f.m % run;
            for (int chunk = 0; chunk < chunks; chunk++) {
                float part = 0;
                boolean first = true;
                for (int image = chunk * f.b / chunks; image < (chunk + 1) * f.b / chunks; image++) {
                    int inside = 0;
                    float sum = 0;
                    for (int row = 0; row < f.r(); row++) {
                        int seen = row * f.stride - f.padding + i * f.dilation;
                        if (seen < 0 || seen >= f.h) {
                            continue;
                        }
                        for (int column = 0; column < f.s(); column++) {
                            int at = ((image * f.r() + row) * f.s() + column) * f.m + weight % f.m;
                            sum = Math.fma(
                                    f.at(x, image, seen, column * f.stride - f.padding + e / f.n, e % f.n), y[at],
                                    sum);
                            boolean lastRow = row + 1 == f.r() || seen + f.stride >= f.h;
                            boolean ends = columns == 96
                                    ? column % 96 == 95 || column + 1 == f.s()
                                    : column + 1 == f.s() && (++inside % (96 / columns) == 0 || lastRow);
                            if (ends) {
                                part = first ? sum : part + sum;
                                first = false;
                                sum = 0;
                            }
                        }
                    }
                }
                all[weight] = chunk == 0 ? part : all[weight] + part;
            }
        }
        return all;
    }

    private static float[] random(Random random, int size) {
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static Located located(float[] values, int... dims) {
        int[] strides = new int[dims.length];
        int size = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = size;
            size *= dims[axis];
        }
        return Located.of(values, 0, dims, strides);
    }

    private static Convolution convolution(
            Convolution.Result result, Shape f, float[] x, float[] weights, float[] y) {
        return new Convolution(
                result, located(x, f.b, f.h, f.w, f.n), located(weights, f.p, f.q, f.n, f.m),
                located(y, f.b, f.r(), f.s(), f.m), f.moves());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void sumsRunAsTheyAreSaidTo(Shape f) {
        var random = new Random(1);
        float[] x = random(random, f.b * f.h * f.w * f.n);
        float[] weights = random(random, f.p * f.q * f.n * f.m);
        float[] y = random(random, f.b * f.r() * f.s() * f.m);
        for (Convolution.Result result : Convolution.Result.values()) {
            boolean byPatches = result == Convolution.Result.X && (f.n < 16 || f.stride > 1)
                    || result == Convolution.Result.WEIGHTS && (f.m % 16 != 0 || f.m > 64);
            if (byPatches) {
                continue;
            }
            float[] expected = switch (result) {
                case Y -> y(f, x, weights);
                case X -> x(f, y, weights);
                case WEIGHTS -> weights(f, x, y);
            };
            for (int threads = 1; threads <= 3; threads++) {
                // Two on plain loops, as every run begins; where vectors are missing, all are.
                VectorTier.use(threads != 2);
                try (Team team = Team.of(threads)) {
                    float[] actual = new float[expected.length];
                    Arrays.fill(actual, Float.NaN);
                    convolution(
                            result, f, result == Convolution.Result.X ? actual : x,
                            result == Convolution.Result.WEIGHTS ? actual : weights,
                            result == Convolution.Result.Y ? actual : y)
                            .run(team, null);
                    assertArrayEquals(expected, actual, result + " with " + threads + " threads");
                }
            }
        }
    }

    @Test
    void anEpilogueSeesEachPixelOnce() {
        var f = new Shape(2, 13, 14, 16, 3, 3, 16, 1, 1, 1);
        float[] x = new float[f.b * f.h * f.w * f.n];
        float[] weights = new float[f.p * f.q * f.n * f.m];
        float[] y = new float[f.b * f.r() * f.s() * f.m];
        for (Convolution.Result result : new Convolution.Result[] {Convolution.Result.Y, Convolution.Result.X}) {
            int[] seen = new int[f.b * f.h * f.w];
            try (Team team = Team.of(2)) {
                convolution(result, f, x, weights, y).run(team, (row, rows, col, cols, worker) -> {
                    assertEquals(0, col);
                    assertEquals(16, cols);
                    synchronized (seen) {
                        for (int i = row; i < row + rows; i++) {
                            seen[i]++;
                        }
                    }
                });
            }
            int[] once = new int[seen.length];
            Arrays.fill(once, 1);
            assertArrayEquals(once, seen);
        }
    }

    /// What a kernel needs is kept from the first run on.
    @Test
    void aRunAllocatesNothing() {
        VectorTier.use(true);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var random = new Random(2);
        for (Shape f : new Shape[] {
            new Shape(2, 12, 12, 16, 3, 3, 32, 1, 1, 1), new Shape(2, 12, 12, 1, 3, 3, 32, 1, 0, 1),
            new Shape(2, 12, 12, 8, 3, 3, 8, 2, 1, 1)
        }) {
            float[] x = random(random, f.b * f.h * f.w * f.n);
            float[] weights = random(random, f.p * f.q * f.n * f.m);
            float[] y = random(random, f.b * f.r() * f.s() * f.m);
            try (Team team = Team.of(1)) {
                for (Convolution.Result result : Convolution.Result.values()) {
                    Convolution kernel = convolution(result, f, x, weights, y);
                    long least = Long.MAX_VALUE;
                    // Vector code that is not compiled yet makes objects of vectors.
                    for (int run = 0; run < 20_000 && least > 0; run++) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        kernel.run(team, null);
                        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    assertEquals(0, least, result + " of " + f);
                }
            }
        }
    }
}
