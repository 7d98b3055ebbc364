package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The part of [Rows] that runs on the Vector API: whole groups of 16 elements, the rest is left to the caller.
final class VectorRows {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int GROUP = 16;

    private VectorRows() {}

    static float max(float[] x, int at, int n, float start) {
        FloatVector best = FloatVector.broadcast(S, start);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, at + i);
            best = best.blend(v, v.compare(VectorOperators.GT, best));
        }
        float result = best.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            result = x[at + i] > result ? x[at + i] : result;
        }
        return result;
    }

    // Loops of C2's own have some elements before and behind their vectors, which is most of a short row.

    static int scale(float[] x, int xi, float factor, float[] y, int yi, int n) {
        int end = n / L * L;
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xi + i).mul(factor).intoArray(y, yi + i);
        }
        return end;
    }

    static int slopes(float[] x, int xi, float[] y, int yi, int n, float subtrahend, float factor) {
        int end = n / L * L;
        for (int i = 0; i < end; i += L) {
            FloatVector difference = FloatVector.fromArray(S, y, yi + i).sub(subtrahend);
            FloatVector.fromArray(S, x, xi + i).mul(difference).mul(factor).intoArray(x, xi + i);
        }
        return end;
    }

    static int dot(float[] x, int xi, float[] y, int yi, int n, float[] lanes) {
        int end = n / GROUP * GROUP;
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = lane; i < end; i += GROUP) {
                sum = FloatVector.fromArray(S, x, xi + i).fma(FloatVector.fromArray(S, y, yi + i), sum);
            }
            sum.intoArray(lanes, lane);
        }
        return end;
    }
}
