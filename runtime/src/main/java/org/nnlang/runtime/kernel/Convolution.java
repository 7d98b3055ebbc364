package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// Convolution of images \[b, h, w, n\] with weights \[p, q, n / groups, m\], and its gradients by either: three bilinear
/// functions, each of which is a gradient of the others. A product with patches made in the cache, 96 pixels at a time; a
/// depthwise one, whose groups are single channels, adds products of neighbouring channels directly.
///
/// Sums run over a patch in blocks of [Gemm#KC] as in a product; over pixels of an image in blocks, then over images in
/// order. Tasks share no sum, so the number of threads changes nothing.
public final class Convolution {
    private static final int KC = Gemm.KC;

    /// Elements of a patch in one task of the weights' gradient.
    private static final int PIECE = 64;

    /// Pixels whose products are one chain there.
    private static final int CHAIN = 384;

    private final Located x;
    private final Located weights;
    private final Located y;
    private final Patches patches;
    private final int m;
    private final int perGroup;
    private final boolean depthwise;
    private final Team.Task task;
    private final int tasks;
    private @Nullable Team team;

    /// Which of the three is computed from the other two.
    public enum Result {
        Y,
        X,
        WEIGHTS
    }

    /// @param x images \[b, h, w, n\]; all lie row by row
    /// @param weights \[p, q, n / groups, m\]
    /// @param y \[b, r, s, m\]
    /// @param moves strides, zeros above and to the left, and dilations, each by rows and columns
    public Convolution(Result result, Located x, Located weights, Located y, int[] moves) {
        this.x = x;
        this.weights = weights;
        this.y = y;
        patches = new Patches(x, new int[] {weights.dim(0), weights.dim(1), weights.dim(2)}, y, moves);
        m = weights.dim(3);
        perGroup = m / patches.groups;
        depthwise = patches.c == 1 && perGroup == 1 && patches.groups > 1;
        task = switch (result) {
            case Y -> this::forward;
            case X -> this::backward;
            case WEIGHTS -> this::slopes;
        };
        tasks = switch (result) {
            case Y -> patches.images * patches.blocks();
            case X -> patches.images;
            case WEIGHTS -> depthwise ? patches.p * patches.q : pieces() * patches.groups;
        };
    }

    private int pieces() {
        return (patches.size + PIECE - 1) / PIECE;
    }

    /// Computes the result.
    public void run(Team newTeam) {
        team = newTeam;
        newTeam.run(tasks, task);
        team = null;
    }

    private Workspace workspace(int worker) {
        Team current = team;
        if (current == null) {
            throw new IllegalStateException("not at work");
        }
        return current.workspace(worker);
    }

    private void forward(int index, int worker) {
        int image = index / patches.blocks();
        int pixel = index % patches.blocks() * Patches.PIXELS;
        int count = Math.min(Patches.PIXELS, patches.pixels() - pixel);
        int from = x.offset + image * patches.image();
        int to = y.offset + (image * patches.pixels() + pixel) * m;
        if (depthwise) {
            java.util.Arrays.fill(y.floats, to, to + count * m, 0f);
            for (int k = 0; k < count; k++) {
                eachPlace(pixel + k, from, to + k * m, Result.Y);
            }
            return;
        }
        Workspace workspace = workspace(worker);
        float[] scratch = workspace.scratch(Patches.PIXELS * Math.min(KC, patches.size));
        for (int group = 0; group < patches.groups; group++) {
            for (int element = 0; element < patches.size; element += KC) {
                int length = Math.min(KC, patches.size - element);
                patches.pack(x.floats, from, group, pixel, count, element, element + length, scratch);
                GemmTask.single(
                        workspace, worker, false, false, count, perGroup, length, scratch, 0, length, weights.floats,
                        weights.offset + element * m + group * perGroup, m, y.floats, to + group * perGroup, m,
                        element > 0);
            }
        }
        workspace.inner.release();
    }

