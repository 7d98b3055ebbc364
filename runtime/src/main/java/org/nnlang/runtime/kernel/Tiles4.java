package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The register tiles of [VectorGemm] for what is left below the tiles of six rows ([Tiles6], which has the rules): one
/// to four rows; those missing are computed again as the last one and not stored.
final class Tiles4 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private Tiles4() {}

    /// What is left below the tiles of six rows, 3 vectors wide.
    static void tile4x3(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add) {
        int a1 = Math.min(1, rows - 1) * rs;
        int a2 = Math.min(2, rows - 1) * rs;
        int a3 = Math.min(3, rows - 1) * rs;
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
        int ai = ap;
        int bi = bp;
        for (int p = 0; p < kc; p++) {
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
            ai += ks;
            bi += ldb;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
            c02 = c02.add(FloatVector.fromArray(S, c, cp + 2 * L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        c02.intoArray(c, cp + 2 * L);
        if (rows > 1) {
            int ci1 = cp + ldc;
            if (add) {
                c10 = c10.add(FloatVector.fromArray(S, c, ci1));
                c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
                c12 = c12.add(FloatVector.fromArray(S, c, ci1 + 2 * L));
            }
            c10.intoArray(c, ci1);
            c11.intoArray(c, ci1 + L);
            c12.intoArray(c, ci1 + 2 * L);
        }
        if (rows > 2) {
            int ci2 = cp + 2 * ldc;
            if (add) {
                c20 = c20.add(FloatVector.fromArray(S, c, ci2));
                c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
                c22 = c22.add(FloatVector.fromArray(S, c, ci2 + 2 * L));
            }
            c20.intoArray(c, ci2);
            c21.intoArray(c, ci2 + L);
            c22.intoArray(c, ci2 + 2 * L);
        }
        if (rows > 3) {
            int ci3 = cp + 3 * ldc;
            if (add) {
                c30 = c30.add(FloatVector.fromArray(S, c, ci3));
                c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
                c32 = c32.add(FloatVector.fromArray(S, c, ci3 + 2 * L));
            }
            c30.intoArray(c, ci3);
            c31.intoArray(c, ci3 + L);
            c32.intoArray(c, ci3 + 2 * L);
        }
    }

    /// What is left below the tiles of six rows, 2 vectors wide.
    static void tile4x2(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add) {
        int a1 = Math.min(1, rows - 1) * rs;
        int a2 = Math.min(2, rows - 1) * rs;
        int a3 = Math.min(3, rows - 1) * rs;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        int ai = ap;
        int bi = bp;
        for (int p = 0; p < kc; p++) {
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
            ai += ks;
            bi += ldb;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        if (rows > 1) {
            int ci1 = cp + ldc;
            if (add) {
                c10 = c10.add(FloatVector.fromArray(S, c, ci1));
                c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
            }
            c10.intoArray(c, ci1);
            c11.intoArray(c, ci1 + L);
        }
        if (rows > 2) {
            int ci2 = cp + 2 * ldc;
            if (add) {
                c20 = c20.add(FloatVector.fromArray(S, c, ci2));
                c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
            }
            c20.intoArray(c, ci2);
            c21.intoArray(c, ci2 + L);
        }
        if (rows > 3) {
            int ci3 = cp + 3 * ldc;
            if (add) {
                c30 = c30.add(FloatVector.fromArray(S, c, ci3));
                c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
            }
            c30.intoArray(c, ci3);
            c31.intoArray(c, ci3 + L);
        }
    }

    /// What is left below the tiles of six rows, 1 vector wide.
    static void tile4x1(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add) {
        int a1 = Math.min(1, rows - 1) * rs;
        int a2 = Math.min(2, rows - 1) * rs;
        int a3 = Math.min(3, rows - 1) * rs;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        int ai = ap;
        int bi = bp;
        for (int p = 0; p < kc; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector x = FloatVector.broadcast(S, a[ai]);
            c00 = x.fma(b0, c00);
            x = FloatVector.broadcast(S, a[ai + a1]);
            c10 = x.fma(b0, c10);
            x = FloatVector.broadcast(S, a[ai + a2]);
            c20 = x.fma(b0, c20);
            x = FloatVector.broadcast(S, a[ai + a3]);
            c30 = x.fma(b0, c30);
            ai += ks;
            bi += ldb;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
        }
        c00.intoArray(c, cp);
        if (rows > 1) {
            int ci1 = cp + ldc;
            if (add) {
                c10 = c10.add(FloatVector.fromArray(S, c, ci1));
            }
            c10.intoArray(c, ci1);
        }
        if (rows > 2) {
            int ci2 = cp + 2 * ldc;
            if (add) {
                c20 = c20.add(FloatVector.fromArray(S, c, ci2));
            }
            c20.intoArray(c, ci2);
        }
        if (rows > 3) {
            int ci3 = cp + 3 * ldc;
            if (add) {
                c30 = c30.add(FloatVector.fromArray(S, c, ci3));
            }
            c30.intoArray(c, ci3);
        }
    }
}
