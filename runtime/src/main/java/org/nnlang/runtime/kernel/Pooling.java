package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// The greatest element or the mean of what a window sees of each channel, and the gradients. Images lie channels last,
/// \[b, h, w, n\]; what lies outside of an image takes no part in a maximum, and counts as zeros in a mean where `counts`
/// says so. Tasks are some rows of the result; where windows share pixels, a gradient's tasks are images.
public final class Pooling {
    private final Kind kind;
    private final Located x;
    private final @Nullable Located given;
    private final Located y;
    private final Patches patches;
    private final boolean counts;

    /// What is computed.
    public enum Kind {
        /// y, the first maximum of the window.
        MAX,
        /// x, the gradient: all of it to the first maximum.
        MAX_GRADIENT,
        /// y
        AVERAGE,
        /// x, the gradient.
        AVERAGE_GRADIENT
    }

    /// Elements of the result in one task, about: what it sees is in a second-level cache.
    private static final int TASK_FLOATS = 16_384;

    private final int places;
    private final int rowsPerTask;
    private final int parts;
    private final boolean back;

    /// Whether a pixel of x may be seen by several windows.
    private final boolean shared;

    /// Whether every pixel of x is seen by a window.
    private final boolean covers;

    private final Team.Task task = this::part;
    private @Nullable Team team;
    private @Nullable Epilogue epilogue;

    /// @param x \[b, h, w, n\]: the images, or where their gradient goes; all lie row by row
    /// @param given the images, where `x` is the gradient of a maximum
    /// @param y \[b, r, s, n\]: the result, or its gradient
    /// @param window rows and columns
    /// @param moves strides, rows and columns outside above and to the left, and dilations
    /// @param counts whether a mean counts what lies outside
    public Pooling(
            Kind kind, Located x, @Nullable Located given, Located y, int[] window, int[] moves, boolean counts) {
        this.kind = kind;
        this.x = x;
        this.given = given;
        this.y = y;
        this.counts = counts;
        patches = new Patches(x, new int[] {window[0], window[1], Math.max(1, x.dim(3))}, y, moves);
        places = patches.p * patches.q;
        back = kind == Kind.MAX_GRADIENT || kind == Kind.AVERAGE_GRADIENT;
        boolean apart = patches.row(1, 0) > patches.row(0, patches.p - 1)
                && patches.column(1, 0) > patches.column(0, patches.q - 1);
        shared = !apart;
        covers = apart
                && moves[0] == patches.p && moves[1] == patches.q && moves[2] == 0 && moves[3] == 0
                && patches.r * patches.p == patches.h && patches.s * patches.q == patches.w;
        rowsPerTask = back && shared
                ? Math.max(1, patches.r)
                : Math.clamp(TASK_FLOATS / Math.max(1, patches.s * patches.n), 1, Math.max(1, patches.r));
        parts = (patches.r + rowsPerTask - 1) / rowsPerTask;
        VectorTier.want(VectorPart.POOLING);
    }

    /// Computes the result.
    ///
    /// @param newEpilogue what is done with finished pixels, as rows of a matrix; or null
    public void run(Team newTeam, @Nullable Epilogue newEpilogue) {
        team = newTeam;
        epilogue = newEpilogue;
        VectorTier.count((double) patches.images * patches.pixels() * patches.n * places);
        newTeam.run(patches.images * parts, task);
        team = null;
        epilogue = null;
    }

