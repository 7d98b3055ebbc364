package org.nnlang.runtime.kernel;

/// Small work of every kind on memory of its own, so that C2 is asked for vector code before a step depends on it: until then each vector
/// is an object. Code that a step runs often would be compiled soon enough. But a register tile for the last rows of a
/// matrix may be needed once a step, and its turn would come after some thousand of them; so each variant of each
/// method is rehearsed, with both outcomes of every branch, until a whole cycle of all has made no object.
final class Rehearsal {
    /// Steps of k, enough for a loop and few enough for the interpreter.
    private static final int STEPS = 16;

    /// Time after which it is given up: a virtual machine without C2 never gets there, and plain loops are right for it.
    private static final long MAX_NANOS = 180_000_000_000L;

    /// Turns in which every variant has had its own.
    private static final int CYCLE = 96;

    /// Of so many turns, four have more steps than go at once.
    private static final int LONG_TURNS = 16;

    /// Cycles after which it only waits for C2, which has been asked for the methods by then, unless it has too much else to do.
    private static final int EAGER_CYCLES = 30;

    /// Cycles after which products may be measured: C2 may have been asked, whatever their loops did.
    private static final int MIN_CYCLES = 8;

    /// Cycles where nobody says whether objects are made.
    private static final int UNKNOWN_CYCLES = 400;

    /// Rows, columns and steps of products that are measured; so many rows are strips of six, or of four.
    private static final int MEASURED = 96;

    private static final int MEASURED_LOW = 8;
    private static final int MEASUREMENTS = 5;

    /// Floats of an operand.
    private static final int SIZE = 1 << 16;

    /// A row of attention.
    private static final int ROW = 128;

    /// Places that a window sees.
    private static final int PLACES = 9;

    /// Random numbers at once.
    private static final int DRAWN = 512;

    private final Workspace workspace = new Workspace();
    private final float[] a = new float[SIZE];
    private final float[] b = new float[SIZE];
    private final float[] c = new float[SIZE];
    private final float[] scratch = new float[Philox.SCRATCH];
    private final int[] places = new int[PLACES];
    private final int lanes = VectorMachine.LANES;
    private int turn;

    /// Repeats a part, all variants in a cycle, until it makes no objects; returns whether it ever gets there.
    boolean settle(VectorPart part) {
        long start = System.nanoTime();
        long begun = start;
        for (int cycle = 1; begun - start < MAX_NANOS; cycle++) {
            long before = AllocatedBytes.ofThisThread();
            for (int i = 0; i < CYCLE; i++) {
                turn++;
                switch (part) {
                    case PRODUCTS -> frequent();
                    case SLOPES -> slopes();
                    case POOLING -> pooling();
                    case DRAWS -> draws();
                    case SELDOM -> seldom();
                }
            }
            if (isThrough(part, cycle, AllocatedBytes.ofThisThread() == before)) {
                return true;
            }
            if (cycle >= EAGER_CYCLES) {
                BackgroundCompilation.await(System.nanoTime() - begun);
            }
            begun = System.nanoTime();
        }
        return false;
    }

    /// Whether a part is compiled. What most of a step consists of need not make no objects at all: faster than plain loops is enough,
    /// and what it lacks is rehearsed with what is called seldom.
    private boolean isThrough(VectorPart part, int cycle, boolean none) {
        if (part == VectorPart.PRODUCTS) {
            return cycle >= MIN_CYCLES && (AllocatedBytes.isKnown() && none || isCompiled());
        }
        return AllocatedBytes.isKnown() ? none : cycle >= UNKNOWN_CYCLES;
    }

    private void frequent() {
        boolean transA = (turn & 1) != 0;
        boolean transB = (turn & 2) != 0;
        boolean accumulate = (turn & 4) != 0;
        // Strips of six, five, four and fewer rows; panels of three, two and one vector, whole and cut off. What is measured
        // ([#isCompiled]) is in every round.
        product(transA, transB, 11, 6 * lanes, STEPS, accumulate);
        product(transA, transB, 10, 5 * lanes, STEPS, accumulate);
        product(transA, transB, 10, lanes - 5, STEPS, accumulate);
        if (turn % 4 == 0) {
            product(transA, transB, 4 + turn / 4 % 3, 4 * lanes - 3, STEPS, accumulate);
            product(transA, transB, 3, lanes, STEPS, accumulate);
            product(transA, transB, 1, 3 * lanes + 3, STEPS, accumulate);
            product(transA, transB, 19, 1, STEPS, accumulate);
            rows(ROW);
        }
        if (turn % 32 < 4) {
            // Long and tall enough for copies of both operands.
            product(transA, transB, 12, 6 * lanes, 4 * STEPS, accumulate);
            // Tiles that fetch all rows of the next strip, or some of them.
            product(transA, transB, 12 + turn / 32 % 6, 5 * lanes, VectorGemm.AHEAD_STEPS, accumulate);
        }
    }

