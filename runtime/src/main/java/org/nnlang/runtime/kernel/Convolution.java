package org.nnlang.runtime.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Convolution of images \[b, h, w, n\] with weights \[p, q, n / groups, m\], and its gradients by either: three bilinear
/// functions, each of which is a gradient of the others.
///
/// Where channels are in one group and the window's columns side by side, products read images where they lie
/// ([ConvolutionRows], [ConvolutionSlopes]); there the gradient by x, if the window stops at every pixel, is the convolution of
/// the result's gradient with the weights turned around. What is left is a product with patches made in the cache, 96
/// pixels at a time, whose sums run in blocks of [Gemm#KC]; over pixels of an image in blocks, then over images in order.
/// A depthwise one, whose groups are single channels, adds products of neighbouring channels directly.
///
/// Which way is taken follows from the sizes, and tasks share no sum: the number of threads changes nothing.
public final class Convolution {
    private static final int KC = Gemm.KC;

    /// Elements of a patch in one task of the weights' gradient.
    private static final int PIECE = 64;

    /// Pixels whose products are one chain there.
    private static final int CHAIN = 384;

    /// With fewer pixels in a row patches fill the register tiles better.
    private static final int FEWEST_COLUMNS = 4;

    /// With fewer pixels in a row than this patches are better where weights of a window's row are more than this.
    private static final int FEW_COLUMNS = 12;

    private static final int MANY_WEIGHTS = 1 << 14;

    /// With fewer channels of x the product with patches takes less for its gradient.
    private static final int FEWEST_CHANNELS = 16;

    /// Weights that one task adds up.
    private static final int RANGE = 4096;

    private final Located x;
    private final Located weights;
    private final Located y;
    private final Patches patches;
    private final int m;
    private final int perGroup;
    private final boolean depthwise;
    private final Result result;
    private final Team.Task task;
    private final Team.Task turning = this::turn;
    private final Team.Task combining = this::combine;
    private final int tasks;
    private final @Nullable ConvolutionRows rows;
    private final @Nullable ConvolutionSlopes slopes;
    private float[] common = {};
    private @Nullable Team team;
    private @Nullable Epilogue epilogue;

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
        this.result = result;
        this.x = x;
        this.weights = weights;
        this.y = y;
        patches = new Patches(x, new int[] {weights.dim(0), weights.dim(1), weights.dim(2)}, y, moves);
        m = weights.dim(3);
        perGroup = m / patches.groups;
        depthwise = patches.c == 1 && perGroup == 1 && patches.groups > 1;
        rows = rows(moves);
        slopes = result == Result.WEIGHTS && ConvolutionSlopes.takes(patches, m)
                ? new ConvolutionSlopes(patches, m)
                : null;
        if (rows != null) {
            task = this::rows;
            tasks = rows.tasks();
            return;
        }
        if (slopes != null) {
            task = this::chains;
            tasks = slopes.tasks();
            return;
        }
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

    /// The convolution that needs no patches, or null.
    private @Nullable ConvolutionRows rows(int[] moves) {
        boolean everywhere = moves[0] == 1 && moves[1] == 1;
        boolean direct = patches.dense && result != Result.WEIGHTS
                && (result == Result.Y || everywhere && patches.c >= FEWEST_CHANNELS);
        if (!direct) {
            return null;
        }
        Located images = result == Result.Y ? x : y;
        Located pixels = result == Result.Y ? y : x;
        int above = result == Result.Y ? moves[2] : (patches.p - 1) * moves[4] - moves[2];
        int left = result == Result.Y ? moves[3] : patches.q - 1 - moves[3];
        int[] window = {patches.p, patches.q, images.dim(3)};
        if (patches.size == patches.c && everywhere && above == 0 && left == 0
                && images.dim(1) == pixels.dim(1) && images.dim(2) == pixels.dim(2)) {
            // Pixels by themselves: all images are one row.
            images = images.asRow();
            pixels = pixels.asRow();
        }
        int columns = pixels.dim(2);
        boolean many = (long) window[1] * window[2] * pixels.dim(3) > MANY_WEIGHTS;
        if (columns < FEWEST_COLUMNS || many && columns < FEW_COLUMNS) {
            return null;
        }
        return new ConvolutionRows(
                new Patches(images, window, pixels, new int[] {moves[0], moves[1], above, left, moves[4], 1}),
                pixels.dim(3));
    }

