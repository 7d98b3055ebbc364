package org.nnlang.runtime.kernel;

/// Which spelling products, transpositions and rows of attention have. Vector code takes hundreds of times as long until C2 has
/// compiled it: the first step of a training would last seconds. So everything begins on plain loops, which are compiled in
/// milliseconds, and when products have been worth it a thread in the background lets the vector spelling be compiled.
/// Both give the same bits.
final class VectorTier {
    /// Floating-point operations of products after which vectors are worth their compilation, which takes as long as
    /// plain loops need for ten times as many. A short run has no use for it, and its first step needs the compiler itself.
    private static final long WORTH = 1_000_000_000;

    /// Steps of k while warming, enough for a loop and few enough for the interpreter.
    private static final int STEPS = 16;

    /// Rounds after which C2 has been asked for the methods, whatever their loops did.
    private static final int MIN_ROUNDS = 700;

    /// Vector code that is compiled is at least so many times faster than plain loops; until then it is far slower.
    private static final double COMPILED = 1.2;

    /// Rounds after which C2 has been asked for the tiles that are needed seldom.
    private static final int SELDOM_ROUNDS = 900;

    private static final int MEASURED = 96;
    private static final int ROUNDS_BETWEEN = 50;
    private static final long MAX_WARMING_NANOS = 6_000_000_000L;

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
            counted += (long) flops;
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
        long begin = System.nanoTime();
        for (int round = 1;; round++) {
            rehearsal.round();
            boolean late = System.nanoTime() - begin > MAX_WARMING_NANOS;
            if (late || round >= MIN_ROUNDS && round % ROUNDS_BETWEEN == 0 && rehearsal.isCompiled()) {
                break;
            }
        }
        use(true);
        // A tile that a step needs once would be left to the interpreter for hundreds of steps, which makes an object of each vector.
        for (int round = 0; round < SELDOM_ROUNDS; round++) {
            rehearsal.seldom();
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

        /// Whether all kinds of products are faster than plain loops.
        boolean isCompiled() {
            for (int kind = 0; kind < 4; kind++) {
                GemmTask task = task((kind & 1) != 0, (kind & 2) != 0, MEASURED, MEASURED, MEASURED, false);
                long plain = Long.MAX_VALUE;
                long vector = Long.MAX_VALUE;
                for (int run = 0; run < 5; run++) {
                    long start = System.nanoTime();
                    ScalarGemm.block(task, workspace, 0, 0, 0, MEASURED, 0, MEASURED);
                    long middle = System.nanoTime();
                    task.vectorBlock(workspace, 0, 0, 0, MEASURED, 0, MEASURED);
                    plain = Math.min(plain, middle - start);
                    vector = Math.min(vector, System.nanoTime() - middle);
                }
                if (vector * COMPILED > plain) {
                    return false;
                }
            }
            return true;
        }
    }
}
