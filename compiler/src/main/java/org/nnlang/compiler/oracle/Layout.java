package org.nnlang.compiler.oracle;

import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Shape;

/// A shape with its sizes known, its elements in row-major order.
final class Layout {
    private final int[] dims;
    private final int[] strides;

    private Layout(int[] dims, int[] strides) {
        this.dims = dims;
        this.strides = strides;
    }

    static Layout of(Shape shape, Map<String, Long> sizes) {
        var dims = new int[shape.rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = Math.toIntExact(shape.dim(axis).evaluate(sizes));
        }
        var strides = new int[dims.length];
        int stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride = Math.multiplyExact(stride, dims[axis]);
        }
        return new Layout(dims, strides);
    }

    int rank() {
        return dims.length;
    }

    int dim(int axis) {
        return dims[axis];
    }

    int stride(int axis) {
        return strides[axis];
    }

    int size() {
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        return size;
    }

    /// How many elements a walk over `axes` meets.
    int size(List<Integer> axes) {
        int size = 1;
        for (int axis : axes) {
            size *= dims[axis];
        }
        return size;
    }

    /// The offsets of all elements met by walking over `axes` alone, the last one fastest.
    int[] offsets(List<Integer> axes) {
        var offsets = new int[size(axes)];
        var index = new int[axes.size()];
        for (int i = 0; i < offsets.length; i++) {
            int offset = 0;
            for (int k = 0; k < index.length; k++) {
                offset += index[k] * strides[axes.get(k)];
            }
            offsets[i] = offset;
            for (int k = index.length - 1; k >= 0 && ++index[k] == dims[axes.get(k)]; k--) {
                index[k] = 0;
            }
        }
        return offsets;
    }

    /// The index along `axis` of the element at `offset`.
    int index(int offset, int axis) {
        return offset / strides[axis] % dims[axis];
    }
}
