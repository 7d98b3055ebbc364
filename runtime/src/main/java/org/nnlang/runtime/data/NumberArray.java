package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.nnlang.runtime.tensor.DType;

/// Numbers as a binary file stores them, and as a column holds them.
enum NumberArray {
    U8(1, DType.U8),
    BOOL(1, DType.BOOL),
    I8(1, DType.I32),
    I16(2, DType.I32),
    U16(2, DType.I32),
    I32(4, DType.I32),
    U32(4, DType.I32),
    I64(8, DType.I32),
    U64(8, DType.I32),
    F16(2, DType.F32),
    F32(4, DType.F32),
    F64(8, DType.F32);

    private final int bytes;
    private final DType type;

    NumberArray(int bytes, DType type) {
        this.bytes = bytes;
        this.type = type;
    }

    /// The size of one stored element.
    int bytes() {
        return bytes;
    }

    /// The type as which a program sees the elements.
    DType type() {
        return type;
    }

    /// Decodes rows of `size` elements.
    Column decode(Path path, byte[] stored, ByteOrder order, int size) {
        int count = stored.length / bytes;
        var in = ByteBuffer.wrap(stored).order(order);
        return switch (type) {
            case U8, BOOL -> new Column.Bytes(stored, size);
            case F32 -> {
                var values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = switch (this) {
                        case F16 -> Float.float16ToFloat(in.getShort(i * 2));
                        case F32 -> in.getFloat(i * 4);
                        default -> (float) in.getDouble(i * 8);
                    };
                    if (!Float.isFinite(values[i])) {
                        throw DataErrors.notFinite(path, i / size, i % size, values[i]);
                    }
                }
                yield new Column.Floats(values, size);
            }
            case I32 -> {
                var values = new int[count];
                for (int i = 0; i < count; i++) {
                    long value = switch (this) {
                        case I8 -> in.get(i);
                        case I16 -> in.getShort(i * 2);
                        case U16 -> in.getShort(i * 2) & 0xffff;
                        case U32 -> in.getInt(i * 4) & 0xffff_ffffL;
                        case I64, U64 -> in.getLong(i * 8);
                        default -> in.getInt(i * 4);
                    };
                    if (value != (int) value || (this == U64 && value < 0)) {
                        throw DataErrors.integerRange(
                                path, i, this == U64 ? Long.toUnsignedString(value) : Long.toString(value));
                    }
                    values[i] = (int) value;
                }
                yield new Column.Ints(values, size);
            }
        };
    }
}