    private void part(int index, int worker) {
        Team current = team;
        if (current == null) {
            return;
        }
        int image = index / parts;
        int first = index % parts * rowsPerTask;
        int last = Math.min(first + rowsPerTask, patches.r);
        int n = patches.n;
        int at = x.offset + image * patches.image();
        // The rows of x that belong to this task: up to where the next one's windows begin.
        int top = first == 0 ? 0 : Math.clamp(patches.row(first, 0), 0, patches.h);
        int bottom = last == patches.r ? patches.h : Math.clamp(patches.row(last, 0), 0, patches.h);
        if (back && (!covers || kind == Kind.AVERAGE_GRADIENT)) {
            java.util.Arrays.fill(x.floats, at + top * patches.w * n, at + bottom * patches.w * n, 0f);
        }
        Workspace workspace = current.workspace(worker);
        int[] seen = workspace.places(places);
        float[] best = workspace.scratch(n);
        for (int pixel = first * patches.s; pixel < last * patches.s; pixel++) {
            int count = see(pixel, seen);
            int to = y.offset + (image * patches.pixels() + pixel) * n;
            switch (kind) {
                case MAX -> greatest(seen, count, x.floats, at, y.floats, to);
                case MAX_GRADIENT -> {
                    if (given == null) {
                        throw new IllegalStateException("no images");
                    }
                    first(seen, count, given.floats, given.offset + image * patches.image(), best, to, at);
                }
                case AVERAGE -> mean(seen, count, at, to);
                case AVERAGE_GRADIENT -> {
                    float share = 1f / (counts ? places : count);
                    for (int place = 0; place < count; place++) {
                        int target = at + seen[place];
                        for (int k = 0; k < n; k++) {
                            x.floats[target + k] += y.floats[to + k] * share;
                        }
                    }
                }
            }
        }
        if (epilogue != null) {
            if (back) {
                epilogue.apply((image * patches.h + top) * patches.w, (bottom - top) * patches.w, 0, n, worker);
            } else {
                epilogue.apply(
                        image * patches.pixels() + first * patches.s, (last - first) * patches.s, 0, n, worker);
            }
        }
    }

    /// Where the pixels begin in their image that a window sees, in its order; returns how many there are.
    private int see(int pixel, int[] seen) {
        int y = pixel / patches.s;
        int x = pixel - y * patches.s;
        int count = 0;
        for (int i = 0; i < patches.p; i++) {
            int row = patches.row(y, i);
            if (row < 0 || row >= patches.h) {
                continue;
            }
            for (int j = 0; j < patches.q; j++) {
                int column = patches.column(x, j);
                if (column >= 0 && column < patches.w) {
                    seen[count++] = (row * patches.w + column) * patches.n;
                }
            }
        }
        return count;
    }

    private void greatest(int[] seen, int count, float[] images, int at, float[] out, int to) {
        int n = patches.n;
        int done = VectorPart.POOLING.vectors() ? VectorPooling.greatest(images, at, seen, count, n, out, to) : 0;
        greatest(seen, count, images, at, out, to, done);
    }

    private void greatest(int[] seen, int count, float[] images, int at, float[] out, int to, int done) {
        int n = patches.n;
        java.util.Arrays.fill(out, to + done, to + n, Float.NEGATIVE_INFINITY);
        for (int place = 0; place < count && done < n; place++) {
            int from = at + seen[place];
            for (int k = done; k < n; k++) {
                float value = images[from + k];
                out[to + k] = value > out[to + k] || Float.isNaN(value) ? value : out[to + k];
            }
        }
    }

    /// Gives each channel's gradient to the first place that holds its maximum, and marks the channel as served.
    private void first(int[] seen, int count, float[] images, int from, float[] best, int g, int at) {
        int n = patches.n;
        int done = VectorPart.POOLING.vectors()
                ? VectorPooling.first(images, from, seen, count, n, y.floats, g, x.floats, at, shared)
                : 0;
        if (done == n) {
            return;
        }
        greatest(seen, count, images, from, best, 0, done);
        for (int place = 0; place < count; place++) {
            int value = from + seen[place];
            int target = at + seen[place];
            for (int k = done; k < n; k++) {
                if (covers) {
                    x.floats[target + k] = 0f;
                }
                if (images[value + k] == best[k]) {
                    x.floats[target + k] += y.floats[g + k];
                    best[k] = Float.NaN;
                }
            }
        }
    }

    private void mean(int[] seen, int count, int at, int to) {
        int n = patches.n;
        float factor = 1f / (counts ? places : count);
        int done = VectorPart.POOLING.vectors()
                ? VectorPooling.mean(x.floats, at, seen, count, n, factor, y.floats, to)
                : 0;
        for (int k = done; k < n; k++) {
            float sum = 0f;
            for (int place = 0; place < count; place++) {
                sum += x.floats[at + seen[place] + k];
            }
            y.floats[to + k] = sum * factor;
        }
    }
}