    /// Every register tile with every number of rows, every copy of an operand, every product by a vector.
    private void seldom() {
        boolean accumulate = (turn & 1) != 0;
        boolean transA = (turn & 2) != 0;
        int low = 1 + turn / 2 % 4;
        int high = 5 + turn / 2 % 2;
        for (int vectors = 1; vectors <= VectorMachine.TILE_VECTORS; vectors++) {
            part(transA, low, vectors * lanes, accumulate);
            part(transA, high, vectors * lanes, accumulate);
            copies(vectors * lanes - 3);
        }
        part(transA, high, lanes - 3, accumulate);
        switch (turn % 4) {
            case 0 -> product(transA, true, 2, 6 * lanes, (turn & 4) != 0 ? STEPS : 5 * STEPS + 3, accumulate);
            case 1 -> product(true, false, lanes + 3, 12 * lanes, 4 * STEPS + 3, accumulate);
            case 2 -> {
                // Sums in sixteen registers, in eight, and beside them, each with and without the others.
                int n = switch (turn / 8 % 6) {
                    case 0, 1 -> 28 * lanes + 3;
                    case 2 -> 24 * lanes;
                    case 3 -> 10 * lanes;
                    case 4 -> 3 * lanes + 3;
                    default -> 2 * lanes;
                };
                product(transA, (turn & 4) != 0, 1, n, STEPS + (turn / 8 % 2 == 0 ? 3 : 0), accumulate);
                product((turn & 4) != 0, transA, n, 1, STEPS + (turn / 8 % 2 == 0 ? 3 : 0), accumulate);
            }
            default -> rows((turn & 4) != 0 ? ROW : ROW / 2 + 3);
        }
        if (turn % LONG_TURNS < 4) {
            // More than one block of k.
            product(transA, false, 7, 6 * lanes - 3, Gemm.KC + 3, accumulate);
            product(transA, accumulate, 1, 2 * lanes + 3, Gemm.KC + STEPS + 3, (turn & 4) != 0);
            product(transA, accumulate, 2 * lanes + 3, 1, Gemm.KC + STEPS + 3, (turn & 4) != 0);
        }
    }

    private void slopes() {
        boolean add = (turn & 1) != 0;
        int length = 6 + turn / 2 % 6;
        for (int vectors = 1; vectors <= VectorMachine.TILE_VECTORS; vectors++) {
            VectorGemm.slopes(2, STEPS / 2, 3, a, 0, 8, b, 0, vectors * lanes, c, 0, length, add);
        }
    }

    private void pooling() {
        boolean adds = (turn & 1) != 0;
        int count = (turn & 2) != 0 ? 4 : PLACES;
        int channels = (2 + turn / 4 % 3) * lanes;
        for (int i = 0; i < count; i++) {
            places[i] = i * channels;
        }
        VectorPooling.greatest(a, 0, places, count, channels, c, 0);
        VectorPooling.first(a, 0, places, count, channels, b, 0, c, 0, adds);
        VectorPooling.mean(a, 0, places, count, channels, 0.25f, c, 0);
    }

    /// Groups of whole vectors, and what is left behind them.
    private void draws() {
        int n = (turn & 1) != 0 ? DRAWN : DRAWN - 6;
        Philox.normals(true, turn, 0, 0, 0, c, 0, n, scratch);
        Philox.uniforms(true, turn, 0, 0, 0, c, 0, n);
    }

    private void rows(int n) {
        VectorRows.max(a, 0, n, 0f);
        VectorRows.dot(a, 0, b, 0, n, workspace.lanes);
        VectorRows.scale(a, 0, 0.5f, c, 0, n);
        VectorRows.slopes(c, 0, b, 0, n, 0.5f, 0.5f);
        VectorLoops.weights(c, 0, n, 0.5f, -1f, workspace.lanes);
        Copy.transpose(true, a, 0, 64, 48, 48, c, 0, 64);
    }

    /// Some rows of a larger product, whose last rows fill no tile.
    private void part(boolean transA, int rows, int n, boolean accumulate) {
        task(transA, false, Math.max(2, rows), n, STEPS, 0, accumulate).vectorBlock(workspace, 0, 0, 0, rows, 0, n);
    }

    /// Copies of a right operand whose last vector reaches beyond its array, and of one that lies within.
    private void copies(int n) {
        int k = 2 * STEPS;
        float[] panels = workspace.panel(k * VectorGemm.width(n));
        Packing.right(task(false, false, 2, n, k, 0, false), 0, 0, k, 0, n, panels, 0);
        int last = SIZE - k * n;
        Packing.right(task(false, false, 2, n, k, last, false), last, 0, k, 0, n, panels, 0);
    }

    private void product(boolean transA, boolean transB, int m, int n, int k, boolean accumulate) {
        task(transA, transB, m, n, k, 0, accumulate).vectorBlock(workspace, 0, 0, 0, m, 0, n);
    }

    private GemmTask task(boolean transA, boolean transB, int m, int n, int k, int bOff, boolean accumulate) {
        return workspace.inner.of(
                transA, transB, m, n, k, a, 0, transA ? m : k, b, bOff, transB ? k : n, c, 0, n, accumulate);
    }

    /// Whether every kind of product is faster than on plain loops; one that is not compiled is far slower.
    private boolean isCompiled() {
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                if (!isFaster(transA, transB, MEASURED, 6 * lanes)) {
                    return false;
                }
            }
        }
        for (int vectors = 1; vectors <= 3; vectors++) {
            if (!isFaster(false, false, MEASURED, vectors * lanes)
                    || !isFaster(false, false, MEASURED_LOW, vectors * lanes)) {
                return false;
            }
        }
        return true;
    }

    private boolean isFaster(boolean transA, boolean transB, int m, int n) {
        GemmTask task = task(transA, transB, m, n, MEASURED, 0, false);
        long plain = Long.MAX_VALUE;
        long vector = Long.MAX_VALUE;
        for (int run = 0; run < MEASUREMENTS; run++) {
            long start = System.nanoTime();
            ScalarGemm.block(task, workspace, 0, 0, 0, m, 0, n);
            long middle = System.nanoTime();
            task.vectorBlock(workspace, 0, 0, 0, m, 0, n);
            plain = Math.min(plain, middle - start);
            vector = Math.min(vector, System.nanoTime() - middle);
        }
        return vector < plain;
    }
}
