package org.nnlang.runtime.program;

/// The arrays a program works on: one `float[]` and one `int[]` of each kind. Truth values and bytes are held as ints.
public enum Segment {
    /// All trainable parameters, one flat vector, shared by every procedure of a training.
    PARAMETERS,
    /// The optimizers' memory, shared.
    SLOTS,
    /// Other variables, such as running means and metrics, shared.
    STATES,
    /// Gradients of parameters, each at its parameter's offset, shared.
    GRADIENTS,
    /// What the caller fills before a run.
    INPUTS,
    /// What the caller reads after a run.
    OUTPUTS,
    /// Tensors written in the program.
    CONSTANTS,
    /// Everything in between; buffers with disjoint lifetimes share places.
    ARENA;

    private static final Segment[] ALL = values();

    /// How many there are.
    public static final int COUNT = ALL.length;

    /// Whether all procedures of a training share this segment.
    public boolean isShared() {
        return ordinal() <= GRADIENTS.ordinal();
    }

    static Segment of(int ordinal) {
        return ALL[ordinal];
    }
}
