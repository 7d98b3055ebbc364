package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// What attention and its gradient share: operands, blocks, and the scores of some rows and a block of columns.
abstract class AttentionTile implements Team.Task {
    /// Columns of a block; with the products' order of summation a part of the numeric contract.
    static final int COLUMNS = 128;

    /// Rows whose scores exist at a time: strips of a register tile, few enough for the first-level cache, and for a diagonal
    /// to cut off what they do not meet.
    static final int CHUNK = 24;

    static final int LANES = 16;

    /// Tasks for each thread that are enough.
    static final int ENOUGH = 2;

    /// What a product may read beyond a matrix.
    static final int SLACK = 64;

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
    }

    /// How many of a block's columns `rows` rows may meet: a causal row i meets columns up to i.
    final int met(int row, int rows, int column) {
        int columns = Math.min(COLUMNS, s - column);
        return causal ? Math.clamp(row + rows - column, 0, columns) : columns;
    }

    /// How many of a block's columns a row looks at: those that it may meet, up to the end of a vector. Beyond, its weights are zero.
    final int looked(int row, int column, int columns) {
        int vectors = Math.max(0, row - column + LANES) / LANES;
        return causal ? Math.min(columns, vectors * LANES) : columns;
    }

    /// Writes a block of a matrix's rows as columns, [#COLUMNS] apart from one of its columns to the next.
    final void turn(Located matrix, int item, int column, int columns, int width, float[] target, int at) {
        int step = matrix.stride(-2);
        Copy.transpose(
                matrix.floats, matrix.item(item, 2) + column * step, step, width, columns, target, at, COLUMNS);
    }

    /// Writes a block of a matrix's rows one behind the other.
    static void gather(Located matrix, int item, int column, int columns, int width, float[] target, int at) {
        int step = matrix.stride(-2);
        int from = matrix.item(item, 2) + column * step;
        for (int i = 0; i < columns; i++) {
            System.arraycopy(matrix.floats, from + i * step, target, at + i * width, width);
        }
    }

    /// q·kᵀ of some rows and a block's columns, to rows of `scores` that are [#COLUMNS] apart: −∞ where a pair may not meet, and
    /// 0 where a row does not [look][#looked], up to `columns` of them.
    ///
    /// @param keys where the block of k is, [turned][#turn]
    final void scores(
            Workspace workspace, int worker, int item, int row, int rows, int column, int columns, float[] scores,
            int at, int keys) {
        int all = Math.min(COLUMNS, s - column);
        int last = looked(row + rows - 1, column, all);
        GemmTask.single(
                workspace, worker, false, false, rows, last, d, q.floats, q.item(item, 2) + row * q.stride(-2),
                q.stride(-2), scores, keys, COLUMNS, scores, at, COLUMNS, false);
        if (causal && row < column + all - 1) {
            for (int i = 0; i < rows; i++) {
                int from = at + i * COLUMNS;
                int looked = looked(row + i, column, all);
                int meets = Math.clamp(row + i - column + 1, 0, looked);
                java.util.Arrays.fill(scores, from + meets, from + looked, Float.NEGATIVE_INFINITY);
                java.util.Arrays.fill(scores, from + looked, from + Math.max(looked, columns), 0f);
            }
        }
        if (mask != null) {
            int step = mask.stride(-1);
            for (int i = 0; i < rows; i++) {
                int from = mask.item(item, 2) + (row + i) * mask.stride(-2) + column * step;
                int to = at + i * COLUMNS;
                int looked = looked(row + i, column, all);
                for (int j = 0; j < looked; j++) {
                    scores[to + j] = mask.ints[from + j * step] != 0 ? scores[to + j] : Float.NEGATIVE_INFINITY;
                }
            }
        }
    }
}
