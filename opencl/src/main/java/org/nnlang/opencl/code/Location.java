package org.nnlang.opencl.code;

import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.Segment;

/// Memory that a kernel reads or writes: which buffer of a segment, and where in it.
///
/// @param piece the number of the segment's buffer, where it takes several
/// @param extent of the image, where it begins in the segment
/// @param base the element of the segment that would be the buffer's first, if all before had this place
/// @param storage how the buffer holds floats
record Location(Segment segment, boolean ints, int piece, int extent, int base, Storage storage) {
    Location(Segment segment, boolean ints, int piece, int extent, int base) {
        this(segment, ints, piece, extent, base, Storage.F32);
    }

    /// The name of the kernel's parameter for the buffer.
    String name() {
        return (ints ? "i" : "f") + segment.ordinal() + (piece == 0 ? "" : "_" + piece);
    }

    /// The same, for a kernel that takes what the buffer holds as it is.
    String pointer() {
        if (storage != Storage.F32) {
            throw new IllegalStateException("a kernel that reads no " + storage);
        }
        return name();
    }

    /// The type of what the buffer holds.
    String type() {
        return ints ? "int" : storage == Storage.F32 ? "float" : "ushort";
    }

    /// The kernel's parameter for the buffer.
    String parameter() {
        return "__global " + type() + "* " + name();
    }

    /// The element at an index of the buffer, as a float or an int.
    String read(String index) {
        return read(name(), index);
    }

    /// The element that lies so far behind a pointer into the buffer.
    String read(String pointer, String index) {
        return switch (storage) {
            case F16 -> "vload_half(" + index + ", (const __global half*)" + pointer + ")";
            case BF16 -> "as_float((uint)" + pointer + "[" + index + "] << 16)";
            case F32, I8 -> pointer + "[" + index + "]";
        };
    }

    /// Four neighbours from a pointer on, whose place in the segment is a multiple of four.
    String readFour(String pointer) {
        return switch (storage) {
            case F16 -> "vload_half4(0, (const __global half*)(" + pointer + "))";
            case BF16 -> "as_float4(convert_uint4(vload4(0, " + pointer + ")) << 16u)";
            case F32, I8 -> "*(const __global " + type() + "4*)(" + pointer + ")";
        };
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
