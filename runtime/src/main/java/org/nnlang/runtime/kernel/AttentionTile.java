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

    /// q·kᵀ of a block, to rows of `scores` that are `ld` apart, −∞ where a pair may not meet.
    final void scores(
            Workspace workspace, int worker, int item, int row, int rows, int column, int columns, float[] scores,
            int at, int ld) {
        GemmTask.single(
                workspace, worker, false, true, rows, columns, d, q.floats, q.item(item, 2) + row * q.stride(-2),
                q.stride(-2), k.floats, k.item(item, 2) + column * k.stride(-2), k.stride(-2), scores, at, ld, false);
        if (causal) {
            for (int i = Math.max(0, column - row); i < rows; i++) {
                int met = Math.max(0, row + i - column + 1);
                if (met >= columns) {
                    break;
                }
                java.util.Arrays.fill(scores, at + i * ld + met, at + i * ld + columns, Float.NEGATIVE_INFINITY);
            }
            for (int i = 0; i < Math.min(rows, column - row); i++) {
                java.util.Arrays.fill(scores, at + i * ld, at + i * ld + columns, Float.NEGATIVE_INFINITY);
            }
        }
        if (mask != null) {
            int step = mask.stride(-1);
            for (int i = 0; i < rows; i++) {
                int from = mask.item(item, 2) + (row + i) * mask.stride(-2) + column * step;
                int to = at + i * ld;
                for (int j = 0; j < columns; j++) {
                    scores[to + j] = mask.ints[from + j * step] != 0 ? scores[to + j] : Float.NEGATIVE_INFINITY;
                }
            }
        }
    }
}
