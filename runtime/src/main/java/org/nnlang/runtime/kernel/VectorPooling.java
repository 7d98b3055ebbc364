package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The part of [Pooling] that runs on the Vector API: whole vectors of channels of one pixel, the rest is left to the
/// caller. Each method returns how many channels it has done.
final class VectorPooling {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private VectorPooling() {}

    /// The greatest of what lies at `places`, of which there are `count`, from `at` on.
    static int greatest(float[] images, int at, int[] places, int count, int n, float[] out, int to) {
        int k = 0;
        for (; k <= n - L; k += L) {
            greatest(images, at + k, places, count).intoArray(out, to + k);
        }
        return k;
    }

    private static FloatVector greatest(float[] images, int at, int[] places, int count) {
        FloatVector best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i++) {
            FloatVector value = FloatVector.fromArray(S, images, at + places[i]);
            // What is no number counts as the greatest.
            VectorMask<Float> better = value.compare(VectorOperators.GT, best)
                    .or(value.compare(VectorOperators.NE, value));
            best = best.blend(value, better);
        }
        return best;
    }

    /// Gives the gradient `g` of each channel to the first place that holds the greatest; `adds` where other windows may
    /// have given something there, too.
    static int first(
            float[] images, int at, int[] places, int count, int n, float[] g, int gi, float[] out, int to,
            boolean adds) {
        FloatVector zero = FloatVector.zero(S);
        int k = 0;
        for (; k <= n - L; k += L) {
            FloatVector best = greatest(images, at + k, places, count);
            FloatVector given = FloatVector.fromArray(S, g, gi + k).add(zero);
            for (int i = 0; i < count; i++) {
                int place = places[i] + k;
                VectorMask<Float> first = FloatVector.fromArray(S, images, at + place).eq(best);
                FloatVector share = zero.blend(given, first);
                if (adds) {
                    FloatVector before = FloatVector.fromArray(S, out, to + place);
                    before.add(share, first).intoArray(out, to + place);
                } else {
                    share.intoArray(out, to + place);
                }
                best = best.blend(Float.NaN, first);
            }
        }
        return k;
    }

    /// The sum of what lies at `places`, times `factor`.
    static int mean(float[] images, int at, int[] places, int count, int n, float factor, float[] out, int to) {
        int k = 0;
        for (; k <= n - L; k += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0; i < count; i++) {
                sum = sum.add(FloatVector.fromArray(S, images, at + places[i] + k));
            }
            sum.mul(factor).intoArray(out, to + k);
        }
        return k;
    }
}