    private int pieces() {
        return (patches.size + PIECE - 1) / PIECE;
    }

    /// Computes the result.
    ///
    /// @param newEpilogue what is done with finished pixels of y or x, as rows of a matrix; or null
    public void run(Team newTeam, @Nullable Epilogue newEpilogue) {
        team = newTeam;
        epilogue = newEpilogue;
        Workspace own = newTeam.workspace(newTeam.worker());
        if (rows != null && result == Result.X) {
            common = own.common(patches.size * m);
            newTeam.run(patches.p * patches.q, turning);
        }
        if (slopes != null) {
            common = own.common(slopes.partials());
        }
        newTeam.run(tasks, task);
        if (slopes != null && slopes.partials() > 0) {
            newTeam.run((patches.size * m + RANGE - 1) / RANGE, combining);
        }
        common = NONE;
        team = null;
        epilogue = null;
    }

    private static final float[] NONE = {};

    private Workspace workspace(int worker) {
        Team current = team;
        if (current == null) {
            throw new IllegalStateException("not at work");
        }
        return current.workspace(worker);
    }

    private void finish(int pixel, int count, int channels, int worker) {
        if (epilogue != null) {
            epilogue.apply(pixel, count, 0, channels, worker);
        }
    }

    private void rows(int index, int worker) {
        ConvolutionRows some = Objects.requireNonNull(rows);
        Workspace workspace = workspace(worker);
        if (result == Result.Y) {
            int pixel = some.run(
                    index, worker, workspace, x.floats, x.offset, weights.floats, weights.offset, y.floats, y.offset);
            finish(pixel, some.pixels(index), m, worker);
        } else {
            int pixel = some.run(
                    index, worker, workspace, y.floats, y.offset, common, 0, x.floats, x.offset);
            finish(pixel, some.pixels(index), patches.n, worker);
        }
    }

    /// Turns the weights of one place of the window around: those of the opposite place, with channels exchanged.
    private void turn(int index, int worker) {
        int n = patches.n;
        int from = weights.offset + (patches.p * patches.q - 1 - index) * n * m;
        int to = index * n * m;
        for (int first = 0; first < m; first += SQUARE) {
            int end = Math.min(m, first + SQUARE);
            for (int i = 0; i < n; i++) {
                for (int j = first; j < end; j++) {
                    common[to + j * n + i] = weights.floats[from + i * m + j];
                }
            }
        }
    }

    private static final int SQUARE = 16;

    private void chains(int index, int worker) {
        ConvolutionSlopes some = Objects.requireNonNull(slopes);
        boolean partial = some.partials() > 0;
        some.run(
                index, workspace(worker), x.floats, x.offset, y.floats, y.offset, partial ? common : weights.floats,
                partial ? 0 : weights.offset);
    }

    private void combine(int index, int worker) {
        int from = index * RANGE;
        Objects.requireNonNull(slopes)
                .combine(common, from, Math.min(from + RANGE, patches.size * m), weights.floats, weights.offset);
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
            finish(image * patches.pixels() + pixel, count, m, worker);
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
        finish(image * patches.pixels() + pixel, count, m, worker);
    }

    private void backward(int image, int worker) {
        int to = x.offset + image * patches.image();
        java.util.Arrays.fill(x.floats, to, to + patches.image(), 0f);
        int from = y.offset + image * patches.pixels() * m;
        if (depthwise) {
            for (int pixel = 0; pixel < patches.pixels(); pixel++) {
                eachPlace(pixel, to, from + pixel * m, Result.X);
            }
            finish(image * patches.h * patches.w, patches.h * patches.w, patches.n, worker);
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
        finish(image * patches.h * patches.w, patches.h * patches.w, patches.n, worker);
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
