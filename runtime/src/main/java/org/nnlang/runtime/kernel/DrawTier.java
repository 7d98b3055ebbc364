package org.nnlang.runtime.kernel;

/// Which spelling draws random numbers. Vector code takes hundreds of times as long until C2 has compiled it, and most programs
/// draw the initial weights and little else: so draws begin on plain loops, and when many numbers have been drawn a thread
/// in the background lets the vector spelling be compiled. Both give the same bits.
final class DrawTier {
    /// Numbers after which vectors are worth their compilation; plain loops have taken some 300 ms by then.
    static final long MANY = 40_000_000;

    /// Numbers drawn at a time while warming, enough for whole vectors and few enough for the interpreter.
    private static final int WARMING = 256;

    /// Calls after which C2 has been asked for the methods, whatever their loops did.
    private static final int MIN_CALLS = 6_000;

    /// Nanoseconds a number below which the code is compiled.
    private static final double COMPILED_NANOS = 12;

    private static final long MAX_WARMING_NANOS = 4_000_000_000L;

    private static volatile boolean vectors;

    /// Callers may count past each other: it need not be exact.
    private static long drawn;

    private DrawTier() {}

    /// Whether vectors draw.
    static boolean vectors() {
        return vectors;
    }

    /// From now on draws with vectors, or without; for tests, and for the end of warming.
    static void use(boolean withVectors) {
        vectors = withVectors;
    }

    /// Counts numbers about to be drawn.
    static void count(int numbers) {
        if (drawn >= MANY) {
            return;
        }
        drawn += numbers;
        if (drawn >= MANY && Machine.vectors()) {
            warm();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all it is: results do not depend on it
    private static void warm() {
        Thread warmer = new Thread(DrawTier::compile, "nn-draws");
        warmer.setDaemon(true);
        warmer.setPriority(Thread.MIN_PRIORITY);
        warmer.start();
    }

    private static void compile() {
        float[] out = new float[WARMING];
        float[] scratch = new float[Philox.SCRATCH];
        long begin = System.nanoTime();
        double best = Double.MAX_VALUE;
        for (int calls = 0; calls < MIN_CALLS || best > COMPILED_NANOS; calls++) {
            long start = System.nanoTime();
            Philox.normals(true, calls, 0, 0, 0, out, 0, WARMING, scratch);
            long end = System.nanoTime();
            best = Math.min(best, (double) (end - start) / WARMING);
            if (end - begin > MAX_WARMING_NANOS) {
                break;
            }
        }
        use(true);
    }
}
