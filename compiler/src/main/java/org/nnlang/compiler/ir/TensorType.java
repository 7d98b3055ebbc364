package org.nnlang.compiler.ir;

import org.nnlang.runtime.tensor.DType;

/// What is known about a tensor before running: the type of its elements and its shape.
public record TensorType(DType dtype, Shape shape) {
    public static TensorType scalar(DType dtype) {
        return new TensorType(dtype, Shape.SCALAR);
    }

    public int rank() {
        return shape.rank();
    }

    public Dim dim(int axis) {
        return shape.dim(axis);
    }

    public TensorType withShape(Shape other) {
        return new TensorType(dtype, other);
    }

    public TensorType withDType(DType other) {
        return new TensorType(other, shape);
    }

    /// As the language writes it: `f32[b, 128]`, or `f32` for a scalar.
    @Override
    public String toString() {
        return shape.isScalar() ? dtype.toString() : dtype.toString() + shape;
    }
}
