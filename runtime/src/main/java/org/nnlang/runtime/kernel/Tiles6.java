package org.nnlang.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The register tiles of [VectorGemm]: six rows of A times one to three vectors of columns of B.
///
/// Each sum is a chain of fused multiply-adds over the kc steps, in order, from zero; then it is stored to C or added
/// to what C holds. Rows of A are `rs` apart and steps `ks`, so that one method serves a row-major, a
/// transposed and a packed A; steps of B are `ldb` apart, packed or not. `rows` may be five: the fifth is
/// then computed twice and stored once.
///
/// `ahead` rows of C below the tile, which are overwritten later, are fetched meanwhile: a zero is stored to each of their cache
/// lines. Otherwise a tile that is stored misses all its lines at once, and the next tile's loads of B queue behind them.
/// Java has no prefetch, and a load instead would hold up all that follows until its line is there; a store does not.
///
/// Measured on an AVX-512 Zen 4: strides that are not constants, and the bounds checks they cost, are free
/// beside 18 fused multiply-adds; 97 to 99 % of the peak from the first-level cache at 6×3, 6×2, 5×4 and 8×2. Tiles
/// with more rows meet in one cache set when A's rows are 4 KiB apart (12×2 fell from 90 to 60 %), and C2
/// spills beyond 27 registers. The methods are flat because C2 boxes vectors at a call that it does not inline.
final class Tiles6 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /// The steps are cut into so many parts; behind each of them a row is fetched.
    private static final int PARTS = 6;

    private Tiles6() {}

    /// The main tile where the machine has 32 vector registers: 18 sums, 3 columns of B and a broadcast.
    static void tile6x3(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add, int ahead) {
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = Math.min(5, rows - 1) * rs;
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
        int next = cp + 6 * ldc;
        int p = 0;
        for (int r = ahead > 0 ? 1 : PARTS; r <= PARTS; r++) {
            int end = kc * r / PARTS;
            for (; p < end; p++) {
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
            if (r <= ahead) {
                c[next] = 0f;
                c[next + L] = 0f;
                c[next + 2 * L] = 0f;
                c[next + 3 * L - 1] = 0f;
                next += ldc;
            }
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
            c02 = c02.add(FloatVector.fromArray(S, c, cp + 2 * L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        c02.intoArray(c, cp + 2 * L);
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
            c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
            c12 = c12.add(FloatVector.fromArray(S, c, ci1 + 2 * L));
        }
        c10.intoArray(c, ci1);
        c11.intoArray(c, ci1 + L);
        c12.intoArray(c, ci1 + 2 * L);
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
            c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
            c22 = c22.add(FloatVector.fromArray(S, c, ci2 + 2 * L));
        }
        c20.intoArray(c, ci2);
        c21.intoArray(c, ci2 + L);
        c22.intoArray(c, ci2 + 2 * L);
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
            c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
            c32 = c32.add(FloatVector.fromArray(S, c, ci3 + 2 * L));
        }
        c30.intoArray(c, ci3);
        c31.intoArray(c, ci3 + L);
        c32.intoArray(c, ci3 + 2 * L);
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
            c41 = c41.add(FloatVector.fromArray(S, c, ci4 + L));
            c42 = c42.add(FloatVector.fromArray(S, c, ci4 + 2 * L));
        }
        c40.intoArray(c, ci4);
        c41.intoArray(c, ci4 + L);
        c42.intoArray(c, ci4 + 2 * L);
        if (rows > 5) {
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
    }

    /// The main tile where the machine has 16 vector registers, and the rest of a row elsewhere.
    static void tile6x2(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add, int ahead) {
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = Math.min(5, rows - 1) * rs;
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
        int next = cp + 6 * ldc;
        int p = 0;
        for (int r = ahead > 0 ? 1 : PARTS; r <= PARTS; r++) {
            int end = kc * r / PARTS;
            for (; p < end; p++) {
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
            if (r <= ahead) {
                c[next] = 0f;
                c[next + L] = 0f;
                c[next + 2 * L - 1] = 0f;
                next += ldc;
            }
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
            c01 = c01.add(FloatVector.fromArray(S, c, cp + L));
        }
        c00.intoArray(c, cp);
        c01.intoArray(c, cp + L);
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
            c11 = c11.add(FloatVector.fromArray(S, c, ci1 + L));
        }
        c10.intoArray(c, ci1);
        c11.intoArray(c, ci1 + L);
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
            c21 = c21.add(FloatVector.fromArray(S, c, ci2 + L));
        }
        c20.intoArray(c, ci2);
        c21.intoArray(c, ci2 + L);
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
            c31 = c31.add(FloatVector.fromArray(S, c, ci3 + L));
        }
        c30.intoArray(c, ci3);
        c31.intoArray(c, ci3 + L);
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
            c41 = c41.add(FloatVector.fromArray(S, c, ci4 + L));
        }
        c40.intoArray(c, ci4);
        c41.intoArray(c, ci4 + L);
        if (rows > 5) {
            int ci5 = cp + 5 * ldc;
            if (add) {
                c50 = c50.add(FloatVector.fromArray(S, c, ci5));
                c51 = c51.add(FloatVector.fromArray(S, c, ci5 + L));
            }
            c50.intoArray(c, ci5);
            c51.intoArray(c, ci5 + L);
        }
    }

    /// The last, narrow panel of a row.
    static void tile6x1(
            int kc, float[] a, int ap, int rs, int ks, float[] b, int bp, int ldb, float[] c, int cp, int ldc, int rows,
            boolean add) {
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = Math.min(5, rows - 1) * rs;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
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
            x = FloatVector.broadcast(S, a[ai + a4]);
            c40 = x.fma(b0, c40);
            x = FloatVector.broadcast(S, a[ai + a5]);
            c50 = x.fma(b0, c50);
            ai += ks;
            bi += ldb;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(S, c, cp));
        }
        c00.intoArray(c, cp);
        int ci1 = cp + ldc;
        if (add) {
            c10 = c10.add(FloatVector.fromArray(S, c, ci1));
        }
        c10.intoArray(c, ci1);
        int ci2 = cp + 2 * ldc;
        if (add) {
            c20 = c20.add(FloatVector.fromArray(S, c, ci2));
        }
        c20.intoArray(c, ci2);
        int ci3 = cp + 3 * ldc;
        if (add) {
            c30 = c30.add(FloatVector.fromArray(S, c, ci3));
        }
        c30.intoArray(c, ci3);
        int ci4 = cp + 4 * ldc;
        if (add) {
            c40 = c40.add(FloatVector.fromArray(S, c, ci4));
        }
        c40.intoArray(c, ci4);
        if (rows > 5) {
            int ci5 = cp + 5 * ldc;
            if (add) {
                c50 = c50.add(FloatVector.fromArray(S, c, ci5));
            }
            c50.intoArray(c, ci5);
        }
    }
}
