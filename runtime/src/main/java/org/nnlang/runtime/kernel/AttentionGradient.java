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
    /// Rows of a block, over which dk and dv are summed: with the products' order of summation a part of the numeric contract.
    private static final int ROWS = 64;

    private final Located result;
    private final Located logarithms;
    private final Located g;
    private final @Nullable Located dq;
    private final @Nullable Located dk;
    private final @Nullable Located dv;
    private final int rowBlocks;
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
        rowBlocks = (t + ROWS - 1) / ROWS;
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
                bring(workspace, index, column);
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
                for (int column = 0; column < s && met(row, ROWS, column) > 0; column += COLUMNS) {
                    bring(workspace, item, column);
                    block(workspace, worker, item, row, column, true, false);
                }
            } else {
                int column = (part - rowBlocks) * COLUMNS;
                int columns = Math.min(COLUMNS, s - column);
                clear(dk, (item * s + column) * d, columns * d);
                clear(dv, (item * s + column) * e, columns * e);
                bring(workspace, item, column);
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

    // Where things lie in the scratch memory: weights, which become slopes of the scores; slopes of the weights; rows of q and g;
    // a block of k, turned and as it is, and of v, turned.

    private static final int SLOPES = ROWS * COLUMNS;
    private static final int QUERIES = SLOPES + CHUNK * COLUMNS;

    private int gs() {
        return QUERIES + ROWS * d;
    }

    private int turnedKeys() {
        return gs() + ROWS * e;
    }

    private int turnedValues() {
        return turnedKeys() + d * COLUMNS;
    }

    private int keys() {
        return turnedValues() + e * COLUMNS;
    }

    /// Brings a block of k and v together.
    private void bring(Workspace workspace, int item, int column) {
        float[] scratch = workspace.scratch(keys() + COLUMNS * d + SLACK);
        int columns = Math.min(COLUMNS, s - column);
        turn(k, item, column, columns, d, scratch, turnedKeys());
        if (dq != null || dk != null) {
            turn(v, item, column, columns, e, scratch, turnedValues());
        }
        if (dq != null) {
            gather(k, item, column, columns, d, scratch, keys());
        }
    }

    /// Adds what one block gives.
    private void block(
            Workspace workspace, int worker, int item, int row, int column, boolean rowsToo, boolean columnsToo) {
        int rows = Math.min(ROWS, t - row);
        int met = met(row, rows, column);
        if (met == 0) {
            return;
        }
        Located toQ = rowsToo ? dq : null;
        Located toK = columnsToo ? dk : null;
        Located toV = columnsToo ? dv : null;
        float[] scratch = workspace.scratch(0);
        gather(g, item, row, rows, e, scratch, gs());
        weights(workspace, worker, item, row, rows, column, met, scratch);
        if (toV != null) {
            addColumns(workspace, worker, row, rows, column, met, gs(), e, toV, (item * s + column) * e);
        }
        if (toQ == null && toK == null) {
            return;
        }
        for (int i = 0; i < rows; i += CHUNK) {
            slopes(workspace, worker, item, row, i, Math.min(CHUNK, rows - i), column, scratch);
        }
        for (int i = 0; toQ != null && i < rows; i += CHUNK) {
            int chunk = Math.min(CHUNK, rows - i);
            GemmTask.single(
                    workspace, worker, false, false, chunk, d, met(row + i, chunk, column), scratch, i * COLUMNS,
                    COLUMNS,
                    scratch, keys(), d, toQ.floats, toQ.offset + (item * t + row + i) * d, d, true);
        }
        if (toK != null) {
            gather(q, item, row, rows, d, scratch, QUERIES);
            addColumns(workspace, worker, row, rows, column, met, QUERIES, d, toK, (item * s + column) * d);
        }
    }

    /// P of a block, up to the columns that its rows meet.
    private void weights(
            Workspace workspace, int worker, int item, int row, int rows, int column, int met, float[] scratch) {
        int columns = Math.min(COLUMNS, s - column);
        for (int i = 0; i < rows; i += CHUNK) {
            int chunk = Math.min(CHUNK, rows - i);
            scores(
                    workspace, worker, item, row + i, chunk, column, met, scratch, i * COLUMNS, turnedKeys());
            for (int j = i; j < i + chunk; j++) {
                float logarithm = logarithms.floats[logarithms.offset + item * t + row + j];
                int looked = looked(row + j, column, columns);
                Rows.weights(scratch, j * COLUMNS, looked, scale, logarithm, workspace.lanes);
            }
        }
    }

    /// dS of some of a block's rows, in place of P.
    private void slopes(
            Workspace workspace, int worker, int item, int row, int from, int count, int column, float[] scratch) {
        int columns = Math.min(COLUMNS, s - column);
        int all = looked(row + from + count - 1, column, columns);
        GemmTask.single(
                workspace, worker, false, false, count, all, e, scratch, gs() + from * e, e, scratch, turnedValues(),
                COLUMNS, scratch, SLOPES, COLUMNS, false);
        for (int i = 0; i < count; i++) {
            int at = item * t + row + from + i;
            float mean = Rows.dot(
                    scratch, gs() + (from + i) * e, result.floats, result.offset + at * e, e, workspace.lanes);
            int looked = looked(row + from + i, column, columns);
            Rows.slopes(scratch, (from + i) * COLUMNS, scratch, SLOPES + i * COLUMNS, looked, mean, scale);
        }
    }

    /// Adds to each column's gradient what the block's rows give, which are at `at`: those that may meet it, as the others' weights
    /// are zero.
    private void addColumns(
            Workspace workspace, int worker, int row, int rows, int column, int met, int at, int width,
            Located gradient,
            int to) {
        float[] scratch = workspace.scratch(0);
        for (int j = 0; j < met; j += CHUNK) {
            int skipped = causal ? Math.max(0, column + j - row) : 0;
            GemmTask.single(
                    workspace, worker, true, false, Math.min(CHUNK, met - j), width, rows - skipped, scratch,
                    skipped * COLUMNS + j, COLUMNS, scratch, at + skipped * width, width, gradient.floats,
                    gradient.offset + to + j * width, width, true);
        }
    }
}
