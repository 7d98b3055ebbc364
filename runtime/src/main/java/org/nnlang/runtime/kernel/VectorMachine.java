package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The part of [Machine] that links to the vector module, in a class of its own so that the other loads without it.
final class VectorMachine {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    static final int LANES = S.length();

    /// Vectors of columns in the widest register tile. Three need 22 registers of a machine's 32; AVX2 and SSE have 16.
    /// The Vector API doesn't tell, but 512-bit vectors and AArch64 come with 32.
    static final int TILE_VECTORS = LANES == 16 || "aarch64".equals(System.getProperty("os.arch")) ? 3 : 2;

    private VectorMachine() {}

    static double fmaPeak() {
        int rounds = 200_000;
        float[] source = new float[LANES];
        double best = 0;
        float sink = 0;
        for (int run = 0; run < 60; run++) {
            long start = System.nanoTime();
            sink += chains(rounds, source);
            best = Math.max(best, 2.0 * 12 * LANES * rounds / (System.nanoTime() - start));
        }
        return sink == Float.MIN_VALUE ? 0 : best;
    }

    /// Twelve chains, more than latency times throughput on every machine known (4 × 2).
    ///
    /// Each is summed by itself to make this longer than what C2 inlines (325 bytes): after some 900 peaks it compiled this into the
    /// loop around it, and found 52 GFLOP/s where there were 118.
    private static float chains(int rounds, float[] source) {
        FloatVector factor = FloatVector.broadcast(S, 0.999f);
        FloatVector term = FloatVector.broadcast(S, 0.001f);
        FloatVector a = FloatVector.fromArray(S, source, 0);
        FloatVector b = a.add(1f);
        FloatVector c = a.add(2f);
        FloatVector d = a.add(3f);
        FloatVector e = a.add(4f);
        FloatVector f = a.add(5f);
        FloatVector g = a.add(6f);
        FloatVector h = a.add(7f);
        FloatVector i = a.add(8f);
        FloatVector j = a.add(9f);
        FloatVector k = a.add(10f);
        FloatVector l = a.add(11f);
        for (int round = 0; round < rounds; round++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
            i = i.fma(factor, term);
            j = j.fma(factor, term);
            k = k.fma(factor, term);
            l = l.fma(factor, term);
        }
        return a.reduceLanes(VectorOperators.ADD) + b.reduceLanes(VectorOperators.ADD)
                + c.reduceLanes(VectorOperators.ADD) + d.reduceLanes(VectorOperators.ADD)
                + e.reduceLanes(VectorOperators.ADD) + f.reduceLanes(VectorOperators.ADD)
                + g.reduceLanes(VectorOperators.ADD) + h.reduceLanes(VectorOperators.ADD)
                + i.reduceLanes(VectorOperators.ADD) + j.reduceLanes(VectorOperators.ADD)
                + k.reduceLanes(VectorOperators.ADD) + l.reduceLanes(VectorOperators.ADD);
    }
}
