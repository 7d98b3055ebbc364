package org.nnlang.runtime.fused;

import java.util.List;

/// The part of a row's work between two reductions of that row.
///
/// A phase runs its steps for each block of columns, then has the results of its reductions; a later phase finds those
/// in the row's results, and the registers kept in the row's memory. Uniform steps run once per row.
///
/// @param index the number of the phase, from 0
/// @param steps what to do, as register numbers in order: what belongs to this phase, what it computes again, and then
///     the stores
/// @param known reductions of earlier phases whose results are read
/// @param restored varying registers of earlier phases, read from the row's kept memory
/// @param kept varying registers of this phase that a later one restores
/// @param results the reductions over columns among the steps
/// @param loops whether anything is done for each column
public record Phase(
        int index,
        List<Integer> steps,
        List<Integer> known,
        List<Integer> restored,
        List<Integer> kept,
        List<Integer> results,
        boolean loops) {
    /// Copies the lists.
    public Phase {
        steps = List.copyOf(steps);
        known = List.copyOf(known);
        restored = List.copyOf(restored);
        kept = List.copyOf(kept);
        results = List.copyOf(results);
    }
}
