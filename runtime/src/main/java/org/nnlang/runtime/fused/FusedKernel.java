package org.nnlang.runtime.fused;

/// A way to run one [FusedProgram]. All ways give the same bits.
@FunctionalInterface
public interface FusedKernel {
    /// Runs one phase over a block of the iteration space. Where the program reduces columns, a block is whole rows, or
    /// whole [blocks][Reduction#BLOCK] of one row.
    ///
    /// @param arguments operands and sizes
    /// @param scratch the worker's memory, set up by [FusedLaunch]
    /// @param phase the number of the phase
    /// @param rowFrom the first row
    /// @param rowTo the row after the last
    /// @param columnFrom the first column
    /// @param columnTo the column after the last
    void run(
            FusedArguments arguments,
            FusedScratch scratch,
            int phase,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo);
}
