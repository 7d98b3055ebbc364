package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// Matrix products of row-major `float[]` matrices: C = op(A) · op(B), or C += op(A) · op(B), where op transposes or not.
///
/// **One result, bit for bit.** Each element of C is the sum over blocks of [#KC] steps of k, in order, of a chain of
/// fused multiply-adds that starts at zero:
///
/// ```
/// for each block:  s = 0;  for p in block: s = fma(a[i, p], b[p, j], s);  c = first block and not accumulate ? s : c + s
/// ```
///
/// No tile, path, vector width or number of threads changes that. A product over k = 0 is zero.
///
/// A transposed operand is the stored matrix read the other way: with `transA`, A is stored k × m. It is packed,
/// block by block, into scratch memory of the team, or read in place; it is never transposed in memory as a whole.
public final class Gemm {
    /// Steps of k in one chain: a part of the numeric contract and not a tuning knob.
    public static final int KC = 384;

    private Gemm() {}

    /// C = op(A) · op(B) for op(A) m × k, op(B) k × n and C m × n.
    ///
    /// C must not overlap A or B.
    ///
    /// @param transA whether A is stored k × m
    /// @param transB whether B is stored n × k
    /// @param lda floats from one stored row of A to the next, at least its columns; `ldb` and `ldc` likewise
    /// @param accumulate whether to add the product to C instead of overwriting it
    /// @param epilogue called for each finished block of C, or null
    /// @throws IllegalArgumentException where a matrix does not fit its array
    public static void multiply(
            Team team,
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            float[] a,
            int aOff,
            int lda,
            float[] b,
            int bOff,
            int ldb,
            float[] c,
            int cOff,
            int ldc,
            boolean accumulate,
            @Nullable Epilogue epilogue) {
        batched(team, transA, transB, m, n, k, a, aOff, lda, 0, b, bOff, ldb, 0, c, cOff, ldc, 0, 1, accumulate,
                epilogue);
    }

    /// `count` products of one shape, item i's matrices `i * stride` floats into their arrays.
    ///
    /// A stride of 0 for A or B uses one matrix for all items. The items of C must not overlap.
    ///
    /// @param count how many products
    /// @throws IllegalArgumentException where a matrix does not fit its array
    public static void batched(
            Team team,
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            float[] a,
            int aOff,
            int lda,
            int aStride,
            float[] b,
            int bOff,
            int ldb,
            int bStride,
            float[] c,
            int cOff,
            int ldc,
            int cStride,
            int count,
            boolean accumulate,
            @Nullable Epilogue epilogue) {
        batched(team, transA, transB, m, n, k, a, aOff, lda, aStride, b, bOff, ldb, bStride, null, c, cOff, ldc,
                cStride, count, accumulate, epilogue);
    }

    /// [#batched] for one of several calls with the same B, which the first of them packs.
    ///
    /// @param held B, unless somebody has changed it and not said so; null for a call of its own
    /// @throws IllegalArgumentException where a matrix does not fit its array, B is not as large as what is held, or a factor
    ///     is held of items that have each a B of their own
    public static void batched(
            Team team,
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            float[] a,
            int aOff,
            int lda,
            int aStride,
            float[] b,
            int bOff,
            int ldb,
            int bStride,
            @Nullable HeldFactor held,
            float[] c,
            int cOff,
            int ldc,
            int cStride,
            int count,
            boolean accumulate,
            @Nullable Epilogue epilogue) {
        if (m == 0 || n == 0 || count == 0) {
            return;
        }
        if (count > 1 && bStride == 0 && !transA && aStride == m * lda && cStride == m * ldc) {
            // One B for all, and the items of A and C follow each other: one taller product, which packs B once.
            m *= count;
            count = 1;
        }
        if (k > 0) {
            check("A", a, aOff, transA ? k : m, transA ? m : k, lda, aStride, count);
            check("B", b, bOff, transB ? n : k, transB ? k : n, ldb, bStride, count);
        }
        check("C", c, cOff, m, n, ldc, cStride, count);
        VectorTier.count(2.0 * m * n * k * count);
        int worker = team.worker();
        GemmTask task = team.workspace(worker).gemm;
        if (task.busy) {
            task = new GemmTask(); // a product inside another one's epilogue
        }
        task.busy = true;
        try {
            task.transA = transA;
            task.transB = transB;
            task.m = m;
            task.n = n;
            task.k = k;
            task.a = a;
            task.aOff = aOff;
            task.lda = lda;
            task.aStride = aStride;
            task.b = b;
            task.bOff = bOff;
            task.ldb = ldb;
            task.bStride = bStride;
            task.c = c;
            task.cOff = cOff;
            task.ldc = ldc;
            task.cStride = cStride;
            task.accumulate = accumulate;
            task.epilogue = epilogue;
            if (held != null && count > 1 && bStride != 0) {
                throw new IllegalArgumentException("one factor held for " + count + " items");
            }
            if (held != null && m > 1 && n > 1 && k > 0 && VectorTier.vectors()) {
                held.lend(task, team.threads());
            }
            task.execute(team, count);
        } finally {
            task.release();
        }
    }

    private static void check(
            String name, float[] array, int offset, int rows, int cols, int ld, int stride, int count) {
        long last = offset + (long) (count - 1) * stride + (long) (rows - 1) * ld + cols;
        if (offset < 0 || stride < 0 || ld < cols && rows > 1 || last > array.length) {
            throw new IllegalArgumentException(
                    "%s: %d of %d × %d with rows %d apart from %d, items %d apart, in %d floats"
                            .formatted(name, count, rows, cols, ld, offset, stride, array.length));
        }
    }
}
