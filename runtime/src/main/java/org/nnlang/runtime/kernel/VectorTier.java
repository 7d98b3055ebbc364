package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// Which spelling products, transpositions, rows of attention, slopes of convolutions and pooling have. Vector code takes hundreds of
/// times as long until C2 has compiled it: the first step of a training would last seconds. So everything begins on plain loops, which
/// are compiled in milliseconds, and when products have been worth it a thread in the background lets the vector spelling be
/// compiled ([Rehearsal]). Both give the same bits.
final class VectorTier {
    /// Floating-point operations of products after which vectors are worth their compilation: a second or so of plain loops.
    /// A short run has no use for it, and its first step needs the processors and the JIT compiler itself.
    private static final long WORTH = 12_000_000_000L;

    /// What a product costs besides, in operations: many small ones are worth vectors as few large ones are.
    private static final long CALL = 20_000;

    /// Callers may count past each other: it need not be exact.
    private static long counted;

    /// Whether something is left to rehearse.
    private static volatile boolean open = true;

    private static volatile boolean warming;

    static {
        VectorPart.PRODUCTS.want();
    }

    private VectorTier() {}

    /// Whether products, transpositions and rows of attention run on vectors.
    static boolean vectors() {
        return VectorPart.PRODUCTS.vectors();
    }

    /// Says, when a kernel is bound, that it is going to run `part`.
    static synchronized void want(VectorPart part) {
        part.want();
        open |= part.isOpen();
    }

    /// From now on runs vector code, or plain loops, which may be rehearsed again; for tests.
    static synchronized void use(boolean withVectors) {
        for (VectorPart part : VectorPart.values()) {
            part.use(withVectors && Machine.vectors());
            part.rehearsed(withVectors);
        }
        warming = false;
        open = !withVectors;
        counted = 0;
    }

    /// Counts a product about to be computed, of `flops` operations.
    static void count(double flops) {
        if (open && !warming) {
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
        // Products change as soon as what is called most often is fast; what is called once in a step is seen to afterwards.
        if (!vectors() && !rehearsal.products()) {
            return;
        }
        VectorPart.PRODUCTS.use(true);
        for (VectorPart part = next(); part != null; part = next()) {
            rehearsal.settle(part);
            part.rehearsed(true);
            part.use(true);
        }
    }

    /// The next part to rehearse, or null, and then the rehearsal is over.
    private static synchronized @Nullable VectorPart next() {
        for (VectorPart part : VectorPart.values()) {
            if (part.isOpen()) {
                return part;
            }
        }
        open = false;
        warming = false;
        return null;
    }
}
