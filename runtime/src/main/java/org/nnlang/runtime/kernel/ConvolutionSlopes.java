package org.nnlang.runtime.kernel;

/// The gradient of a convolution by its weights, without patches, as [ConvolutionRows] reads images; the result's channels
/// fill vectors of 16 and are few, because with many the product with patches is faster.
///
/// An element's sum over pixels is a chain over some rows of a result, whose pixels are about [#PIXELS], or over that many
/// pixels of one row; those are added in order, image by image, for some images; and those again in order. How many
/// images that are follows from the sizes alone.
final class ConvolutionSlopes {
    /// Pixels of one chain: what they are multiplied with stays in a first-level cache.
    private static final int PIXELS = 96;

    /// Parts of a window's row in one task.
    private static final int ELEMENTS = 192;

    /// The most sums over some of the images, and the most floats of all of them.
    private static final int MOST_CHUNKS = 16;

    private static final int MOST_FLOATS = 1 << 20;

    private static final int LANES = 16;

    private static final int MOST_CHANNELS = 64;

    private final Patches patches;
    private final int m;
    private final int run;
    private final boolean padded;
    private final int chunks;
    private final int pieces;
    private final int rows;
    private final int columns;

    static boolean takes(Patches patches, int m) {
        return patches.dense && m % LANES == 0 && m > 0 && m <= MOST_CHANNELS;
    }

    /// @param m channels of the result
    ConvolutionSlopes(Patches patches, int m) {
        this.patches = patches;
        this.m = m;
        run = patches.q * patches.c;
        padded = patches.column(0, 0) < 0 || patches.column(patches.s - 1, patches.q - 1) >= patches.w;
        chunks = Math.clamp(MOST_FLOATS / Math.max(1L, size()), 1, Math.clamp(patches.images, 1, MOST_CHUNKS));
        pieces = (run + ELEMENTS - 1) / ELEMENTS;
        columns = Math.clamp(patches.s, 1, PIXELS);
        rows = Math.max(1, PIXELS / columns);
        VectorTier.want(VectorPart.SLOPES);
    }

    private int size() {
        return patches.size * m;
    }

    int tasks() {
        return chunks * patches.p * pieces;
    }

    /// How many floats the sums over some of the images need; none where the result has room for them.
    int partials() {
        return chunks == 1 ? 0 : chunks * size();
    }

    /// Adds up the sums over some of the images, from `from` up to `to` of the weights.
    void combine(float[] partials, int from, int to, float[] weights, int weightsAt) {
        if (chunks == 1) {
            return;
        }
        System.arraycopy(partials, from, weights, weightsAt + from, to - from);
        for (int chunk = 1; chunk < chunks; chunk++) {
            Rows.add(partials, chunk * size() + from, weights, weightsAt + from, to - from);
        }
    }

    /// @param to the sums over some of the images, or the weights where there is one sum
    void run(int index, Workspace workspace, float[] x, int xAt, float[] g, int gAt, float[] to, int toAt) {
        int chunk = index / (patches.p * pieces);
        int rest = index - chunk * patches.p * pieces;
        int i = rest / pieces;
        int element = rest % pieces * ELEMENTS;
        int length = Math.min(ELEMENTS, run - element);
        int target = toAt + chunk * size() + (i * run + element) * m;
        int lastImage = (int) ((chunk + 1L) * patches.images / chunks);
        boolean add = false;
        for (int image = (int) ((long) chunk * patches.images / chunks); image < lastImage; image++) {
            for (int y = 0; y < patches.r;) {
                int row = patches.row(y, i);
                if (row < 0 || row >= patches.h) {
                    y++;
                    continue;
                }
                int last = y + 1;
                while (last < Math.min(y + rows, patches.r) && patches.row(last, i) < patches.h) {
                    last++;
                }
                for (int first = 0; first < patches.s; first += columns) {
                    int count = Math.min(columns, patches.s - first);
                    int step = (patches.column(1, 0) - patches.column(0, 0)) * patches.c;
                    int line = (patches.row(1, 0) - patches.row(0, 0)) * patches.w * patches.c;
                    int at = xAt + image * patches.image() + (row * patches.w + patches.column(first, 0)) * patches.c;
                    float[] source = x;
                    if (padded) {
                        line = patches.width(count) * patches.c;
                        source = workspace.scratch((last - y) * line);
                        for (int k = y; k < last; k++) {
                            patches.copyRow(
                                    x, xAt, image, patches.row(k, i), first, count, source, (k - y) * line);
                        }
                        at = 0;
                    }
                    int pixel = image * patches.pixels() + y * patches.s + first;
                    sums(
                            workspace, last - y, count, line, source, at + element, step, g, gAt + pixel * m, to,
                            target,
                            length, add);
                    add = true;
                }
                y = last;
            }
        }
        if (!add) {
            java.util.Arrays.fill(to, target, target + length * m, 0f);
        }
    }

    /// C = Aᵀ · G, or C += Aᵀ · G, over `segments` rows of `count` pixels.
    private void sums(
            Workspace workspace, int segments, int count, int line, float[] a, int ai, int step, float[] g, int gi,
            float[] c, int ci, int length, boolean add) {
        if (VectorPart.SLOPES.vectors()) {
            VectorGemm.slopes(segments, count, line - count * step, a, ai, step, g, gi, m, c, ci, length, add);
            return;
        }
        // Pixels one behind the other, as a product's left operand.
        float[] pixels = workspace.block(segments * count * length);
        for (int segment = 0; segment < segments; segment++) {
            for (int k = 0; k < count; k++) {
                System.arraycopy(
                        a, ai + segment * line + k * step, pixels, (segment * count + k) * length, length);
            }
        }
        GemmTask product = workspace.inner.of(
                true, false, length, m, segments * count, pixels, 0, length, g, gi, m, c, ci, m, add);
        ScalarGemm.block(product, workspace, 0, 0, 0, length, 0, m);
    }
}
