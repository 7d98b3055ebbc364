package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.nnlang.runtime.NnException;
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
                float[] values = floats(in, count);
                if (!finite(values)) {
                    throw notFinite(path, values, size);
                }
                yield new Column.Floats(values, size);
            }
            case I32 -> new Column.Ints(ints(path, in, count), size);
        };
    }

    /// Elements stored as they are held are copied as a whole: a training's first step waits for its data, and a loop that nobody
    /// has compiled yet took ten times as long.
    private float[] floats(ByteBuffer in, int count) {
        var values = new float[count];
        switch (this) {
            case F32 -> in.asFloatBuffer().get(values);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float.float16ToFloat(in.getShort(i * 2));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    values[i] = (float) in.getDouble(i * 8);
                }
            }
        }
        return values;
    }

    private static boolean finite(float[] values) {
        // The bits of what is finite are below those of infinity; a maximum of integers is a loop that C2 makes vectors of.
        int most = 0;
        for (float value : values) {
            most = Math.max(most, Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
        }
        return most < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    }

    private static NnException notFinite(Path path, float[] values, int size) {
        int at = 0;
        while (Float.isFinite(values[at])) {
            at++;
        }
        return DataErrors.notFinite(path, at / size, at % size, values[at]);
    }

    private int[] ints(Path path, ByteBuffer in, int count) {
        var values = new int[count];
        if (this == I32) {
            in.asIntBuffer().get(values);
            return values;
        }
        for (int i = 0; i < count; i++) {
            long value = switch (this) {
                case I8 -> in.get(i);
                case I16 -> in.getShort(i * 2);
                case U16 -> in.getShort(i * 2) & 0xffff;
                case U32 -> in.getInt(i * 4) & 0xffff_ffffL;
                default -> in.getLong(i * 8);
            };
            if (value != (int) value || (this == U64 && value < 0)) {
                throw DataErrors.integerRange(
                        path, i, this == U64 ? Long.toUnsignedString(value) : Long.toString(value));
            }
            values[i] = (int) value;
        }
        return values;
    }
}
