package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [Philox]'s uniform numbers on the Vector API: one block in each lane.
///
/// The 32 × 32 → 64 bit products are made for even and odd lanes apart, as in any vector instruction set. The four words
/// of a block end in one lane of four vectors; two rounds of interleaving put them side by side.
final class VectorPhilox {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> J = LongVector.SPECIES_PREFERRED;
    private static final int L = I.length();

    private static final long LOW = 0xFFFFFFFFL;
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final float UNIT = 0x1p-24f;

    private static final IntVector COUNT = IntVector.zero(I).addIndex(1);
    private static final IntVector LOW_ONES = runs(1, 0);
    private static final IntVector HIGH_ONES = runs(1, L / 2);
    private static final IntVector LOW_PAIRS = runs(2, 0);
    private static final IntVector HIGH_PAIRS = runs(2, L / 2);

    private VectorPhilox() {}

    /// Fills elements from `first`, a multiple of four, and returns how many: the whole groups of 4 · L below `n`.
    static int uniforms(long key, int iteration, int step, int first, float[] out, int offset, int n) {
        int done = n / (4 * L) * (4 * L);
        words(key, iteration, step, first, out, offset, done);
        interleave(out, offset, done);
        return done;
    }

    /// Writes the bits of L first words, L second ones, and so on, for each group of 4 · L elements. In a loop of its own: where the words
    /// of the last round went into the permutations at once, C2 (JDK 25) made objects of six vectors, and took twice as long.
    private static void words(long key, int iteration, int step, int first, float[] out, int offset, int n) {
        for (int done = 0; done < n; done += 4 * L) {
            int key0 = (int) key;
            int key1 = (int) (key >>> 32);
            IntVector c0 = COUNT.add((first + done) >>> 2);
            IntVector c1 = IntVector.broadcast(I, iteration);
            IntVector c2 = IntVector.broadcast(I, step);
            IntVector c3 = IntVector.zero(I);
            for (int round = 0; round < 10; round++) {
                LongVector x = c0.reinterpretAsLongs();
                LongVector y = c2.reinterpretAsLongs();
                LongVector multiplier0 = LongVector.broadcast(J, MULTIPLIER_0 & LOW);
                LongVector multiplier1 = LongVector.broadcast(J, MULTIPLIER_1 & LOW);
                LongVector even0 = x.and(LOW).mul(multiplier0);
                LongVector odd0 = x.lanewise(VectorOperators.LSHR, 32).mul(multiplier0);
                LongVector even1 = y.and(LOW).mul(multiplier1);
                LongVector odd1 = y.lanewise(VectorOperators.LSHR, 32).mul(multiplier1);
                IntVector low0 = even0.and(LOW).or(odd0.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts();
                IntVector high0 = even0.lanewise(VectorOperators.LSHR, 32).or(odd0.and(~LOW)).reinterpretAsInts();
                IntVector low1 = even1.and(LOW).or(odd1.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts();
                IntVector high1 = even1.lanewise(VectorOperators.LSHR, 32).or(odd1.and(~LOW)).reinterpretAsInts();
                c0 = high1.lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, key0);
                c2 = high0.lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, key1);
                c1 = low1;
                c3 = low0;
                key0 += WEYL_0;
                key1 += WEYL_1;
            }
            int at = offset + done;
            c0.reinterpretAsFloats().intoArray(out, at);
            c1.reinterpretAsFloats().intoArray(out, at + L);
            c2.reinterpretAsFloats().intoArray(out, at + 2 * L);
            c3.reinterpretAsFloats().intoArray(out, at + 3 * L);
        }
    }

    /// Brings the four words of each block side by side, and makes numbers of them.
    private static void interleave(float[] out, int offset, int n) {
        for (int at = offset; at < offset + n; at += 4 * L) {
            IntVector c0 = FloatVector.fromArray(F, out, at).reinterpretAsInts();
            IntVector c1 = FloatVector.fromArray(F, out, at + L).reinterpretAsInts();
            IntVector c2 = FloatVector.fromArray(F, out, at + 2 * L).reinterpretAsInts();
            IntVector c3 = FloatVector.fromArray(F, out, at + 3 * L).reinterpretAsInts();
            IntVector a = LOW_ONES.selectFrom(c0, c1);
            IntVector b = HIGH_ONES.selectFrom(c0, c1);
            IntVector c = LOW_ONES.selectFrom(c2, c3);
            IntVector d = HIGH_ONES.selectFrom(c2, c3);
            unit(LOW_PAIRS.selectFrom(a, c)).intoArray(out, at);
            unit(HIGH_PAIRS.selectFrom(a, c)).intoArray(out, at + L);
            unit(LOW_PAIRS.selectFrom(b, d)).intoArray(out, at + 2 * L);
            unit(HIGH_PAIRS.selectFrom(b, d)).intoArray(out, at + 3 * L);
        }
    }

    private static FloatVector unit(IntVector words) {
        return ((FloatVector) words.lanewise(VectorOperators.LSHR, 8).convert(VectorOperators.I2F, 0)).mul(UNIT);
    }

    /// Runs of `run` lanes taken in turn from two vectors, beginning at lane `from` of each.
    private static IntVector runs(int run, int from) {
        int[] index = new int[L];
        for (int i = 0; i < L; i++) {
            int place = from + i / (2 * run) * run + i % run;
            index[i] = i / run % 2 == 0 ? place : L + place;
        }
        return IntVector.fromArray(I, index, 0);
    }
}
