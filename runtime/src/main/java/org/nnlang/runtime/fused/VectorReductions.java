package org.nnlang.runtime.fused;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The reducing loops of the tile tier over vectors. The lanes of [Reduction] may be more than a vector has: then a pass
/// over the elements serves some lanes, and the next pass the others.
final class VectorReductions {
    private static final VectorSpecies<Float> F = VectorArithmetic.F;

    private VectorReductions() {}

    static int sum(float[] a, int ao, float[] lanes, int at, int n) {
        int end = n & -Reduction.LANES;
        for (int lane = 0; lane < Reduction.LANES; lane += F.length()) {
            FloatVector held = FloatVector.fromArray(F, lanes, at + lane);
            for (int i = lane; i < end; i += Reduction.LANES) {
                FloatVector x = FloatVector.fromArray(F, a, ao + i);
                held = held.add(x);
            }
            held.intoArray(lanes, at + lane);
        }
        return end;
    }

    static int sumInto(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector held = FloatVector.fromArray(F, r, ro + i);
            held.add(x).intoArray(r, ro + i);
        }
        return end;
    }

    static int product(float[] a, int ao, float[] lanes, int at, int n) {
        int end = n & -Reduction.LANES;
        for (int lane = 0; lane < Reduction.LANES; lane += F.length()) {
            FloatVector held = FloatVector.fromArray(F, lanes, at + lane);
            for (int i = lane; i < end; i += Reduction.LANES) {
                FloatVector x = FloatVector.fromArray(F, a, ao + i);
                held = held.mul(x);
            }
            held.intoArray(lanes, at + lane);
        }
        return end;
    }

    static int productInto(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector held = FloatVector.fromArray(F, r, ro + i);
            held.mul(x).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(float[] a, int ao, float[] lanes, int at, int n) {
        int end = n & -Reduction.LANES;
        for (int lane = 0; lane < Reduction.LANES; lane += F.length()) {
            FloatVector held = FloatVector.fromArray(F, lanes, at + lane);
            for (int i = lane; i < end; i += Reduction.LANES) {
                FloatVector x = FloatVector.fromArray(F, a, ao + i);
                VectorMask<Float> wins = x.compare(VectorOperators.GT, held).or(x.compare(VectorOperators.NE, x));
                held = held.blend(x, wins);
            }
            held.intoArray(lanes, at + lane);
        }
        return end;
    }

    static int maxInto(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector held = FloatVector.fromArray(F, r, ro + i);
            VectorMask<Float> wins = x.compare(VectorOperators.GT, held).or(x.compare(VectorOperators.NE, x));
            held.blend(x, wins).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(float[] a, int ao, float[] lanes, int at, int n) {
        int end = n & -Reduction.LANES;
        for (int lane = 0; lane < Reduction.LANES; lane += F.length()) {
            FloatVector held = FloatVector.fromArray(F, lanes, at + lane);
            for (int i = lane; i < end; i += Reduction.LANES) {
                FloatVector x = FloatVector.fromArray(F, a, ao + i);
                VectorMask<Float> wins = x.compare(VectorOperators.LT, held).or(x.compare(VectorOperators.NE, x));
                held = held.blend(x, wins);
            }
            held.intoArray(lanes, at + lane);
        }
        return end;
    }

    static int minInto(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector held = FloatVector.fromArray(F, r, ro + i);
            VectorMask<Float> wins = x.compare(VectorOperators.LT, held).or(x.compare(VectorOperators.NE, x));
            held.blend(x, wins).intoArray(r, ro + i);
        }
        return end;
    }
}
