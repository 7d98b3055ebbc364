package org.nnlang.runtime.fused;

import org.nnlang.runtime.tensor.DType;

/// How many elements become one.
///
/// A row is reduced over a fixed tree, so that its bits depend on nothing but its elements: within a block of
/// [#BLOCK] elements, element i is combined into lane i mod [#LANES], in order; the lanes are folded by halves (lane j
/// with lane j + 8, then 4, 2, 1); the blocks' results are combined in order. Rows are reduced into columns in chunks
/// of [#CHUNK] rows, in order within a chunk, and chunk after chunk.
///
/// A NaN wins every maximum and minimum, and of equal elements the first one gives the index. A maximum or minimum that is
/// zero is +0: since -0 equals it, the sign would tell which of them came first, and a device has an order of its own.
public enum Reduction {
    /// The sum, from 0.
    SUM("sum"),
    /// The product, from 1.
    PRODUCT("product"),
    /// The greatest element, from -∞ or the least i32.
    MAX("max"),
    /// The smallest element, from +∞ or the greatest i32.
    MIN("min"),
    /// The index of the greatest element, as i32.
    ARGMAX("argmax"),
    /// The index of the smallest element, as i32.
    ARGMIN("argmin");

    /// Partial results of a block, whatever the machine's vectors hold.
    public static final int LANES = 16;
    /// Elements of a row between two folds.
    public static final int BLOCK = 1024;
    /// Rows between two folds of a reduction over rows.
    public static final int CHUNK = 64;

    private final String spelling;

    Reduction(String spelling) {
        this.spelling = spelling;
    }

    /// Whether the result is an index rather than an element.
    public boolean isIndex() {
        return this == ARGMAX || this == ARGMIN;
    }

    /// The type of the result over elements of type `element`.
    public DType result(DType element) {
        return isIndex() ? DType.I32 : element;
    }

    /// What a lane holds before its first element, on f32. For an index it is the element that stands beside it.
    public float floatIdentity() {
        return switch (this) {
            case SUM -> 0f;
            case PRODUCT -> 1f;
            case MAX, ARGMAX -> Float.NEGATIVE_INFINITY;
            case MIN, ARGMIN -> Float.POSITIVE_INFINITY;
        };
    }

    /// What a lane holds before its first element, on i32. For an index it is the element that stands beside it.
    public int intIdentity() {
        return switch (this) {
            case SUM -> 0;
            case PRODUCT -> 1;
            case MAX, ARGMAX -> Integer.MIN_VALUE;
            case MIN, ARGMIN -> Integer.MAX_VALUE;
        };
    }

    /// Combines an accumulated `a` with the element `b` after it.
    float apply(float a, float b) {
        return switch (this) {
            case SUM -> a + b;
            case PRODUCT -> a * b;
            case MAX, ARGMAX -> wins(b, a) ? b : a;
            case MIN, ARGMIN -> wins(b, a) ? b : a;
        };
    }

    /// What combined elements give as a result.
    float result(float combined) {
        return this == MAX || this == MIN ? combined + 0f : combined;
    }

    /// Combines an accumulated `a` with the element `b` after it.
    int apply(int a, int b) {
        return switch (this) {
            case SUM -> a + b;
            case PRODUCT -> a * b;
            case MAX, ARGMAX -> Math.max(a, b);
            case MIN, ARGMIN -> Math.min(a, b);
        };
    }

    /// Whether a maximum or minimum goes from `held` to `element`: it lies beyond, or is the first NaN.
    boolean wins(float element, float held) {
        boolean beyond = this == MAX || this == ARGMAX ? element > held : element < held;
        return beyond || (Float.isNaN(element) && !Float.isNaN(held));
    }

    /// Whether a maximum or minimum goes from `held` to `element`.
    boolean wins(int element, int held) {
        return this == MAX || this == ARGMAX ? element > held : element < held;
    }

    /// As the printed program has it.
    @Override
    public String toString() {
        return spelling;
    }
}
