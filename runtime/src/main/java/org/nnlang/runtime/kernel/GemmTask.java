package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// One product's operands and how it is cut into tasks; kept by a team's [Workspace], so that a call allocates nothing.
final class GemmTask implements Team.Task {
    /// Floating-point operations worth handing to one more thread: some 3 µs of a fast core.
    private static final double SPLIT_FLOPS = 400_000;

    /// The same for a single row or column, which waits for its matrix and not for the arithmetic.
    private static final double SPLIT_VECTOR_FLOPS = 100_000;

    /// Tasks per thread of a large product, so that a thread which the system delays does not delay all.
    private static final int TASKS_PER_THREAD = 3;

    private static final double LARGE_FLOPS = 40_000_000;

    /// Blocks of C are cut at multiples of these, where the register tiles end.
    private static final int ROW_UNIT = 6;

    private static final int COL_UNIT = 16;

    /// Least units of a section: two panels.
    private static final int SECTION_UNITS = 6;

    private static final float[] NONE = {};

    boolean busy;
    boolean transA;
    boolean transB;
    int m;
    int n;
    int k;
    float[] a = NONE;
    int aOff;
    int lda;
    int aStride;
    float[] b = NONE;
    int bOff;
    int ldb;
    int bStride;
    float[] c = NONE;
    int cOff;
    int ldc;
    int cStride;
    boolean accumulate;
    @Nullable
    Epilogue epilogue;
    /// The panels of all of op(B), or null.
    float @Nullable [] held;
    /// How many sections they have; 1 where nothing is held.
    int sections = 1;

    private @Nullable Team team;
    private int rowParts;
    private int colParts;

    void execute(Team newTeam, int count) {
        team = newTeam;
        cut(newTeam.threads(), count);
        newTeam.run(count * rowParts * colParts, this);
    }

    /// Forgets the operands, so that a team at rest holds no array of anyone.
    void release() {
        a = NONE;
        b = NONE;
        c = NONE;
        epilogue = null;
        held = null;
        sections = 1;
        team = null;
        busy = false;
    }

    /// Chooses into how many parts rows and columns of C are cut; the result does not depend on it.
    private void cut(int threads, int count) {
        rowParts = 1;
        colParts = 1;
        if (threads == 1) {
            return;
        }
        double flops = 2.0 * m * n * k;
        double all = flops * count;
        int wanted = all >= LARGE_FLOPS * threads ? threads * TASKS_PER_THREAD : threads;
        wanted = (int) Math.min(wanted, all / (m == 1 || n == 1 ? SPLIT_VECTOR_FLOPS : SPLIT_FLOPS));
        int rowUnits = (m + ROW_UNIT - 1) / ROW_UNIT;
        int colUnits = (n + COL_UNIT - 1) / COL_UNIT;
        // The longer side first: a square block of C needs the least of A and B.
        while (count * rowParts * colParts < wanted) {
            boolean rowsLeft = 2 * rowParts <= rowUnits;
            boolean colsLeft = 3 * (colParts + 1) <= colUnits;
            if (colsLeft && (!rowsLeft || (double) n / colParts >= (double) m / rowParts)) {
                colParts++;
            } else if (rowsLeft) {
                rowParts++;
            } else {
                return;
            }
        }
    }

    /// One product by one member, inside a task of another kernel. What [Gemm] demands of strides is not checked here, so
    /// that rows of A may overlap.
    static void single(
            Workspace workspace, int worker, boolean transA, boolean transB, int m, int n, int k, float[] a, int aOff,
            int lda, float[] b, int bOff, int ldb, float[] c, int cOff, int ldc, boolean accumulate) {
        if (m == 0 || n == 0) {
            return;
        }
        VectorTier.count(2.0 * m * n * k);
        GemmTask task = workspace.inner.of(
                transA, transB, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, accumulate);
        task.block(workspace, worker, 0, 0, m, 0, n);
    }

    /// Takes the operands of one product.
    GemmTask of(
            boolean newTransA, boolean newTransB, int newM, int newN, int newK, float[] newA, int newAOff, int newLda,
            float[] newB, int newBOff, int newLdb, float[] newC, int newCOff, int newLdc, boolean newAccumulate) {
        transA = newTransA;
        transB = newTransB;
        m = newM;
        n = newN;
        k = newK;
        a = newA;
        aOff = newAOff;
        lda = newLda;
        b = newB;
        bOff = newBOff;
        ldb = newLdb;
        c = newC;
        cOff = newCOff;
        ldc = newLdc;
        accumulate = newAccumulate;
        return this;
    }

    @Override
    public void run(int index, int worker) {
        int parts = rowParts * colParts;
        int item = index / parts;
        int part = index - item * parts;
        int rowPart = part / colParts;
        int colPart = part - rowPart * colParts;
        int row = edge(m, ROW_UNIT, rowPart, rowParts);
        int rows = edge(m, ROW_UNIT, rowPart + 1, rowParts) - row;
        int col = column(colPart);
        int cols = column(colPart + 1) - col;
        Team current = team;
        if (rows == 0 || cols == 0 || current == null) {
            return;
        }
        block(current.workspace(worker), worker, item, row, rows, col, cols);
    }

    private void block(Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        if (k == 0 || !VectorTier.vectors()) {
            ScalarGemm.block(this, workspace, worker, item, row, rows, col, cols);
        } else {
            vectorBlock(workspace, worker, item, row, rows, col, cols);
        }
    }

    /// A block on vectors, of a product with k above 0.
    void vectorBlock(Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        if (m == 1 || n == 1) {
            VectorGemv.block(this, workspace, worker, item, row, rows, col, cols);
        } else {
            VectorGemm.block(this, workspace, worker, item, row, rows, col, cols);
        }
    }

    /// Where a part's columns begin.
    private int column(int colPart) {
        int col = edge(n, COL_UNIT, colPart, colParts);
        if (held == null) {
            return col;
        }
        int first = sectionStart(col);
        return first + VectorGemm.boundary(sectionEnd(first) - first, col - first);
    }

    /// Into how many sections threads cut `n` columns that are held.
    static int sections(int n, int threads) {
        int units = (n + COL_UNIT - 1) / COL_UNIT;
        return Math.clamp(units / SECTION_UNITS, 1, threads);
    }

    /// Where a section begins, or the one before ends.
    static int section(int n, int index, int sections) {
        return edge(n, COL_UNIT, index, sections);
    }

    /// Where the section of a column begins.
    private int sectionStart(int col) {
        int index = sections;
        while (index > 0 && section(n, index, sections) > col) {
            index--;
        }
        return section(n, index, sections);
    }

    /// Where the section of a column ends; where nothing is held, all columns are one.
    int sectionEnd(int col) {
        int index = 1;
        while (index < sections && section(n, index, sections) <= col) {
            index++;
        }
        return section(n, index, sections);
    }

    /// Where part `part` of `parts` begins along a side, a multiple of `unit`.
    private static int edge(int side, int unit, int part, int parts) {
        int units = (side + unit - 1) / unit;
        return Math.min(side, (int) ((long) units * part / parts) * unit);
    }
}
