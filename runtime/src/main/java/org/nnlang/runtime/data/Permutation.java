package org.nnlang.runtime.data;

/// Random orders from a counter-based generator, Philox4x32-10 (Salmon et al., 2011, "Parallel random numbers: as easy
/// as 1, 2, 3"): an order depends on the seed, its stream and its length, and on nothing that happened before.
final class Permutation {
    /// The streams of splits and of fixed shuffles; those of epochs count from 0.
    static final int SPLIT = -1;

    static final int FIXED = -2;

    private Permutation() {}

    /// The stream of the order of an epoch's batches, where that is not the order of its examples.
    static int batches(int epoch) {
        return FIXED - 1 - epoch;
    }

    /// Fills `order` with its indices in random order (Fisher and Yates, 1938; Durstenfeld, 1964).
    static void fill(int[] order, long seed, int stream) {
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = order.length - 1; i > 0; i--) {
            int j = (int) Math.unsignedMultiplyHigh(bits(seed, stream, i), i + 1L);
            int taken = order[i];
            order[i] = order[j];
            order[j] = taken;
        }
    }

    static int[] of(int length, long seed, int stream) {
        var order = new int[length];
        fill(order, seed, stream);
        return order;
    }

    /// 64 random bits for an example in an epoch, apart from those of orders.
    ///
    /// @param place from 1: which of several draws it is
    static long draw(long seed, int epoch, int example, int place) {
        return bits(seed, epoch, example, place);
    }

    /// 64 random bits for a counter.
    private static long bits(long seed, int stream, int counter) {
        return bits(seed, stream, counter, 0);
    }

    private static long bits(long seed, int stream, int counter, int place) {
        int c0 = counter;
        int c1 = stream;
        int c2 = 0x6461_7461; // "data": apart from a program's own draws, which have small numbers here
        int c3 = place;
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (c0 & 0xffff_ffffL) * 0xd251_1f53L;
            long p1 = (c2 & 0xffff_ffffL) * 0xcd9e_8d57L;
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            k0 += 0x9e37_79b9;
            k1 += 0xbb67_ae85;
        }
        return ((long) c0 << 32) | (c1 & 0xffff_ffffL);
    }
}
