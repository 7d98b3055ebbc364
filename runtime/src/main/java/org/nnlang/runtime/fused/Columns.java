package org.nnlang.runtime.fused;

/// How an operand's elements lie along the inner dimension. Code depends on it, so it is part of the program, where
/// everything else about the layout waits until the program is bound to its sizes.
public enum Columns {
    /// One element for all columns.
    ONE_VALUE("one"),
    /// Neighbours in memory.
    CONTIGUOUS("contiguous"),
    /// Any stride.
    STRIDED("strided");

    private final String spelling;

    Columns(String spelling) {
        this.spelling = spelling;
    }

    /// As the printed program has it.
    @Override
    public String toString() {
        return spelling;
    }
}
