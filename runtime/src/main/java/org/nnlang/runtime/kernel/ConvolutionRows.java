package org.nnlang.runtime.kernel;

/// Convolution without patches: what a row of the window sees at neighbouring pixels of a row are rows of a matrix in the
/// image itself, which overlap. So for each row of the window some pixels are one product, and nothing is copied but
/// images with zeros beside them. Channels are in one group, and columns of the window lie side by side.
///
/// An element is the sum over rows of the window that lie inside the image, in order, of the product of what the row sees
/// with its weights, whose sum runs as in [Gemm].
final class ConvolutionRows {
    /// Pixels of one task, about.
    private static final int PIXELS = 192;

    private final Patches patches;
    private final int m;

    /// Floats that a row of the window sees.
    private final int run;

    /// Whether some window reaches over the left or right edge.
    private final boolean padded;

    private final int rowsPerTask;
    private final int columnsPerTask;
    private final int rowParts;
    private final int columnParts;

    /// @param m channels of the result
    ConvolutionRows(Patches patches, int m) {
        this.patches = patches;
        this.m = m;
        run = patches.q * patches.c;
        padded = patches.column(0, 0) < 0 || patches.column(patches.s - 1, patches.q - 1) >= patches.w;
        columnsPerTask = Math.clamp(patches.s, 1, PIXELS);
        rowsPerTask = Math.clamp(PIXELS / columnsPerTask, 1, Math.max(1, patches.r));
        rowParts = (patches.r + rowsPerTask - 1) / rowsPerTask;
        columnParts = (patches.s + columnsPerTask - 1) / columnsPerTask;
    }

    int tasks() {
        return patches.images * rowParts * columnParts;
    }

    /// Computes some pixels and returns the first one, counted over all images.
    int run(
            int index, int worker, Workspace workspace, float[] x, int xAt, float[] weights, int weightsAt, float[] y,
            int yAt) {
        int image = index / (rowParts * columnParts);
        int part = index - image * rowParts * columnParts;
        int firstRow = part / columnParts * rowsPerTask;
        int lastRow = Math.min(firstRow + rowsPerTask, patches.r);
        int first = part % columnParts * columnsPerTask;
        int count = Math.min(columnsPerTask, patches.s - first);
        // Where row 0 of the image would see its first float, and floats from there to row 1.
        int at = xAt + image * patches.image() + patches.column(first, 0) * patches.c;
        int line = patches.w * patches.c;
        float[] source = x;
        if (padded) {
            int top = Math.clamp(patches.row(firstRow, 0), 0, patches.h);
            int bottom = Math.clamp(patches.row(lastRow - 1, patches.p - 1) + 1, top, patches.h);
            line = patches.width(count) * patches.c;
            source = workspace.scratch((bottom - top) * line);
            for (int row = top; row < bottom; row++) {
                patches.copyRow(x, xAt, image, row, first, count, source, (row - top) * line);
            }
            at = -top * line;
        }
        int pixel = image * patches.pixels() + firstRow * patches.s + first;
        int step = patches.column(1, 0) - patches.column(0, 0);
        // The weights of a block stay in the second-level cache from one row of pixels to the next.
        for (int element = 0; element < patches.p * run;) {
            int i = element / run;
            int from = element - i * run;
            int length = Math.min(Gemm.KC, run - from);
            for (int k = firstRow; k < lastRow; k++) {
                int row = patches.row(k, i);
                if (row >= 0 && row < patches.h) {
                    GemmTask.single(
                            workspace, worker, false, false, count, m, length, source, at + row * line + from,
                            step * patches.c, weights, weightsAt + element * m, m, y,
                            yAt + (pixel + (k - firstRow) * patches.s) * m, m, from > 0 || i > patches.firstInside(k));
                }
            }
            element += length;
        }
        for (int k = firstRow; k < lastRow; k++) {
            int i = patches.firstInside(k);
            if (i >= patches.p || patches.row(k, i) >= patches.h) {
                int to = yAt + (pixel + (k - firstRow) * patches.s) * m;
                java.util.Arrays.fill(y, to, to + count * m, 0f);
            }
        }
        workspace.inner.release();
        return pixel;
    }

    /// How many pixels a task has; they are neighbours.
    int pixels(int index) {
        int part = index % (rowParts * columnParts);
        int firstRow = part / columnParts * rowsPerTask;
        int rows = Math.min(rowsPerTask, patches.r - firstRow);
        int first = part % columnParts * columnsPerTask;
        return rows * Math.min(columnsPerTask, patches.s - first);
    }
}
