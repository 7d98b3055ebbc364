package org.nnlang.runtime.kernel;

/// The right operand of products that follow each other, packed by the first of them into the order in which the register
/// tiles read it. Whoever changes the operand must [#forget] it.
///
/// The panels of a block of [Gemm#KC] steps lie one behind the other, as in [VectorGemm], and so do the blocks. Threads that share
/// the columns can do so only where a panel begins; so each has a *section*, as wide as the others', with panels of its own.
public final class HeldFactor {
    /// Beyond this the panels come from memory anyway: 16 MB.
    private static final long MOST_FLOATS = 1 << 22;

    private final int k;
    private final int n;
    private final float[] panels;
    private int sections = 1;
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

    /// Gives a task the panels for its product, packed now if they are not.
    ///
    /// @param threads that are going to share the product
    void lend(GemmTask task, int threads) {
        if (task.k != k || task.n != n) {
            throw new IllegalArgumentException(
                    "a factor of %d × %d held for %d × %d".formatted(task.k, task.n, k, n));
        }
        if (!packed) {
            sections = GemmTask.sections(n, threads);
            int width = VectorGemm.width(n);
            for (int from = 0; from < k; from += Gemm.KC) {
                int steps = Math.min(Gemm.KC, k - from);
                for (int i = 0; i < sections; i++) {
                    int col = GemmTask.section(n, i, sections);
                    Packing.right(
                            task, task.bOff, from, steps, col, GemmTask.section(n, i + 1, sections) - col, panels,
                            from * width + col * steps);
                }
            }
            packed = true;
        }
        task.held = panels;
        task.sections = sections;
    }
}
