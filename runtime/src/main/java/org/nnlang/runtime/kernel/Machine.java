package org.nnlang.runtime.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import org.nnlang.runtime.Switch;

/// What the machine and the virtual machine offer to the kernels.
public final class Machine {
    private static final String MODULE = "jdk.incubator.vector";

    /// Switches the vector kernels off although the module is there, to compare: `-Dnnlang.vectors=off`. With `now` they run
    /// from the first call on, compiled or not: for tests, and for measurements of products.
    public static final Switch SWITCH = Switch.of("nnlang.vectors", "on", "off", "now");

    private static final boolean VECTORS =
            (ModuleLayer.boot().findModule(MODULE).isPresent() || LateModule.load(MODULE))
                    && !"off".equals(System.getProperty(SWITCH.name()));

    private static final AtomicBoolean ANNOUNCED = new AtomicBoolean();

    private Machine() {}

    /// Whether kernels run on the Vector API; otherwise each runs its scalar spelling and gives the same bits.
    public static boolean vectors() {
        return VECTORS;
    }

    /// Whether vector code shall run from the first call on, without waiting for its compilation.
    static boolean startsWithVectors() {
        return "now".equals(System.getProperty(SWITCH.name()));
    }

    /// Floats in one of the vectors that the kernels use: 16, 8 or 4, or 1 where they are scalar.
    public static int lanes() {
        return VECTORS ? VectorMachine.LANES : 1;
    }

    /// One line about what the kernels use here, such as `512-bit vectors`.
    public static String description() {
        return VECTORS ? 32 * VectorMachine.LANES + "-bit vectors" : "scalar kernels";
    }

    /// What to tell a user whose JVM was started without the vector module, or the empty string.
    ///
    /// @throws org.nnlang.runtime.NnException NN0863 where somebody wanted something else that there is not
    public static String announcement() {
        SWITCH.value();
        return VECTORS
                ? ""
                : "running scalar kernels, which are many times slower: start java with --add-modules " + MODULE;
    }

    /// Logs the announcement, if there is one, the first time that it is asked to: for programs in Java, which have no
    /// command line to say it on.
    ///
    /// @throws org.nnlang.runtime.NnException NN0863 where somebody wanted something else that there is not
    public static void announce() {
        String announcement = announcement();
        if (!announcement.isEmpty() && !ANNOUNCED.getAndSet(true)) {
            System.getLogger("org.nnlang").log(System.Logger.Level.WARNING, announcement);
        }
    }

    /// Measures the peak of one thread in GFLOP/s: independent fused multiply-adds in registers, the best of many
    /// short runs, about 0.2 s in all. What a benchmark divides by.
    public static double fmaPeak() {
        return VECTORS ? VectorMachine.fmaPeak() : scalarPeak();
    }

    private static double scalarPeak() {
        int rounds = 200_000;
        double best = 0;
        float sink = 0;
        for (int run = 0; run < 100; run++) {
            long start = System.nanoTime();
            sink += scalarChains(rounds, 0.999f, run);
            best = Math.max(best, 2.0 * 8 * rounds / (System.nanoTime() - start));
        }
        return sink == Float.MIN_VALUE ? 0 : best;
    }

    private static float scalarChains(int rounds, float factor, float start) {
        float a = start;
        float b = start + 1;
        float c = start + 2;
        float d = start + 3;
        float e = start + 4;
        float f = start + 5;
        float g = start + 6;
        float h = start + 7;
        for (int i = 0; i < rounds; i++) {
            a = Math.fma(a, factor, 1f);
            b = Math.fma(b, factor, 1f);
            c = Math.fma(c, factor, 1f);
            d = Math.fma(d, factor, 1f);
            e = Math.fma(e, factor, 1f);
            f = Math.fma(f, factor, 1f);
            g = Math.fma(g, factor, 1f);
            h = Math.fma(h, factor, 1f);
        }
        return a + b + c + d + e + f + g + h;
    }
}
