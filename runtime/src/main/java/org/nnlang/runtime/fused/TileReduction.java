package org.nnlang.runtime.fused;

import java.util.Arrays;

/// The reductions of the tile tier.
final class TileReduction {
    private TileReduction() {}

    /// Reduces each row of a tile and combines that with what the row's earlier blocks gave.
    static void columns(
            TileLoops loops, TileStep step, FusedScratch scratch, int row, int rows, int column, int columns) {
        TileRegisters tile = scratch.tile;
        Reduction reduction = step.reduction;
        int lanes = step.number * Reduction.LANES;
        int mask = tile.mask[step.a];
        for (int i = 0; i < rows; i++) {
            int from = tile.at[step.a] + (i * columns & mask);
            int at = scratch.resultOut(step.number, row + i);
            if (step.isFloat && columns <= Reduction.LANES && mask != 0 && !reduction.isIndex()) {
                // each element is a lane
                System.arraycopy(tile.floats[step.a], from, scratch.lanes, lanes, columns);
                Arrays.fill(scratch.lanes, lanes + columns, lanes + Reduction.LANES, reduction.floatIdentity());
                float[] results = scratch.resultsOut.floats;
                results[at] = reduction.apply(results[at], LaneFold.fold(reduction, scratch.lanes, lanes));
                continue;
            }
            Arrays.fill(scratch.indexLanes, lanes, lanes + Reduction.LANES, 0);
            if (step.isFloat) {
                float[] results = scratch.resultsOut.floats;
                Arrays.fill(scratch.lanes, lanes, lanes + Reduction.LANES, reduction.floatIdentity());
                if (reduction.isIndex()) {
                    ScalarLoops.reduceIndex(
                            reduction, tile.floats[step.a], from, mask, column, scratch.lanes, scratch.indexLanes,
                            lanes, columns);
                    LaneFold.foldIndex(reduction, scratch.lanes, scratch.indexLanes, lanes);
                    if (reduction.wins(scratch.lanes[lanes], results[at])) {
                        scratch.resultsOut.indices[at] = scratch.indexLanes[lanes];
                    }
                } else {
                    loops.reduce(reduction, tile.floats[step.a], from, mask, scratch.lanes, lanes, columns);
                    LaneFold.fold(reduction, scratch.lanes, lanes);
                }
                results[at] = reduction.apply(results[at], scratch.lanes[lanes]);
            } else {
                int[] results = scratch.resultsOut.ints;
                Arrays.fill(scratch.intLanes, lanes, lanes + Reduction.LANES, reduction.intIdentity());
                if (reduction.isIndex()) {
                    ScalarLoops.reduceIndex(
                            reduction, tile.ints[step.a], from, mask, column, scratch.intLanes, scratch.indexLanes,
                            lanes, columns);
                    LaneFold.foldIndex(reduction, scratch.intLanes, scratch.indexLanes, lanes);
                    if (reduction.wins(scratch.intLanes[lanes], results[at])) {
                        scratch.resultsOut.indices[at] = scratch.indexLanes[lanes];
                    }
                } else {
                    loops.reduce(reduction, tile.ints[step.a], from, mask, scratch.intLanes, lanes, columns);
                    LaneFold.fold(reduction, scratch.intLanes, lanes);
                }
                results[at] = reduction.apply(results[at], scratch.intLanes[lanes]);
            }
        }
    }

    /// Combines each row of a tile into the chunk's partial result.
    static void rows(TileLoops loops, TileStep step, FusedScratch scratch, int rows, int column, int columns) {
        TileRegisters tile = scratch.tile;
        int mask = tile.mask[step.a];
        int at = scratch.columns(step.number) + column;
        for (int i = 0; i < rows; i++) {
            int from = tile.at[step.a] + (i * columns & mask);
            if (step.isFloat) {
                loops.accumulate(step.reduction, tile.floats[step.a], from, mask, scratch.columns, at, columns);
            } else {
                loops.accumulate(step.reduction, tile.ints[step.a], from, mask, scratch.intColumns, at, columns);
            }
        }
    }
}
