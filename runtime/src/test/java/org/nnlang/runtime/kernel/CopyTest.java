package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CopyTest {
    /// Element by element, by the definition.
    private static void reference(int[] shape, int axis, int[] from, int[] to, float[] source, int at, float[] target,
            int place) {
        if (axis == shape.length) {
            target[place] = source[at];
            return;
        }
        for (int i = 0; i < shape[axis]; i++) {
            reference(shape, axis + 1, from, to, source, at + i * from[axis], target, place + i * to[axis]);
        }
    }

    private static void check(Team team, Random random, int[] shape, int[] from, int[] to) {
        int low = 0;
        int high = 0;
        int reach = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            int span = from[axis] * Math.max(0, shape[axis] - 1);
            low += Math.min(0, span);
            high += Math.max(0, span);
            reach += to[axis] * Math.max(0, shape[axis] - 1);
        }
        float[] source = new float[high - low + 1];
        int[] ints = new int[source.length];
        for (int i = 0; i < source.length; i++) {
            source[i] = random.nextFloat();
            ints[i] = Float.floatToIntBits(source[i]);
        }
        float[] expected = new float[reach + 4];
        reference(shape, 0, from, to, source, -low, expected, 3);
        Copy copy = new Copy(shape, from, to);
        float[] result = new float[reach + 4];
        for (boolean vectors : new boolean[] {false, true}) {
            VectorTier.use(vectors);
            Arrays.fill(result, 0f);
            copy.run(team, source, -low, result, 3);
            assertArrayEquals(
                    expected, result, () -> Arrays.toString(shape) + Arrays.toString(from) + Arrays.toString(to));
        }
        VectorTier.use(Machine.startsWithVectors());
        int[] intResult = new int[reach + 4];
        copy.run(team, ints, -low, intResult, 3);
        for (int i = 0; i < result.length; i++) {
            result[i] = Float.intBitsToFloat(intResult[i]);
        }
        assertArrayEquals(expected, result);
    }

    private static int[] rowMajor(int[] shape) {
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    @Test
    void anyShapeAndStridesCopyByTheDefinition() {
        Random random = new Random(1);
        try (Team team = Team.of(2)) {
            for (int round = 0; round < 600; round++) {
                int rank = random.nextInt(6);
                int[] shape = new int[rank];
                for (int axis = 0; axis < rank; axis++) {
                    shape[axis] = random.nextInt(10) == 0 ? 1 : 1 + random.nextInt(rank < 3 ? 70 : 7);
                }
                // A permuted source with some dimensions repeated, some reversed.
                Integer[] order = new Integer[rank];
                Arrays.setAll(order, i -> i);
                java.util.Collections.shuffle(Arrays.asList(order), random);
                int[] from = new int[rank];
                int stride = 1;
                for (int axis : order) {
                    from[axis] = switch (random.nextInt(8)) {
                        case 0 -> 0;
                        case 1 -> -stride;
                        default -> stride;
                    };
                    stride *= shape[axis] + (random.nextInt(6) == 0 ? 1 : 0);
                }
                int[] to = rowMajor(shape);
                if (random.nextInt(3) == 0) {
                    // Into a part of a larger array.
                    int[] larger = shape.clone();
                    for (int axis = 0; axis < rank; axis++) {
                        larger[axis] += random.nextInt(3);
                    }
                    to = rowMajor(larger);
                }
                check(team, random, shape, from, to);
            }
        }
    }

    @Test
    void transposesCoverEveryRemainder() {
        Random random = new Random(2);
        try (Team team = Team.of(1)) {
            for (int rows : new int[] {3, 4, 15, 16, 17, 32, 33, 100}) {
                for (int cols : new int[] {3, 4, 15, 16, 17, 32, 33, 100}) {
                    check(team, random, new int[] {rows, cols}, new int[] {1, rows}, new int[] {cols, 1});
                    check(team, random, new int[] {2, rows, cols}, new int[] {rows * cols, 1, rows},
                            new int[] {rows * cols, cols, 1});
                    check(team, random, new int[] {rows, 2, cols}, new int[] {1, rows * cols, rows},
                            new int[] {2 * cols, cols, 1});
                }
            }
        }
    }

    @Test
    void emptyShapesCopyNothing() {
        try (Team team = Team.of(1)) {
            new Copy(new int[] {3, 0}, new int[] {1, 1}, new int[] {1, 1}).run(team, new float[0], 0, new float[0], 0);
        }
    }

    @Test
    void aNinthDimensionIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Copy(new int[9], new int[9], new int[9]));
    }
}
