package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// softmax(q·kᵀ / √d)·v, block by block with a running maximum and sum (Milakov & Gimelshein, 2018; Dao et al., 2022), so
/// that no more than one block of scores exists at a time.
///
/// For each block of 128 columns, in order, and the rows that may meet them:
///
/// ```
/// S = q·kᵀ;  m' = max(m, max S / √d);  P = exp(S / √d − m');  a = exp(m − m')
/// l = l·a + Σ P;  O = O·a + P·v
/// ```
///
/// and in the end O / l. A row that may meet nobody is zero. Rows are independent, so any number of threads gives the same
/// bits.
public final class Attention extends AttentionTile {
    /// Rows of a task: those that share a block of k and v, brought together for them, and as few where that gives too few tasks.
    private static final int ROWS = 512;

    private static final int FEW_ROWS = 64;

    private final @Nullable Located result;
    private final @Nullable Located logarithms;
    private int taskRows = ROWS;
    private @Nullable Team team;

    /// @param mask where pairs may meet, or null; of ints
    /// @param result \[…, t, e\], row by row, or null where nobody wants it
    /// @param logarithms of each row's sum, \[…, t\], row by row, or null
    public Attention(
            Located q, Located k, Located v, @Nullable Located mask, boolean causal, @Nullable Located result,
            @Nullable Located logarithms) {
        super(q, k, v, mask, causal);
        this.result = result;
        this.logarithms = logarithms;
    }

    /// Computes everything.
    public void run(Team newTeam) {
        team = newTeam;
        int threads = newTeam.threads();
        taskRows = threads == 1 || items * parts(ROWS) >= ENOUGH * threads ? ROWS : FEW_ROWS;
        newTeam.run(items * parts(taskRows), this);
        team = null;
    }

    private int parts(int rows) {
        return (t + rows - 1) / rows;
    }

    @Override
    public void run(int index, int worker) {
        Team current = team;
        if (current == null) {
            return;
        }
        int item = index / parts(taskRows);
        int first = index % parts(taskRows) * taskRows;
        int end = Math.min(first + taskRows, t);
        Workspace workspace = current.workspace(worker);
        int sums = CHUNK * COLUMNS;
        int peaks = sums + end - first;
        int greatest = peaks + end - first;
        int out = greatest + CHUNK;
        int keys = out + (end - first) * e;
        int values = keys + d * COLUMNS;
        float[] scratch = workspace.scratch(values + COLUMNS * e + SLACK);
        java.util.Arrays.fill(scratch, sums, peaks, 0f);
        java.util.Arrays.fill(scratch, peaks, greatest, Float.NEGATIVE_INFINITY);
        java.util.Arrays.fill(scratch, out, keys, 0f);
        int reach = causal ? Math.min(s, end) : s;
        for (int column = 0; column < reach; column += COLUMNS) {
            int columns = Math.min(COLUMNS, s - column);
            turn(k, item, column, columns, d, scratch, keys);
            gather(v, item, column, columns, e, scratch, values);
            int row = first + (causal ? Math.max(0, column - first) / CHUNK * CHUNK : 0);
            for (; row < end; row += CHUNK) {
                int rows = Math.min(CHUNK, end - row);
                int met = met(row, rows, column);
                scores(workspace, worker, item, row, rows, column, met, scratch, 0, keys);
                weights(
                        workspace, row, rows, column, scratch, sums + row - first, peaks + row - first, greatest,
                        out + (row - first) * e);
                GemmTask.single(
                        workspace, worker, false, false, rows, e, met, scratch, 0, COLUMNS, scratch, values, e, scratch,
                        out + (row - first) * e, e, true);
            }
        }
        finish(item, first, end - first, scratch, sums, peaks, out);
        workspace.inner.release();
    }

    /// Turns scores into weights, and what was summed before into the same unit.
    ///
    /// @param sums where those of the rows begin, and so the others
    private void weights(
            Workspace workspace, int row, int rows, int column, float[] scratch, int sums, int peaks, int greatest,
            int out) {
        int columns = Math.min(COLUMNS, s - column);
        // One thing for all rows after the other: a processor looks ahead by less than two rows, and within one each step
        // waits for the one before.
        for (int i = 0; i < rows; i++) {
            int looked = looked(row + i, column, columns);
            scratch[greatest + i] = Rows.max(scratch, i * COLUMNS, looked, Float.NEGATIVE_INFINITY);
        }
        for (int i = 0; i < rows; i++) {
            float before = scratch[peaks + i];
            float now = scratch[greatest + i] * scale;
            float peak = now > before ? now : before;
            scratch[peaks + i] = peak;
            // A row that has met nobody yet has no greatest score: everything in it is exp(−∞).
            float unit = peak == Float.NEGATIVE_INFINITY ? 0f : peak;
            int looked = looked(row + i, column, columns);
            float sum = Rows.weights(scratch, i * COLUMNS, looked, scale, unit, workspace.lanes);
            if (before == unit || before == Float.NEGATIVE_INFINITY) {
                // What was summed before is in the same unit, or nothing.
                scratch[sums + i] += sum;
            } else {
                float factor = Scalars.exp(before - unit);
                scratch[sums + i] = Math.fma(scratch[sums + i], factor, sum);
                Rows.scale(scratch, out + i * e, e, factor);
            }
        }
    }

    private void finish(int item, int row, int rows, float[] scratch, int sums, int peaks, int out) {
        for (int i = 0; i < rows; i++) {
            float sum = scratch[sums + i];
            int place = item * t + row + i;
            if (logarithms != null) {
                logarithms.floats[logarithms.offset + place] = sum == 0 ? 0f : scratch[peaks + i] + Scalars.log(sum);
            }
            if (result != null) {
                float factor = sum == 0 ? 0f : 1 / sum;
                Rows.scale(scratch, out + i * e, factor, result.floats, result.offset + place * e, e);
            }
        }
    }
}
