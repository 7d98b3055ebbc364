package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// What attention and its gradient share: operands, blocks, and the scores of a block of rows and columns.
abstract class AttentionTile implements Team.Task {
    /// Rows and columns of a block; with the products' order of summation a part of the numeric contract.
    static final int ROWS = 64;

    static final int COLUMNS = 128;
    static final int LANES = 16;

    final Located q;
    final Located k;
    final Located v;
    final @Nullable Located mask;
    final boolean causal;

    /// Products of leading axes, rows, columns, widths of q and v.
    final int items;
    final int t;
    final int s;
    final int d;
    final int e;
    final float scale;
    final int rowBlocks;

    AttentionTile(Located q, Located k, Located v, @Nullable Located mask, boolean causal) {
        this.q = q;
        this.k = k;
        this.v = v;
        this.mask = mask;
        this.causal = causal;
        items = q.items(2);
        t = q.dim(-2);
        s = k.dim(-2);
        d = q.dim(-1);
        e = v.dim(-1);
        scale = (float) (1 / Math.sqrt(d));
        rowBlocks = (t + ROWS - 1) / ROWS;
    }

    /// How many columns the rows of a block may meet: a causal row i meets columns up to i.
    final int reach(int row, int rows) {
        return causal ? Math.min(s, row + rows) : s;
    }

    /// How many of a block's columns a row looks at: those that it may meet, up to the end of a vector. Beyond, its weights are zero.
    final int looked(int row, int column, int columns) {
        int vectors = Math.max(0, row - column + LANES) / LANES;
        return causal ? Math.min(columns, vectors * LANES) : columns;
    }

    /// q·kᵀ of a block, to rows of `scores` that are `ld` apart: −∞ where a pair may not meet, and 0 where a row does not
    /// [look][#looked].
    final void scores(
            Workspace workspace, int worker, int item, int row, int rows, int column, int columns, float[] scores,
            int at, int ld) {
        GemmTask.single(
                workspace, worker, false, true, rows, columns, d, q.floats, q.item(item, 2) + row * q.stride(-2),
                q.stride(-2), k.floats, k.item(item, 2) + column * k.stride(-2), k.stride(-2), scores, at, ld, false);
        if (causal) {
            for (int i = 0; i < rows; i++) {
                int from = at + i * ld;
                int looked = looked(row + i, column, columns);
                int met = Math.clamp(row + i - column + 1, 0, looked);
                java.util.Arrays.fill(scores, from + met, from + looked, Float.NEGATIVE_INFINITY);
                java.util.Arrays.fill(scores, from + looked, from + columns, 0f);
            }
        }
        if (mask != null) {
            int step = mask.stride(-1);
            for (int i = 0; i < rows; i++) {
                int from = mask.item(item, 2) + (row + i) * mask.stride(-2) + column * step;
                int to = at + i * ld;
                int looked = looked(row + i, column, columns);
                for (int j = 0; j < looked; j++) {
                    scores[to + j] = mask.ints[from + j * step] != 0 ? scores[to + j] : Float.NEGATIVE_INFINITY;
                }
            }
        }
    }
}
