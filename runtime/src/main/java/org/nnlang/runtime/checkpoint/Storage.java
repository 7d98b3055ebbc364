package org.nnlang.runtime.checkpoint;

import java.util.Locale;

/// How a file holds the elements of an f32 tensor. In every computation they are f32, and in memory, but for a model's on a device.
public enum Storage {
    /// As they are.
    F32,
    /// IEEE half precision: 11 significant bits, up to 65504.
    F16,
    /// The upper half of an f32: 8 significant bits, and its whole range.
    BF16,
    /// Whole numbers from -127 to 127, and a scale for each index of one axis; see [Quantized].
    I8;

    /// The nearest value that a file of this type can hold, ties to even. Of [#I8], which depends on its neighbours, the
    /// value itself.
    float nearest(float value) {
        return switch (this) {
            case F32, I8 -> value;
            case F16, BF16 -> widened(narrowed(value));
        };
    }

    /// The nearest value of a type with two bytes, ties to even, as it is written.
    ///
    /// @throws IllegalStateException where the type has other bytes
    public short narrowed(float value) {
        return switch (this) {
            case F16 -> Float.floatToFloat16(value);
            case BF16 -> (short) upperHalf(value);
            case F32, I8 -> throw new IllegalStateException(this + " has not two bytes");
        };
    }

    /// What is written as `bits`.
    ///
    /// @throws IllegalStateException where the type has not two bytes
    public float widened(short bits) {
        return switch (this) {
            case F16 -> Float.float16ToFloat(bits);
            case BF16 -> Float.intBitsToFloat(bits << 16);
            case F32, I8 -> throw new IllegalStateException(this + " has not two bytes");
        };
    }

    /// The upper 16 bits of the nearest value that has no others, ties to even; NaN stays one.
    static int upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return bits >>> 16 | 0x40;
        }
        return bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    /// The name as the language spells types: `bf16`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
