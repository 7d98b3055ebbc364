package org.nnlang.runtime.tensor;

/// The type of a tensor's elements.
public enum DType {
    /// IEEE single precision, held in a `float[]`.
    F32("f32", 4),
    /// Signed 32-bit integers, held in an `int[]`.
    I32("i32", 4),
    /// Truth values, held in an `int[]` as 0 and 1.
    BOOL("bool", 1),
    /// Unsigned bytes (pixels), held in an `int[]` as 0 to 255.
    U8("u8", 1);

    private final String spelling;
    private final int fileBytes;

    DType(String spelling, int fileBytes) {
        this.spelling = spelling;
        this.fileBytes = fileBytes;
    }

    /// How many bytes an element takes in a file; in memory each takes four.
    public int fileBytes() {
        return fileBytes;
    }

    /// Whether elements are held in a `float[]` rather than an `int[]`.
    public boolean isFloat() {
        return this == F32;
    }

    /// The name as the language spells it: `f32`, `i32`, `bool`, `u8`.
    @Override
    public String toString() {
        return spelling;
    }
}
