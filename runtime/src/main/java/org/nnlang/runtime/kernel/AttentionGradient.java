package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// The gradients of [Attention], from the logarithms of its sums, again block by block:
///
/// ```
/// P = exp(q·kᵀ / √d − L);  D = Σ g·o;  dP = g·vᵀ;  dS = P·(dP − D) / √d
/// dq = dS·k;  dk = dSᵀ·q;  dv = Pᵀ·g
/// ```
///
/// Each gradient is summed over the blocks in their order. Where there are items enough, one task does all of an item;
/// otherwise one task does a block of rows of dq, or a block of columns of dk and dv, which costs two products more and
/// gives the same bits.
public final class AttentionGradient extends AttentionTile {
    /// Items for each thread from which on tasks are items.
    private static final int ENOUGH = 2;

    private final Located result;
    private final Located logarithms;
    private final Located g;
    private final @Nullable Located dq;
    private final @Nullable Located dk;
    private final @Nullable Located dv;
    private final int columnBlocks;
    private boolean whole;
    private @Nullable Team team;

    /// @param mask where pairs may meet, or null; of ints
    /// @param result of the attention; it and all that follows lie row by row, but `g`
    /// @param logarithms of each row's sum
    /// @param g the gradient of the result
    /// @param dq null where nobody wants it, and so the others
    public AttentionGradient(
            Located q, Located k, Located v, @Nullable Located mask, boolean causal, Located result,
            Located logarithms, Located g, @Nullable Located dq, @Nullable Located dk, @Nullable Located dv) {
        super(q, k, v, mask, causal);
        this.result = result;
        this.logarithms = logarithms;
        this.g = g;
        this.dq = dq;
        this.dk = dk;
        this.dv = dv;
        columnBlocks = (s + COLUMNS - 1) / COLUMNS;
    }

    /// Computes everything.
    public void run(Team newTeam) {
        team = newTeam;
        whole = items >= ENOUGH * newTeam.threads() || newTeam.threads() == 1;
        newTeam.run(whole ? items : items * (rowBlocks + columnBlocks), this);
        team = null;
    }

    @Override
    public void run(int index, int worker) {
        Team current = team;
        if (current == null) {
            return;
        }
        Workspace workspace = current.workspace(worker);
        if (whole) {
            clear(dq, index * t * d, t * d);
            clear(dk, index * s * d, s * d);
            clear(dv, index * s * e, s * e);
            for (int column = 0; column < s; column += COLUMNS) {
                for (int row = 0; row < t; row += ROWS) {
                    block(workspace, worker, index, row, column, true, true);
                }
            }
        } else {
            int item = index / (rowBlocks + columnBlocks);
            int part = index % (rowBlocks + columnBlocks);
            if (part < rowBlocks) {
                int row = part * ROWS;
                clear(dq, (item * t + row) * d, Math.min(ROWS, t - row) * d);
                for (int column = 0; column < s; column += COLUMNS) {
                    block(workspace, worker, item, row, column, true, false);
                }
            } else {
                int column = (part - rowBlocks) * COLUMNS;
                int columns = Math.min(COLUMNS, s - column);
                clear(dk, (item * s + column) * d, columns * d);
                clear(dv, (item * s + column) * e, columns * e);
                for (int row = 0; row < t; row += ROWS) {
                    block(workspace, worker, item, row, column, false, true);
                }
            }
        }
        workspace.inner.release();
    }

    private static void clear(@Nullable Located gradient, int at, int count) {
        if (gradient != null) {
            java.util.Arrays.fill(gradient.floats, gradient.offset + at, gradient.offset + at + count, 0f);
        }
    }

    /// Adds what one block gives.
    private void block(
            Workspace workspace, int worker, int item, int row, int column, boolean rowsToo, boolean columnsToo) {
        int rows = Math.min(ROWS, t - row);
        int columns = Math.min(COLUMNS, reach(row, rows) - column);
        Located toQ = rowsToo ? dq : null;
        Located toK = columnsToo ? dk : null;
        Located toV = columnsToo ? dv : null;
        if (columns <= 0) {
            return;
        }
        int slopes = ROWS * COLUMNS;
        float[] scratch = workspace.scratch(2 * slopes);
        scores(workspace, worker, item, row, rows, column, columns, scratch, 0, COLUMNS);
        for (int i = 0; i < rows; i++) {
            int at = i * COLUMNS;
            int looked = looked(row + i, column, columns);
            Rows.shift(
                    scratch, at, looked, scale, logarithms.floats[logarithms.offset + item * t + row + i]);
            Rows.exp(scratch, at, scratch, at, looked);
        }
        int gAt = g.item(item, 2) + row * g.stride(-2);
        if (toV != null) {
            GemmTask.single(
                    workspace, worker, true, false, columns, e, rows, scratch, 0, COLUMNS, g.floats, gAt,
                    g.stride(-2), toV.floats, toV.offset + (item * s + column) * e, e, true);
        }
        if (toQ == null && toK == null) {
            return;
        }
        GemmTask.single(
                workspace, worker, false, true, rows, columns, e, g.floats, gAt, g.stride(-2), v.floats,
                v.item(item, 2) + column * v.stride(-2), v.stride(-2), scratch, slopes, COLUMNS, false);
        for (int i = 0; i < rows; i++) {
            float mean = Rows.dot(
                    g.floats, gAt + i * g.stride(-2), result.floats, result.offset + (item * t + row + i) * e, e,
                    workspace.lanes);
            int looked = looked(row + i, column, columns);
            Rows.slopes(scratch, i * COLUMNS, scratch, slopes + i * COLUMNS, looked, mean, scale);
        }
        if (toQ != null) {
            GemmTask.single(
                    workspace, worker, false, false, rows, d, columns, scratch, 0, COLUMNS, k.floats,
                    k.item(item, 2) + column * k.stride(-2), k.stride(-2), toQ.floats,
                    toQ.offset + (item * t + row) * d, d, true);
        }
        if (toK != null) {
            GemmTask.single(
                    workspace, worker, true, false, columns, d, rows, scratch, 0, COLUMNS, q.floats,
                    q.item(item, 2) + row * q.stride(-2), q.stride(-2), toK.floats,
                    toK.offset + (item * s + column) * d, d, true);
        }
    }
}
