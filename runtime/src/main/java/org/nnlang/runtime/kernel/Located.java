package org.nnlang.runtime.kernel;

/// Where a tensor lies: element (i₀, i₁, …) at `offset` + Σ iₖ · `strides[k]` of one of two arrays, the other one being
/// empty.
public final class Located {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    final float[] floats;
    final int[] ints;
    int offset;
    private final int[] dims;
    private final int[] strides;

    private Located(float[] floats, int[] ints, int offset, int[] dims, int[] strides) {
        this.floats = floats;
        this.ints = ints;
        this.offset = offset;
        this.dims = dims.clone();
        this.strides = strides.clone();
    }

    /// A tensor of floats.
    public static Located of(float[] floats, int offset, int[] dims, int[] strides) {
        return new Located(floats, NO_INTS, offset, dims, strides);
    }

    /// A tensor of ints or bools.
    public static Located of(int[] ints, int offset, int[] dims, int[] strides) {
        return new Located(NO_FLOATS, ints, offset, dims, strides);
    }

    /// Begins elsewhere in the same array from now on.
    public void move(int newOffset) {
        offset = newOffset;
    }

    /// Images that lie row by row, \[b, h, w, n\], as one image of one row.
    Located asRow() {
        int pixels = dims[0] * dims[1] * dims[2];
        return new Located(
                floats, ints, offset, new int[] {1, 1, pixels, dims[3]},
                new int[] {pixels * dims[3], pixels * dims[3], dims[3], 1});
    }

    int rank() {
        return dims.length;
    }

    /// The size of an axis; a negative one counts from the end.
    int dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /// The stride of an axis; a negative one counts from the end.
    int stride(int axis) {
        return strides[axis < 0 ? strides.length + axis : axis];
    }

    /// How many matrices there are: the product of all axes but the last `inner`.
    int items(int inner) {
        int items = 1;
        for (int axis = 0; axis < dims.length - inner; axis++) {
            items *= dims[axis];
        }
        return items;
    }

    /// Where item `index` of [#items] begins.
    int item(int index, int inner) {
        int at = offset;
        int rest = index;
        for (int axis = dims.length - inner - 1; axis >= 0; axis--) {
            at += rest % dims[axis] * strides[axis];
            rest /= dims[axis];
        }
        return at;
    }
}
