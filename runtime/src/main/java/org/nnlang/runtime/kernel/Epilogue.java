package org.nnlang.runtime.kernel;

/// What a product does with each finished block of C while that is still in the cache: add a bias, apply an
/// activation, add a residual, sum columns.
@FunctionalInterface
public interface Epilogue {
    /// Called exactly once for every block of C, on the thread that finished it; blocks tile C without overlap.
    ///
    /// A block's extent depends on the machine and the number of threads, so what an epilogue writes must not: it may
    /// treat each element or, where the block is known to hold whole rows, each row by itself.
    ///
    /// @param row the first row; in a batch rows count on, so item `i`'s first row is `i * m`
    /// @param rows how many rows
    /// @param col the first column
    /// @param cols how many columns
    /// @param worker the member of the team that runs this, for scratch memory
    void apply(int row, int rows, int col, int cols, int worker);
}
