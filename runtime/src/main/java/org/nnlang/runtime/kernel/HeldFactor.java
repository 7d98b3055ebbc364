package org.nnlang.runtime.kernel;

/// The right operand of products that follow each other, packed by the first of them into the order in which the register
/// tiles read it. Whoever changes the operand must [#forget] it.
///
/// The panels of a block of [Gemm#KC] steps lie one behind the other, as in [VectorGemm], and so do the blocks.
public final class HeldFactor {
    /// Beyond this the panels come from memory anyway: 16 MB.
    private static final long MOST_FLOATS = 1 << 22;

    private final int k;
    private final int n;
    private final float[] panels;
    private boolean packed;

    /// Room for op(B), k × n.
    public HeldFactor(int k, int n) {
        this.k = k;
        this.n = n;
        panels = new float[k * VectorGemm.width(n)];
    }

    /// Whether products m × k by k × n read it faster than the operand itself, if they are many.
    public static boolean isWorthIt(int m, int n, int k) {
        return Machine.vectors() && m > 1 && n > 1 && k > 0 && (long) k * (n + 16) <= MOST_FLOATS;
    }

    /// The operand may have changed.
    public void forget() {
        packed = false;
    }

    /// How many bytes a factor k × n takes.
    public static long bytes(int k, int n) {
        return (long) k * VectorGemm.width(n) * Float.BYTES;
    }

    /// How many bytes it takes.
    public long bytes() {
        return (long) panels.length * Float.BYTES;
    }

    /// The panels for a task's product, packed now if they are not.
    float[] panels(GemmTask task) {
        if (task.k != k || task.n != n) {
            throw new IllegalArgumentException(
                    "a factor of %d × %d held for %d × %d".formatted(task.k, task.n, k, n));
        }
        if (!packed) {
            int width = VectorGemm.width(n);
            for (int from = 0; from < k; from += Gemm.KC) {
                Packing.right(task, task.bOff, from, Math.min(Gemm.KC, k - from), 0, n, panels, from * width);
            }
            packed = true;
        }
        return panels;
    }
}
