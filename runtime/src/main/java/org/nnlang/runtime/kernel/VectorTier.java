package org.nnlang.runtime.kernel;

/// Which spelling products, transpositions and rows of attention have. Vector code takes hundreds of times as long until C2 has
/// compiled it: the first step of a training would last seconds. So everything begins on plain loops, which are compiled in
/// milliseconds, and when products have been worth it a thread in the background lets the vector spelling be compiled.
/// Both give the same bits.
final class VectorTier {
    /// Floating-point operations of products after which vectors are worth their compilation: a second or so of plain loops.
    /// A short run has no use for it, and its first step needs the processors and the JIT compiler itself.
    private static final long WORTH = 12_000_000_000L;

    /// What a product costs besides, in operations: many small ones are worth vectors as few large ones are.
    private static final long CALL = 20_000;

    /// Steps of k while warming, enough for a loop and few enough for the interpreter.
    private static final int STEPS = 16;

    /// Rounds after which C2 has been asked for the methods, whatever their loops did.
    private static final int MIN_ROUNDS = 700;

    /// Rounds after which C2 has been asked for the tiles that are needed seldom.
    private static final int SELDOM_ROUNDS = 900;

    private static final int ROUNDS_BETWEEN = 50;

    /// Rounds after which it is given up: a virtual machine without C2 never gets there, and plain loops are right for it.
    private static final int MAX_ROUNDS = 30_000;

    /// Rows, columns and steps of products that are measured; so many rows are strips of six, or of four.
    private static final int MEASURED = 96;

    private static final int MEASURED_LOW = 8;
    private static final int MEASUREMENTS = 5;

    private static volatile boolean vectors = Machine.vectors() && Machine.startsWithVectors();

    /// Callers may count past each other: it need not be exact.
    private static long counted;

    private static volatile boolean warming;

    private VectorTier() {}

    /// Whether vector code runs.
    static boolean vectors() {
        return vectors;
    }

    /// From now on runs vector code, or plain loops; for tests, and for the end of warming.
    static synchronized void use(boolean withVectors) {
        vectors = withVectors && Machine.vectors();
        warming = false;
        counted = 0;
    }

    /// Counts a product about to be computed, of `flops` operations.
    static void count(double flops) {
        if (!vectors && !warming) {
            counted += (long) flops + CALL;
            if (counted >= WORTH && Machine.vectors()) {
                warm();
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all it is: results do not depend on it
    private static synchronized void warm() {
        if (warming) {
            return;
        }
        warming = true;
        Thread warmer = new Thread(VectorTier::compile, "nn-vectors");
        warmer.setDaemon(true);
        warmer.setPriority(Thread.MIN_PRIORITY);
        warmer.start();
    }

    private static void compile() {
        var rehearsal = new Rehearsal();
        for (int round = 1; round <= MAX_ROUNDS; round++) {
            rehearsal.round();
            if (round >= MIN_ROUNDS && round % ROUNDS_BETWEEN == 0 && rehearsal.isCompiled()) {
                vectors = true;
                // A tile that a step needs once would be left to the interpreter for hundreds of steps, which makes an object of each
                // vector.
                for (int more = 0; more < SELDOM_ROUNDS; more++) {
                    rehearsal.seldom();
                }
                return;
            }
        }
    }

    /// Small work of every kind on memory of its own: whatever is not rehearsed would run in the interpreter after the change.
    private static final class Rehearsal {
        private static final int SIDE = 512;

        private final Workspace workspace = new Workspace();
        private final float[] a = new float[SIDE * SIDE / 4];
        private final float[] b = new float[SIDE * SIDE / 4];
        private final float[] c = new float[SIDE * SIDE / 4];
        private final int lanes = VectorMachine.LANES;
        private int turn;

        void round() {
            turn++;
            boolean transA = (turn & 1) != 0;
            boolean transB = (turn & 2) != 0;
            boolean accumulate = (turn & 4) != 0;
            // Strips of six, five, four and fewer rows; panels of three, two and one vector, whole and cut off.
            product(transA, transB, 11, 6 * lanes, STEPS, accumulate);
            product(transA, transB, 10, 2 * lanes, STEPS, accumulate);
            product(transA, transB, 6, lanes - 5, STEPS, accumulate);
            if (turn % 4 == 0) {
                product(transA, transB, 4 + turn / 4 % 3, 4 * lanes - 3, STEPS, accumulate);
                product(transA, transB, 3, lanes, STEPS, accumulate);
                product(transA, transB, 1, 3 * lanes + 3, STEPS, accumulate);
                product(transA, transB, 19, 1, STEPS, accumulate);
                rows();
            }
            if (turn % 32 < 4) {
                // Long and tall enough for copies of both operands.
                product(transA, transB, 12, 6 * lanes, 4 * STEPS, accumulate);
            }
        }

        /// The last rows and columns of products that fill no tile.
        void seldom() {
            turn++;
            boolean transA = (turn & 1) != 0;
            boolean accumulate = (turn & 2) != 0;
            for (int vectors = 1; vectors <= 3; vectors++) {
                product(transA, false, 4, vectors * lanes, 2 * STEPS, accumulate);
            }
            product(transA, false, 6, lanes, 2 * STEPS, accumulate);
        }

        private void rows() {
            VectorRows.max(a, 0, SIDE / 4, 0f);
            VectorRows.sum(a, 0, SIDE / 4, workspace.lanes);
            VectorRows.dot(a, 0, b, 0, SIDE / 4, workspace.lanes);
            VectorMath.exp(a, 0, c, 0, SIDE / 4);
            Copy.transpose(true, a, 0, 64, 48, 48, c, 0, 64);
        }

        private void product(boolean transA, boolean transB, int m, int n, int k, boolean accumulate) {
            task(transA, transB, m, n, k, accumulate).vectorBlock(workspace, 0, 0, 0, m, 0, n);
        }

        private GemmTask task(boolean transA, boolean transB, int m, int n, int k, boolean accumulate) {
            return workspace.inner.of(
                    transA, transB, m, n, k, a, 0, transA ? m : k, b, 0, transB ? k : n, c, 0, n, accumulate);
        }

        /// Whether every kind of product is faster than on plain loops; one that is not compiled is far slower.
        boolean isCompiled() {
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
            GemmTask task = task(transA, transB, m, n, MEASURED, false);
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
}
