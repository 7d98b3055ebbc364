package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The register tiles of a convolution's gradient by its weights: six channels of what windows see, times one to three
/// vectors of the result's channels, summed over pixels.
///
/// Pixels come in `segments` rows of `length`; from one to the next it is `ks` floats in A, from the end of a row to the
/// beginning of the next `jump` floats more; in B it is `ldb` throughout. Each sum is a chain over all of them, in order, from
/// zero, stored to C or added to what C holds. Of the six there may be fewer: then the last is computed again and again.
/// Otherwise all is as in [Tiles6].
final class SlopeTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private SlopeTiles() {}

    /// Where the machine has 32 vector registers.
    static void tile6x3(
            int segments, int length, int jump, float[] a, int ap, int ks, float[] b, int bp, int ldb, float[] c,
            int cp,
            int ldc, int rows, boolean add) {
        int a1 = Math.min(1, rows - 1);
        int a2 = Math.min(2, rows - 1);
        int a3 = Math.min(3, rows - 1);
        int a4 = Math.min(4, rows - 1);
        int a5 = Math.min(5, rows - 1);
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c22 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c32 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c42 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        FloatVector c52 = FloatVector.zero(S);
        int ai = ap;
        int bi = bp;
        for (int segment = 0; segment < segments; segment++) {
            for (int p = 0; p < length; p++) {
                FloatVector b0 = FloatVector.fromArray(S, b, bi);
                FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
                FloatVector b2 = FloatVector.fromArray(S, b, bi + 2 * L);
                FloatVector x = FloatVector.broadcast(S, a[ai]);
                c00 = x.fma(b0, c00);
                c01 = x.fma(b1, c01);
                c02 = x.fma(b2, c02);
                x = FloatVector.broadcast(S, a[ai + a1]);
                c10 = x.fma(b0, c10);
                c11 = x.fma(b1, c11);
                c12 = x.fma(b2, c12);
                x = FloatVector.broadcast(S, a[ai + a2]);
                c20 = x.fma(b0, c20);
                c21 = x.fma(b1, c21);
                c22 = x.fma(b2, c22);
                x = FloatVector.broadcast(S, a[ai + a3]);
                c30 = x.fma(b0, c30);
                c31 = x.fma(b1, c31);
                c32 = x.fma(b2, c32);
                x = FloatVector.broadcast(S, a[ai + a4]);
                c40 = x.fma(b0, c40);
                c41 = x.fma(b1, c41);
                c42 = x.fma(b2, c42);
                x = FloatVector.broadcast(S, a[ai + a5]);
                c50 = x.fma(b0, c50);
                c51 = x.fma(b1, c51);
                c52 = x.fma(b2, c52);
                ai += ks;
                bi += ldb;
            }
            ai += jump;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
            c02 = c02.add(FloatVector.fromArray(S, c, cp + 2 * L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        c02.intoArray(c, cp + 2 * L);
        if (rows == 1) {
            return;
        }
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
            c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
            c12 = c12.add(FloatVector.fromArray(S, c, ci1 + 2 * L));
        }
        c10.intoArray(c, ci1);
        c11.intoArray(c, ci1 + L);
        c12.intoArray(c, ci1 + 2 * L);
        if (rows == 2) {
            return;
        }
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
            c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
            c22 = c22.add(FloatVector.fromArray(S, c, ci2 + 2 * L));
        }
        c20.intoArray(c, ci2);
        c21.intoArray(c, ci2 + L);
        c22.intoArray(c, ci2 + 2 * L);
        if (rows == 3) {
            return;
        }
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
            c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
            c32 = c32.add(FloatVector.fromArray(S, c, ci3 + 2 * L));
        }
        c30.intoArray(c, ci3);
        c31.intoArray(c, ci3 + L);
        c32.intoArray(c, ci3 + 2 * L);
        if (rows == 4) {
            return;
        }
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
            c41 = c41.add(FloatVector.fromArray(S, c, ci4 + L));
            c42 = c42.add(FloatVector.fromArray(S, c, ci4 + 2 * L));
        }
        c40.intoArray(c, ci4);
        c41.intoArray(c, ci4 + L);
        c42.intoArray(c, ci4 + 2 * L);
        if (rows == 5) {
            return;
        }
        int ci5 = cp + 5 * ldc;
        if (add) {
            c50 = c50.add(FloatVector.fromArray(S, c, ci5));
            c51 = c51.add(FloatVector.fromArray(S, c, ci5 + L));
            c52 = c52.add(FloatVector.fromArray(S, c, ci5 + 2 * L));
        }
        c50.intoArray(c, ci5);
        c51.intoArray(c, ci5 + L);
        c52.intoArray(c, ci5 + 2 * L);
    }

    /// The main tile where it has 16.
    static void tile6x2(
            int segments, int length, int jump, float[] a, int ap, int ks, float[] b, int bp, int ldb, float[] c,
            int cp,
            int ldc, int rows, boolean add) {
        int a1 = Math.min(1, rows - 1);
        int a2 = Math.min(2, rows - 1);
        int a3 = Math.min(3, rows - 1);
        int a4 = Math.min(4, rows - 1);
        int a5 = Math.min(5, rows - 1);
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        int ai = ap;
        int bi = bp;
        for (int segment = 0; segment < segments; segment++) {
            for (int p = 0; p < length; p++) {
                FloatVector b0 = FloatVector.fromArray(S, b, bi);
                FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
                FloatVector x = FloatVector.broadcast(S, a[ai]);
                c00 = x.fma(b0, c00);
                c01 = x.fma(b1, c01);
                x = FloatVector.broadcast(S, a[ai + a1]);
                c10 = x.fma(b0, c10);
                c11 = x.fma(b1, c11);
                x = FloatVector.broadcast(S, a[ai + a2]);
                c20 = x.fma(b0, c20);
                c21 = x.fma(b1, c21);
                x = FloatVector.broadcast(S, a[ai + a3]);
                c30 = x.fma(b0, c30);
                c31 = x.fma(b1, c31);
                x = FloatVector.broadcast(S, a[ai + a4]);
                c40 = x.fma(b0, c40);
                c41 = x.fma(b1, c41);
                x = FloatVector.broadcast(S, a[ai + a5]);
                c50 = x.fma(b0, c50);
                c51 = x.fma(b1, c51);
                ai += ks;
                bi += ldb;
            }
            ai += jump;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        if (rows == 1) {
            return;
        }
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
            c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
        }
        c10.intoArray(c, ci1);
        c11.intoArray(c, ci1 + L);
        if (rows == 2) {
            return;
        }
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
            c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
        }
        c20.intoArray(c, ci2);
        c21.intoArray(c, ci2 + L);
        if (rows == 3) {
            return;
        }
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
            c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
        }
        c30.intoArray(c, ci3);
        c31.intoArray(c, ci3 + L);
        if (rows == 4) {
            return;
        }
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
            c41 = c41.add(FloatVector.fromArray(S, c, ci4 + L));
        }
        c40.intoArray(c, ci4);
        c41.intoArray(c, ci4 + L);
        if (rows == 5) {
            return;
        }
        int ci5 = cp + 5 * ldc;
        if (add) {
            c50 = c50.add(FloatVector.fromArray(S, c, ci5));
            c51 = c51.add(FloatVector.fromArray(S, c, ci5 + L));
        }
        c50.intoArray(c, ci5);
        c51.intoArray(c, ci5 + L);
    }

    /// The last, narrow panel.
    static void tile6x1(
            int segments, int length, int jump, float[] a, int ap, int ks, float[] b, int bp, int ldb, float[] c,
            int cp,
            int ldc, int rows, boolean add) {
        int a1 = Math.min(1, rows - 1);
        int a2 = Math.min(2, rows - 1);
        int a3 = Math.min(3, rows - 1);
        int a4 = Math.min(4, rows - 1);
        int a5 = Math.min(5, rows - 1);
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        int ai = ap;
        int bi = bp;
        for (int segment = 0; segment < segments; segment++) {
            for (int p = 0; p < length; p++) {
                FloatVector b0 = FloatVector.fromArray(S, b, bi);
                FloatVector x = FloatVector.broadcast(S, a[ai]);
                c00 = x.fma(b0, c00);
                x = FloatVector.broadcast(S, a[ai + a1]);
                c10 = x.fma(b0, c10);
                x = FloatVector.broadcast(S, a[ai + a2]);
                c20 = x.fma(b0, c20);
                x = FloatVector.broadcast(S, a[ai + a3]);
                c30 = x.fma(b0, c30);
                x = FloatVector.broadcast(S, a[ai + a4]);
                c40 = x.fma(b0, c40);
                x = FloatVector.broadcast(S, a[ai + a5]);
                c50 = x.fma(b0, c50);
                ai += ks;
                bi += ldb;
            }
            ai += jump;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
        }
        c00.intoArray(c, cp);
        if (rows == 1) {
            return;
        }
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
        }
        c10.intoArray(c, ci1);
        if (rows == 2) {
            return;
        }
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
        }
        c20.intoArray(c, ci2);
        if (rows == 3) {
            return;
        }
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
        }
        c30.intoArray(c, ci3);
        if (rows == 4) {
            return;
        }
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
        }
        c40.intoArray(c, ci4);
        if (rows == 5) {
            return;
        }
        int ci5 = cp + 5 * ldc;
        if (add) {
            c50 = c50.add(FloatVector.fromArray(S, c, ci5));
        }
        c50.intoArray(c, ci5);
    }
}