    private void backward(int image, int worker) {
        int to = x.offset + image * patches.image();
        java.util.Arrays.fill(x.floats, to, to + patches.image(), 0f);
        int from = y.offset + image * patches.pixels() * m;
        if (depthwise) {
            for (int pixel = 0; pixel < patches.pixels(); pixel++) {
                eachPlace(pixel, to, from + pixel * m, Result.X);
            }
            return;
        }
        Workspace workspace = workspace(worker);
        float[] scratch = workspace.scratch(Patches.PIXELS * Math.min(KC, patches.size));
        for (int pixel = 0; pixel < patches.pixels(); pixel += Patches.PIXELS) {
            int count = Math.min(Patches.PIXELS, patches.pixels() - pixel);
            for (int group = 0; group < patches.groups; group++) {
                for (int element = 0; element < patches.size; element += KC) {
                    int length = Math.min(KC, patches.size - element);
                    GemmTask.single(
                            workspace, worker, false, true, count, length, perGroup, y.floats,
                            from + pixel * m + group * perGroup, m, weights.floats,
                            weights.offset + element * m + group * perGroup, m, scratch, 0, length, false);
                    patches.addBack(x.floats, to, group, pixel, count, element, element + length, scratch);
                }
            }
        }
        workspace.inner.release();
    }

    private void slopes(int index, int worker) {
        if (depthwise) {
            int at = weights.offset + index * m;
            java.util.Arrays.fill(weights.floats, at, at + m, 0f);
            int i = index / patches.q;
            int j = index - i * patches.q;
            for (int image = 0; image < patches.images; image++) {
                int from = x.offset + image * patches.image();
                for (int pixel = 0; pixel < patches.pixels(); pixel++) {
                    place(
                            pixel, i, j, from, y.offset + (image * patches.pixels() + pixel) * m,
                            Result.WEIGHTS);
                }
            }
            return;
        }
        Workspace workspace = workspace(worker);
        int group = index / pieces();
        int element = index % pieces() * PIECE;
        int length = Math.min(PIECE, patches.size - element);
        float[] scratch = workspace.scratch(CHAIN * length);
        int to = weights.offset + element * m + group * perGroup;
        boolean more = false;
        for (int image = 0; image < patches.images; image++) {
            int from = x.offset + image * patches.image();
            for (int pixel = 0; pixel < patches.pixels(); pixel += CHAIN) {
                int count = Math.min(CHAIN, patches.pixels() - pixel);
                patches.pack(x.floats, from, group, pixel, count, element, element + length, scratch);
                GemmTask.single(
                        workspace, worker, true, false, length, perGroup, count, scratch, 0, length, y.floats,
                        y.offset + (image * patches.pixels() + pixel) * m + group * perGroup, m, weights.floats, to,
                        m, more);
                more = true;
            }
        }
        if (!more) {
            for (int i = 0; i < length; i++) {
                java.util.Arrays.fill(weights.floats, to + i * m, to + i * m + perGroup, 0f);
            }
        }
        workspace.inner.release();
    }

    /// A depthwise window at one pixel.
    private void eachPlace(int pixel, int image, int at, Result result) {
        for (int i = 0; i < patches.p; i++) {
            for (int j = 0; j < patches.q; j++) {
                place(pixel, i, j, image, at, result);
            }
        }
    }

    /// One place of a depthwise window at one pixel.
    private void place(int pixel, int i, int j, int image, int at, Result result) {
        int row = patches.row(pixel / patches.s, i);
        int column = patches.column(pixel % patches.s, j);
        if (row < 0 || row >= patches.h || column < 0 || column >= patches.w) {
            return;
        }
        int seen = image + (row * patches.w + column) * m;
        int weight = weights.offset + (i * patches.q + j) * m;
        switch (result) {
            case Y -> Rows.addProducts(x.floats, seen, weights.floats, weight, y.floats, at, m);
            case X -> Rows.addProducts(y.floats, at, weights.floats, weight, x.floats, seen, m);
            case WEIGHTS -> Rows.addProducts(x.floats, seen, y.floats, at, weights.floats, weight, m);
        }
    }
}
