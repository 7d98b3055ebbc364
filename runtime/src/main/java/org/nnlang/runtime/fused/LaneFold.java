package org.nnlang.runtime.fused;

/// Folds the lanes of a reduction by halves, in place, so that the result stands in the first; see [Reduction].
public final class LaneFold {
    private LaneFold() {}

    /// Folds the f32 lanes from `at` and returns the result.
    public static float fold(Reduction reduction, float[] lanes, int at) {
        if (reduction == Reduction.SUM) {
            return sum(lanes, at);
        } else if (reduction == Reduction.MAX) {
            return max(lanes, at);
        }
        return halves(reduction, lanes, at);
    }

    /// Adds up the 16 lanes from `at`.
    public static float sum(float[] lanes, int at) {
        float a = (lanes[at] + lanes[at + 8]) + (lanes[at + 4] + lanes[at + 12]);
        float b = (lanes[at + 1] + lanes[at + 9]) + (lanes[at + 5] + lanes[at + 13]);
        float c = (lanes[at + 2] + lanes[at + 10]) + (lanes[at + 6] + lanes[at + 14]);
        float d = (lanes[at + 3] + lanes[at + 11]) + (lanes[at + 7] + lanes[at + 15]);
        float sum = (a + c) + (b + d);
        lanes[at] = sum;
        return sum;
    }

    /// The greatest of the 16 lanes from `at`, or the first NaN. Which of two numbers is greater is a guess that no processor
    /// gets right, so there are no branches unless there is a NaN.
    private static float max(float[] lanes, int at) {
        float a = Math.max(Math.max(lanes[at], lanes[at + 8]), Math.max(lanes[at + 4], lanes[at + 12]));
        float b = Math.max(Math.max(lanes[at + 1], lanes[at + 9]), Math.max(lanes[at + 5], lanes[at + 13]));
        float c = Math.max(Math.max(lanes[at + 2], lanes[at + 10]), Math.max(lanes[at + 6], lanes[at + 14]));
        float d = Math.max(Math.max(lanes[at + 3], lanes[at + 11]), Math.max(lanes[at + 7], lanes[at + 15]));
        float max = Math.max(Math.max(a, c), Math.max(b, d));
        if (Float.isNaN(max)) {
            return halves(Reduction.MAX, lanes, at);
        }
        lanes[at] = Reduction.MAX.result(max);
        return lanes[at];
    }

    private static float halves(Reduction reduction, float[] lanes, int at) {
        for (int half = Reduction.LANES / 2; half > 0; half /= 2) {
            for (int lane = at; lane < at + half; lane++) {
                lanes[lane] = reduction.apply(lanes[lane], lanes[lane + half]);
            }
        }
        lanes[at] = reduction.result(lanes[at]);
        return lanes[at];
    }

    /// Folds the i32 lanes from `at` and returns the result.
    public static int fold(Reduction reduction, int[] lanes, int at) {
        for (int half = Reduction.LANES / 2; half > 0; half /= 2) {
            for (int lane = at; lane < at + half; lane++) {
                lanes[lane] = reduction.apply(lanes[lane], lanes[lane + half]);
            }
        }
        return lanes[at];
    }

    /// Folds f32 lanes and the indices beside them, and returns the index; of equal lanes the smaller one stays.
    public static int foldIndex(Reduction reduction, float[] lanes, int[] indices, int at) {
        for (int half = Reduction.LANES / 2; half > 0; half /= 2) {
            for (int lane = at; lane < at + half; lane++) {
                float held = lanes[lane];
                float other = lanes[lane + half];
                boolean equal = !reduction.wins(other, held) && !reduction.wins(held, other);
                if (reduction.wins(other, held) || (equal && indices[lane + half] < indices[lane])) {
                    lanes[lane] = other;
                    indices[lane] = indices[lane + half];
                }
            }
        }
        return indices[at];
    }

    /// Folds i32 lanes and the indices beside them, and returns the index; of equal lanes the smaller one stays.
    public static int foldIndex(Reduction reduction, int[] lanes, int[] indices, int at) {
        for (int half = Reduction.LANES / 2; half > 0; half /= 2) {
            for (int lane = at; lane < at + half; lane++) {
                int held = lanes[lane];
                int other = lanes[lane + half];
                if (reduction.wins(other, held) || (other == held && indices[lane + half] < indices[lane])) {
                    lanes[lane] = other;
                    indices[lane] = indices[lane + half];
                }
            }
        }
        return indices[at];
    }

    /// Combines an element into a lane.
    public static void put(Reduction reduction, float[] lanes, int lane, float element) {
        lanes[lane] = reduction.apply(lanes[lane], element);
    }

    /// Combines an element into a lane.
    public static void put(Reduction reduction, int[] lanes, int lane, int element) {
        lanes[lane] = reduction.apply(lanes[lane], element);
    }

    /// Lets a lane hold its winner and that one's index.
    public static void put(Reduction reduction, float[] lanes, int[] indices, int lane, float element, int index) {
        if (reduction.wins(element, lanes[lane])) {
            lanes[lane] = element;
            indices[lane] = index;
        }
    }

    /// Lets a lane hold its winner and that one's index.
    public static void put(Reduction reduction, int[] lanes, int[] indices, int lane, int element, int index) {
        if (reduction.wins(element, lanes[lane])) {
            lanes[lane] = element;
            indices[lane] = index;
        }
    }

    /// The result of earlier blocks with that of the next one.
    public static float combine(Reduction reduction, float held, float next) {
        return reduction.apply(held, next);
    }

    /// The result of earlier blocks with that of the next one.
    public static int combine(Reduction reduction, int held, int next) {
        return reduction.apply(held, next);
    }

    /// The index that goes with the combination of `held` and `next`.
    public static int index(Reduction reduction, float held, float next, int heldIndex, int nextIndex) {
        return reduction.wins(next, held) ? nextIndex : heldIndex;
    }

    /// The index that goes with the combination of `held` and `next`.
    public static int index(Reduction reduction, int held, int next, int heldIndex, int nextIndex) {
        return reduction.wins(next, held) ? nextIndex : heldIndex;
    }
}
