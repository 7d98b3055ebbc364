package org.nnlang.opencl.code;

import org.nnlang.runtime.program.Segment;

/// Memory that a kernel reads or writes: which buffer of a segment, and where in it.
///
/// @param piece the number of the segment's buffer, where it takes several
/// @param extent of the image, where it begins in the segment
/// @param base where the buffer begins in the segment
record Location(Segment segment, boolean ints, int piece, int extent, int base) {
    /// The name of the kernel's parameter for the buffer.
    String pointer() {
        return (ints ? "i" : "f") + segment.ordinal() + (piece == 0 ? "" : "_" + piece);
    }

    String type() {
        return ints ? "int" : "float";
    }

    /// The kernel's argument for the buffer.
    Argument.Memory memory() {
        return new Argument.Memory(segment, ints, piece);
    }

    /// The kernel's argument that says where it begins in the buffer.
    Argument.Offset offset() {
        return new Argument.Offset(extent, base);
    }
}
