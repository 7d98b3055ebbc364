package org.nnlang.runtime.checkpoint;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.tensor.Tensor;

/// A tensor as whole numbers from -127 to 127 times scales: one for each index of its last axis (an output of a product
/// `x @ W`, a channel of a convolution), or of its first one (a row of a table), whichever errs less.
///
/// A scale has 16 significant bits, so that its product with a whole number is an f32 exactly. Therefore what is read from
/// such a file is written again as the same numbers. An element errs by half a scale at most, and a scale is the greatest
/// magnitude along its index by 127, rounded up.
///
/// @param scales    in the order of the axis
/// @param scaleRank the rank of the tensor, and of its scales, whose other sizes are 1
record Quantized(byte[] values, float[] scales, int axis, int scaleRank) {
    private static final int GREATEST = 127;

    /// What stands behind a tensor's name in the name of its scales.
    static final String SCALES = "/scale";

    /// The shape of the scales: they broadcast along the tensor.
    int[] scaleShape() {
        int[] shape = new int[scaleRank];
        Arrays.fill(shape, 1);
        shape[axis] = scales.length;
        return shape;
    }

    /// The better one of both ways.
    ///
    /// @param tensor of f32, finite, with at least two axes
    static Quantized of(Tensor tensor) {
        int last = tensor.rank() - 1;
        Quantized columns = along(tensor, last);
        Quantized rows = along(tensor, 0);
        return rows.error(tensor) < columns.error(tensor) ? rows : columns;
    }

    private static Quantized along(Tensor tensor, int axis) {
        float[] floats = tensor.floats();
        int count = tensor.dim(axis);
        int run = run(tensor.shape(), axis);
        float[] scales = new float[count];
        for (int i = 0; i < floats.length; i++) {
            int index = i / run % count;
            scales[index] = Math.max(scales[index], Math.abs(floats[i]));
        }
        for (int i = 0; i < count; i++) {
            scales[i] = scale(scales[i]);
        }
        byte[] values = new byte[floats.length];
        for (int i = 0; i < floats.length; i++) {
            float scale = scales[i / run % count];
            values[i] = (byte) (scale == 0 ? 0 : (int) Math.rint((double) floats[i] / scale));
        }
        return new Quantized(values, scales, axis, tensor.rank());
    }

    /// The least number of 16 significant bits that is not below `greatest` / 127, and normal; 0 for 0.
    private static float scale(float greatest) {
        if (greatest == 0) {
            return 0;
        }
        float least = (float) ((double) greatest / GREATEST);
        if ((double) least * GREATEST < greatest) {
            least = Math.nextUp(least);
        }
        int bits = Float.floatToRawIntBits(Math.max(least, Float.MIN_NORMAL));
        return Float.intBitsToFloat(bits + 0xff & ~0xff);
    }

    private double error(Tensor tensor) {
        float[] floats = tensor.floats();
        int run = run(tensor.shape(), axis);
        double sum = 0;
        for (int i = 0; i < floats.length; i++) {
            double difference = (double) values[i] * scales[i / run % scales.length] - floats[i];
            sum += difference * difference;
        }
        return sum;
    }

    /// The f32 tensor that whole numbers and their scales stand for; null where the scales do not broadcast along the
    /// numbers.
    static @Nullable Tensor product(Tensor values, Tensor scales) {
        int[] shape = values.shape();
        int[] other = scales.shape();
        boolean fits = shape.length == other.length && scales.dtype().isFloat();
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = other[axis] == 1 || other[axis] == shape[axis];
        }
        if (!fits) {
            return null;
        }
        int[] steps = new int[shape.length];
        int step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            steps[axis] = other[axis] == 1 ? 0 : step;
            step *= other[axis];
        }
        float[] floats = new float[values.size()];
        int[] at = new int[shape.length];
        int place = 0;
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.ints()[i] * scales.floats()[place];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                place += steps[axis];
                if (++at[axis] < shape[axis]) {
                    break;
                }
                place -= steps[axis] * shape[axis];
                at[axis] = 0;
            }
        }
        return Tensor.of(floats, shape);
    }

    /// How many elements lie between neighbours along an axis.
    private static int run(int[] shape, int axis) {
        int run = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            run *= shape[i];
        }
        return Math.max(1, run);
    }
}
