package org.nnlang.opencl.code;

import org.nnlang.runtime.program.Segment;

/// What a kernel is given, in the order of its parameters.
public sealed interface Argument {
    /// A segment's buffer.
    ///
    /// @param piece its number, where the segment takes several
    record Memory(Segment segment, boolean ints, int piece) implements Argument {}

    /// Memory that kernels of one step hand to each other.
    record Scratch() implements Argument {}

    /// An i32.
    record Number(int value) implements Argument {}

    /// An i32: an extent of the image, which a repeat may move from round to round, less what lies in buffers before.
    record Offset(int extent, int base) implements Argument {}

    /// The two halves of Philox's key for a stream and the run's seed, as one u64.
    record Key(long stream) implements Argument {}

    /// The number of the step that runs.
    record StepNumber() implements Argument {}

    /// Where a kernel tells what is wrong: four ints, the first zero as long as nothing is.
    record Status() implements Argument {}
}
