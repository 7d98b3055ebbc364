package org.nnlang.runtime.kernel;

/// What a window sees of an image at each place where it stops. Images lie channels last, \[b, h, w, n\]; the window has
/// p × q places and is moved by strides over an image with zeros around it; it stops at r × s pixels. Channels come in
/// groups of c. A patch is what the window sees of one group, in the order (row, column, channel).
///
/// Patches are made for some pixels and a part of their elements at a time, in a worker's scratch memory, and never for
/// a whole image (Chetlur et al., 2014): a product of patches and weights is a convolution.
final class Patches {
    /// Pixels whose patches are made at once.
    static final int PIXELS = 96;

    final int images;
    final int h;
    final int w;
    final int n;
    final int p;
    final int q;
    final int c;
    final int groups;
    final int r;
    final int s;

    /// Elements of a patch.
    final int size;

    private final int strideRows;
    private final int strideColumns;
    private final int above;
    private final int left;
    private final int dilationRows;
    private final int dilationColumns;

    /// Whether the columns of a window lie side by side, with all channels.
    final boolean dense;

    /// @param image \[b, h, w, n\]
    /// @param window p, q, c
    /// @param pixels a tensor \[b, r, s, …\]
    /// @param moves strides, zeros above and to the left, and dilations, each by rows and columns
    Patches(Located image, int[] window, Located pixels, int[] moves) {
        images = image.dim(0);
        h = image.dim(1);
        w = image.dim(2);
        n = image.dim(3);
        p = window[0];
        q = window[1];
        c = window[2];
        groups = n / c;
        r = pixels.dim(1);
        s = pixels.dim(2);
        size = p * q * c;
        strideRows = moves[0];
        strideColumns = moves[1];
        above = moves[2];
        left = moves[3];
        dilationRows = moves[4];
        dilationColumns = moves[5];
        dense = groups == 1 && dilationColumns == 1;
    }

    /// Pixels of one image.
    int pixels() {
        return r * s;
    }

    /// How often [#PIXELS] go into one image.
    int blocks() {
        return (pixels() + PIXELS - 1) / PIXELS;
    }

    /// Floats of one image.
    int image() {
        return h * w * n;
    }

    /// The row of the image that window row `i` sees at pixel row `y`; it may lie outside.
    int row(int y, int i) {
        return y * strideRows + i * dilationRows - above;
    }

    /// The column of the image that window column `j` sees at pixel column `x`; it may lie outside.
    int column(int x, int j) {
        return x * strideColumns + j * dilationColumns - left;
    }

    /// The first row of the window that does not lie above the image at pixel row `y`.
    int firstInside(int y) {
        return Math.max(0, (above - y * strideRows + dilationRows - 1) / dilationRows);
    }

    /// Columns of the image that windows see at `count` neighbouring pixels, where the window's columns lie side by side.
    int width(int count) {
        return (count - 1) * strideColumns + q;
    }

    /// Copies what windows see of a row of an image at `count` pixels from `first` on, with zeros beside the image.
    void copyRow(float[] images, int at, int image, int row, int first, int count, float[] out, int to) {
        int width = width(count);
        int column = column(first, 0);
        int low = Math.clamp(-column, 0, width);
        int high = Math.clamp(w - column, low, width);
        java.util.Arrays.fill(out, to, to + low * n, 0f);
        System.arraycopy(
                images, at + image * image() + (row * w + column + low) * n, out, to + low * n, (high - low) * n);
        java.util.Arrays.fill(out, to + high * n, to + width * n, 0f);
    }

    /// Copies elements `from` to `to` of the patches of `count` pixels, one patch after the other.
    void pack(float[] image, int at, int group, int pixel, int count, int from, int to, float[] out) {
        walk(image, at, group, pixel, count, from, to, out, false);
    }

    /// Adds elements of patches to where they were seen.
    void addBack(float[] image, int at, int group, int pixel, int count, int from, int to, float[] patches) {
        walk(image, at, group, pixel, count, from, to, patches, true);
    }

    private void walk(
            float[] image, int at, int group, int pixel, int count, int from, int to, float[] patches, boolean back) {
        int run = dense ? q * c : c;
        int width = w * n;
        int place = 0;
        for (int k = pixel; k < pixel + count; k++) {
            int y = k / s;
            int x = k - y * s;
            for (int element = from; element < to;) {
                int window = element / run;
                int start = element - window * run;
                int end = Math.min(run, start + to - element);
                int i = dense ? window : window / q;
                int row = row(y, i);
                int column = column(x, dense ? 0 : window - i * q);
                int length = end - start;
                if (row < 0 || row >= h) {
                    none(patches, place, length, back);
                } else {
                    // Floats of the image's row; what lies before or behind it is zero.
                    int first = column * n + group * c + start;
                    int low = dense ? Math.max(0, -first) : column < 0 || column >= w ? length : 0;
                    int high = dense ? Math.min(length, width - first) : low == 0 ? length : 0;
                    if (low >= high) {
                        none(patches, place, length, back);
                    } else {
                        none(patches, place, low, back);
                        int source = at + row * width + first + low;
                        if (back) {
                            Rows.add(patches, place + low, image, source, high - low);
                        } else {
                            System.arraycopy(image, source, patches, place + low, high - low);
                        }
                        none(patches, place + high, length - high, back);
                    }
                }
                place += length;
                element += length;
            }
        }
    }

    private static void none(float[] patches, int at, int count, boolean back) {
        if (!back) {
            java.util.Arrays.fill(patches, at, at + count, 0f);
        }
    }
}
