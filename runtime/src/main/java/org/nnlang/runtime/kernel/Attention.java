package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// softmax(q·kᵀ / √d)·v, block by block with a running maximum and sum (Milakov & Gimelshein, 2018; Dao et al., 2022), so
/// that no more than one block of scores exists at a time.
///
/// For a block of 64 rows, and for each block of 128 columns that they may meet, in order:
///
/// ```
/// S = q·kᵀ;  m' = max(m, max S / √d);  P = exp(S / √d − m');  a = exp(m − m')
/// l = l·a + Σ P;  O = O·a + P·v
/// ```
///
/// and in the end O / l. A row that may meet nobody is zero. Blocks of rows are independent, so any number of threads gives
/// the same bits.
public final class Attention extends AttentionTile {
    private final @Nullable Located result;
    private final @Nullable Located logarithms;
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
        newTeam.run(items * rowBlocks, this);
        team = null;
    }

    @Override
    public void run(int index, int worker) {
        Team current = team;
        if (current == null) {
            return;
        }
        int item = index / rowBlocks;
        int row = index % rowBlocks * ROWS;
        int rows = Math.min(ROWS, t - row);
        Workspace workspace = current.workspace(worker);
        int sums = ROWS * COLUMNS;
        int peaks = sums + ROWS;
        int lanes = peaks + ROWS;
        int out = lanes + LANES;
        float[] scratch = workspace.scratch(out + ROWS * e);
        java.util.Arrays.fill(scratch, sums, peaks, 0f);
        java.util.Arrays.fill(scratch, peaks, lanes, Float.NEGATIVE_INFINITY);
        java.util.Arrays.fill(scratch, out, out + rows * e, 0f);
        int reach = reach(row, rows);
        for (int column = 0; column < reach; column += COLUMNS) {
            int columns = Math.min(COLUMNS, reach - column);
            scores(workspace, worker, item, row, rows, column, columns, scratch, 0, COLUMNS);
            weights(workspace, row, rows, column, columns, scratch, sums, peaks, out);
            GemmTask.single(
                    workspace, worker, false, false, rows, e, columns, scratch, 0, COLUMNS, v.floats,
                    v.item(item, 2) + column * v.stride(-2), v.stride(-2), scratch, out, e, true);
        }
        finish(item, row, rows, scratch, sums, peaks, out);
        workspace.inner.release();
    }

    /// Turns a block of scores into weights, and what was summed before into the same unit.
    private void weights(
            Workspace workspace, int row, int rows, int column, int columns, float[] scratch, int sums, int peaks,
            int out) {
        float[] lanes = workspace.lanes;
        for (int i = 0; i < rows; i++) {
            int at = i * COLUMNS;
            int looked = looked(row + i, column, columns);
            float before = scratch[peaks + i];
            float greatest = Rows.max(scratch, at, looked, Float.NEGATIVE_INFINITY) * scale;
            float peak = greatest > before ? greatest : before;
            scratch[peaks + i] = peak;
            // A row that has met nobody yet has no greatest score: everything in it is exp(−∞).
            float unit = peak == Float.NEGATIVE_INFINITY ? 0f : peak;
            Rows.shift(scratch, at, looked, scale, unit);
            Rows.exp(scratch, at, scratch, at, looked);
            float sum = Rows.sum(scratch, at, looked, lanes);
            if (before == peak) {
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
