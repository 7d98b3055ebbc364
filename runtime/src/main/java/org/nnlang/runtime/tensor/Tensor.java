package org.nnlang.runtime.tensor;

import java.util.Arrays;

/// A dense, row-major array with a shape: what goes into a model and what comes out.
///
/// A tensor wraps the array it is made from and copies nothing, so writing to that array writes to the tensor.
/// Elements of `f32` live in a `float[]`, those of every other type in an `int[]`. The kernels don't know tensors:
/// they work on arrays and offsets.
public final class Tensor {
    private static final int SHOWN = 8;
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    private final DType dtype;
    private final int[] shape;
    private final float[] floats;
    private final int[] ints;

    private Tensor(DType dtype, float[] floats, int[] ints, int[] shape) {
        int length = dtype.isFloat() ? floats.length : ints.length;
        int size = sizeOf(shape);
        if (size != length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " needs " + size + " elements, the array has " + length);
        }
        this.dtype = dtype;
        this.shape = shape.clone();
        this.floats = floats;
        this.ints = ints;
    }

    /// A tensor of `f32` around `data`, which is not copied.
    ///
    /// @throws IllegalArgumentException where the shape's size is not the array's length
    public static Tensor of(float[] data, int... shape) {
        return new Tensor(DType.F32, data, NO_INTS, shape);
    }

    /// A tensor of `i32` around `data`, which is not copied.
    ///
    /// @throws IllegalArgumentException where the shape's size is not the array's length
    public static Tensor of(int[] data, int... shape) {
        return new Tensor(DType.I32, NO_FLOATS, data, shape);
    }

    /// A tensor of an integral type (`i32`, `bool` or `u8`) around `data`, which is not copied.
    ///
    /// @throws IllegalArgumentException where the shape's size is not the array's length, or the type is `f32`
    public static Tensor of(DType dtype, int[] data, int... shape) {
        if (dtype.isFloat()) {
            throw new IllegalArgumentException("elements of " + dtype + " are held in a float[]");
        }
        return new Tensor(dtype, NO_FLOATS, data, shape);
    }

    /// A tensor of zeros.
    public static Tensor zeros(DType dtype, int... shape) {
        int size = sizeOf(shape);
        return dtype.isFloat()
                ? new Tensor(dtype, new float[size], NO_INTS, shape)
                : new Tensor(dtype, NO_FLOATS, new int[size], shape);
    }

    /// A tensor of rank 0.
    public static Tensor scalar(float value) {
        return of(new float[] {value});
    }

    /// The type of the elements.
    public DType dtype() {
        return dtype;
    }

    /// The sizes of the dimensions, outermost first; a copy.
    public int[] shape() {
        return shape.clone();
    }

    /// How many dimensions there are; 0 for a scalar.
    public int rank() {
        return shape.length;
    }

    /// The size of one dimension; a negative index counts from the last, -1.
    public int dim(int axis) {
        return shape[axis < 0 ? axis + shape.length : axis];
    }

    /// How many elements there are.
    public int size() {
        return dtype.isFloat() ? floats.length : ints.length;
    }

    /// The array itself, row-major.
    ///
    /// @throws IllegalStateException where the type is not `f32`
    public float[] floats() {
        if (!dtype.isFloat()) {
            throw new IllegalStateException("a tensor of " + dtype + " holds no floats");
        }
        return floats;
    }

    /// The array itself, row-major.
    ///
    /// @throws IllegalStateException where the type is `f32`
    public int[] ints() {
        if (dtype.isFloat()) {
            throw new IllegalStateException("a tensor of " + dtype + " holds no ints");
        }
        return ints;
    }

    /// The element at a row-major position, as a float whatever the type.
    public float get(int position) {
        return dtype.isFloat() ? floats[position] : ints[position];
    }

    /// The element at a row-major position, as an int; a float is truncated.
    public int getInt(int position) {
        return dtype.isFloat() ? (int) floats[position] : ints[position];
    }

    /// The same elements under another shape of the same size; the array is shared.
    ///
    /// @throws IllegalArgumentException where the sizes differ
    public Tensor reshape(int... newShape) {
        return new Tensor(dtype, floats, ints, newShape);
    }

    /// Same type, same shape and the same bits (so NaN equals NaN, and 0.0 differs from -0.0).
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && dtype == that.dtype
                && Arrays.equals(shape, that.shape)
                && Arrays.equals(floats, that.floats)
                && Arrays.equals(ints, that.ints);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(shape) + Arrays.hashCode(floats)) + Arrays.hashCode(ints);
    }

    /// Such as `f32[2, 3] {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}`; a long one is cut after eight elements.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(dtype).append(Arrays.toString(shape)).append(" {");
        int shown = Math.min(size(), SHOWN);
        for (int i = 0; i < shown; i++) {
            text.append(i == 0 ? "" : ", ");
            if (dtype.isFloat()) {
                text.append(floats[i]);
            } else {
                text.append(ints[i]);
            }
        }
        return text.append(shown < size() ? ", …}" : "}").toString();
    }

    /// The number of elements of a shape.
    ///
    /// @throws IllegalArgumentException where a dimension is negative or the product does not fit an int
    public static int sizeOf(int... shape) {
        long size = 1;
        for (int dim : shape) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
            }
            size *= dim;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("more than 2^31 - 1 elements in " + Arrays.toString(shape));
            }
        }
        return (int) size;
    }
}
