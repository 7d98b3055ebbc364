package org.nnlang.runtime.kernel;

import java.util.Arrays;

/// A copy between two strided arrays of one shape: what transposing, slicing, broadcasting, padding, concatenating and
/// reversing come down to.
///
/// The shape is simplified once, when the copy is made: dimensions of size 1 go, and neighbours that both sides walk as
/// one are joined. Then it is one of three: rows that are contiguous on both sides, a transpose in blocks, or a plain
/// loop. Running it allocates nothing.
public final class Copy {
    /// Elements of one task.
    private static final int CHUNK = 16 * 1024;

    /// Side of the blocks in which a transpose walks: 32 lines of each array in the first-level cache.
    private static final int BLOCK = 32;

    private final int[] shape;
    private final int[] from;
    private final int[] to;
    private final int rank;
    private final int outer;
    private final int outerPerTask;
    private final boolean transpose;

    /// @param shape sizes of the dimensions, outermost first, at most 8
    /// @param sourceStrides elements from one index to the next in the source; 0 repeats, negative walks backwards
    /// @param targetStrides likewise in the target; no element may be written twice
    public Copy(int[] shape, int[] sourceStrides, int[] targetStrides) {
        if (shape.length > 8 || sourceStrides.length != shape.length || targetStrides.length != shape.length) {
            throw new IllegalArgumentException(
                    "strides for each of at most 8 dimensions, not " + Arrays.toString(shape));
        }
        int[] sizes = new int[shape.length];
        int[] source = new int[shape.length];
        int[] target = new int[shape.length];
        int count = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] == 1) {
                continue;
            }
            boolean joins = count > 0
                    && source[count - 1] == shape[axis] * sourceStrides[axis]
                    && target[count - 1] == shape[axis] * targetStrides[axis];
            int at = joins ? count - 1 : count++;
            sizes[at] = joins ? sizes[at] * shape[axis] : shape[axis];
            source[at] = sourceStrides[axis];
            target[at] = targetStrides[axis];
        }
        if (count == 0) {
            sizes = new int[] {1};
            source = new int[] {1};
            target = new int[] {1};
            count = 1;
        }
        // A transpose: the innermost of one side is another one's of the other. Both become the last two dimensions.
        int swapped = -1;
        if (target[count - 1] == 1 && source[count - 1] != 1) {
            for (int axis = 0; axis < count - 1; axis++) {
                if (source[axis] == 1 && sizes[axis] >= 4 && sizes[count - 1] >= 4) {
                    swapped = axis;
                }
            }
        }
        if (swapped >= 0) {
            for (int axis = swapped; axis < count - 2; axis++) {
                swap(sizes, axis);
                swap(source, axis);
                swap(target, axis);
            }
        }
        transpose = swapped >= 0;
        this.shape = sizes;
        from = source;
        to = target;
        rank = count;
        int inner = transpose ? 2 : 1;
        int innerSize = 1;
        int outerSize = 1;
        for (int axis = 0; axis < count; axis++) {
            if (axis < count - inner) {
                outerSize = Math.multiplyExact(outerSize, sizes[axis]);
            } else {
                innerSize = Math.multiplyExact(innerSize, sizes[axis]);
            }
        }
        outer = innerSize == 0 ? 0 : outerSize;
        outerPerTask = Math.max(1, CHUNK / Math.max(1, innerSize));
    }

    private static void swap(int[] values, int at) {
        int value = values[at];
        values[at] = values[at + 1];
        values[at + 1] = value;
    }

    /// Copies floats. Source and target must not overlap.
    public void run(Team team, float[] source, int sourceOff, float[] target, int targetOff) {
        CopyTask task = team.workspace(team.worker()).copy;
        task.copy = this;
        task.source = source;
        task.target = target;
        task.sourceOff = sourceOff;
        task.targetOff = targetOff;
        team.run((outer + outerPerTask - 1) / outerPerTask, task);
        task.release();
    }

    /// Copies ints. Source and target must not overlap.
    public void run(Team team, int[] source, int sourceOff, int[] target, int targetOff) {
        CopyTask task = team.workspace(team.worker()).copy;
        task.copy = this;
        task.intSource = source;
        task.intTarget = target;
        task.sourceOff = sourceOff;
        task.targetOff = targetOff;
        team.run((outer + outerPerTask - 1) / outerPerTask, task);
        task.release();
    }

    /// Writes `value` to `n` floats from `offset`.
    public static void fill(float[] array, int offset, int n, float value) {
        Arrays.fill(array, offset, offset + n, value);
    }

    /// Writes `value` to `n` ints from `offset`.
    public static void fill(int[] array, int offset, int n, int value) {
        Arrays.fill(array, offset, offset + n, value);
    }

    /// The arrays of a copy in flight.
    static final class CopyTask implements Team.Task {
        private static final float[] NONE = {};
        private static final int[] NO_INTS = {};
        private static final Copy NOTHING = new Copy(new int[] {0}, new int[] {1}, new int[] {1});

        private Copy copy = NOTHING;
        private float[] source = NONE;
        private float[] target = NONE;
        private int[] intSource = NO_INTS;
        private int[] intTarget = NO_INTS;
        private int sourceOff;
        private int targetOff;

        private void release() {
            copy = NOTHING;
            source = NONE;
            target = NONE;
            intSource = NO_INTS;
            intTarget = NO_INTS;
        }

        @Override
        public void run(int index, int worker) {
            Copy c = copy;
            int inner = c.transpose ? 2 : 1;
            int end = Math.min(c.outer, (index + 1) * c.outerPerTask);
            for (int i = index * c.outerPerTask; i < end; i++) {
                int left = i;
                int at = sourceOff;
                int to = targetOff;
                for (int axis = c.rank - inner - 1; axis >= 0; axis--) {
                    int place = left % c.shape[axis];
                    left /= c.shape[axis];
                    at += place * c.from[axis];
                    to += place * c.to[axis];
                }
                if (source != NONE) {
                    floats(c, at, to);
                } else {
                    ints(c, at, to);
                }
            }
        }

        private void floats(Copy c, int at, int to) {
            int last = c.rank - 1;
            int n = c.shape[last];
            int step = c.from[last];
            int stride = c.to[last];
            if (c.transpose) {
                transpose(source, at, step, c.shape[last - 1], n, target, to, c.to[last - 1]);
            } else if (step == 1 && stride == 1) {
                System.arraycopy(source, at, target, to, n);
            } else if (step == 0 && stride == 1) {
                Arrays.fill(target, to, to + n, source[at]);
            } else {
                for (int i = 0; i < n; i++) {
                    target[to + i * stride] = source[at + i * step];
                }
            }
        }

        private void ints(Copy c, int at, int to) {
            int last = c.rank - 1;
            int rows = c.transpose ? c.shape[last - 1] : 1;
            int n = c.shape[last];
            int step = c.from[last];
            int stride = c.to[last];
            for (int row = 0; row < rows; row++) {
                int rowAt = c.transpose ? at + row : at;
                int rowTo = c.transpose ? to + row * c.to[last - 1] : to;
                if (step == 1 && stride == 1) {
                    System.arraycopy(intSource, rowAt, intTarget, rowTo, n);
                } else {
                    for (int i = 0; i < n; i++) {
                        intTarget[rowTo + i * stride] = intSource[rowAt + i * step];
                    }
                }
            }
        }
    }

    /// `target[to + i * ldt + j] = source[at + j * lds + i]` for i below `rows` and j below `cols`, block by block.
    static void transpose(float[] source, int at, int lds, int rows, int cols, float[] target, int to, int ldt) {
        transpose(VectorTier.vectors(), source, at, lds, rows, cols, target, to, ldt);
    }

    static void transpose(
            boolean vectors, float[] source, int at, int lds, int rows, int cols, float[] target, int to, int ldt) {
        int side = vectors ? VectorTranspose.SIDE : 0;
        int wholeRows = side == 0 ? 0 : rows - rows % side;
        int wholeCols = side == 0 ? 0 : cols - cols % side;
        for (int i = 0; i < wholeRows; i += BLOCK) {
            for (int j = 0; j < wholeCols; j += BLOCK) {
                int squares = Math.min(BLOCK, wholeRows - i) / side;
                for (int q = j; q < Math.min(wholeCols, j + BLOCK); q += side) {
                    VectorTranspose.rows(source, at + q * lds + i, lds, target, to + i * ldt + q, ldt, squares);
                }
            }
        }
        blocks(source, at, lds, 0, wholeRows, wholeCols, cols, target, to, ldt);
        blocks(source, at, lds, wholeRows, rows, 0, cols, target, to, ldt);
    }

    private static void blocks(
            float[] source, int at, int lds, int firstRow, int endRow, int firstCol, int endCol, float[] target, int to,
            int ldt) {
        for (int i = firstRow; i < endRow; i += BLOCK) {
            for (int j = firstCol; j < endCol; j += BLOCK) {
                for (int q = j; q < Math.min(endCol, j + BLOCK); q++) {
                    for (int p = i; p < Math.min(endRow, i + BLOCK); p++) {
                        target[to + p * ldt + q] = source[at + q * lds + p];
                    }
                }
            }
        }
    }
}
