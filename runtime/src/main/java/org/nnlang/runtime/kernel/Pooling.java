package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// The greatest element or the mean of what a window sees of each channel, and the gradients. Images lie channels last,
/// \[b, h, w, n\]; what lies outside of an image takes no part in a maximum, and counts as zeros in a mean where `counts`
/// says so. Tasks are images.
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

    private final Team.Task task = this::image;
    private @Nullable Team team;

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
    }

    /// Computes the result.
    public void run(Team newTeam) {
        team = newTeam;
        newTeam.run(patches.images, task);
        team = null;
    }

    private void image(int image, int worker) {
        Team current = team;
        if (current == null) {
            return;
        }
        int n = patches.n;
        int at = x.offset + image * patches.image();
        boolean back = kind == Kind.MAX_GRADIENT || kind == Kind.AVERAGE_GRADIENT;
        if (back) {
            java.util.Arrays.fill(x.floats, at, at + patches.image(), 0f);
        }
        float[] best = current.workspace(worker).scratch(n);
        for (int pixel = 0; pixel < patches.pixels(); pixel++) {
            int to = y.offset + (image * patches.pixels() + pixel) * n;
            switch (kind) {
                case MAX -> greatest(pixel, x.floats, at, y.floats, to);
                case MAX_GRADIENT -> {
                    if (given == null) {
                        throw new IllegalStateException("no images");
                    }
                    int images = given.offset + image * patches.image();
                    greatest(pixel, given.floats, images, best, 0);
                    first(pixel, given.floats, images, best, to, at);
                }
                case AVERAGE -> mean(pixel, at, to);
                case AVERAGE_GRADIENT -> {
                    float share = 1f / count(pixel);
                    for (int place = 0; place < patches.p * patches.q; place++) {
                        int seen = seen(pixel, place);
                        for (int k = 0; k < n && seen >= 0; k++) {
                            x.floats[at + seen + k] += y.floats[to + k] * share;
                        }
                    }
                }
            }
        }
    }

    /// Where the pixel that a place of the window sees begins in its image, or -1 outside.
    private int seen(int pixel, int place) {
        int row = patches.row(pixel / patches.s, place / patches.q);
        int column = patches.column(pixel % patches.s, place % patches.q);
        boolean outside = row < 0 || row >= patches.h || column < 0 || column >= patches.w;
        return outside ? -1 : (row * patches.w + column) * patches.n;
    }

    private void greatest(int pixel, float[] images, int at, float[] out, int to) {
        int n = patches.n;
        java.util.Arrays.fill(out, to, to + n, Float.NEGATIVE_INFINITY);
        for (int place = 0; place < patches.p * patches.q; place++) {
            int seen = seen(pixel, place);
            if (seen >= 0) {
                for (int k = 0; k < n; k++) {
                    float value = images[at + seen + k];
                    out[to + k] = value > out[to + k] || Float.isNaN(value) ? value : out[to + k];
                }
            }
        }
    }

    /// Gives each channel's gradient to the first place that holds its maximum, and marks the channel as served.
    private void first(int pixel, float[] images, int from, float[] best, int g, int at) {
        int n = patches.n;
        for (int place = 0; place < patches.p * patches.q; place++) {
            int seen = seen(pixel, place);
            for (int k = 0; k < n && seen >= 0; k++) {
                if (images[from + seen + k] == best[k]) {
                    x.floats[at + seen + k] += y.floats[g + k];
                    best[k] = Float.NaN;
                }
            }
        }
    }

    private void mean(int pixel, int at, int to) {
        int n = patches.n;
        java.util.Arrays.fill(y.floats, to, to + n, 0f);
        for (int place = 0; place < patches.p * patches.q; place++) {
            int seen = seen(pixel, place);
            if (seen >= 0) {
                Rows.add(x.floats, at + seen, y.floats, to, n);
            }
        }
        Rows.scale(y.floats, to, n, 1f / count(pixel));
    }

    private int count(int pixel) {
        int count = 0;
        for (int place = 0; place < patches.p * patches.q; place++) {
            count += counts || seen(pixel, place) >= 0 ? 1 : 0;
        }
        return count;
    }
}
