package org.nnlang.runtime.kernel;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which spelling products, transpositions, rows of attention, slopes of convolutions, pooling and random numbers have. Vector code takes
/// hundreds of times as long until C2 has compiled it: the first step of a training would last seconds. So everything begins on plain
/// loops, which are compiled in milliseconds, and when vectors are worth it a thread in the background lets the vector spelling be
/// compiled ([Rehearsal]). Both give the same bits.
final class VectorTier {
    /// Floating-point operations of products after which vectors are worth their compilation: a second or so of plain loops.
    /// A short run has no use for it, and its first step needs the processors and the JIT compiler itself.
    private static final long WORTH = 12_000_000_000L;

    /// What a product costs besides, in operations: many small ones are worth vectors as few large ones are.
    private static final long CALL = 20_000;

    /// Random numbers after which vectors are worth their compilation: plain loops have taken some 300 ms by then.
    static final long MANY_DRAWS = 40_000_000;

    /// Callers may count past each other: it need not be exact.
    private static long counted;

    private static long drawn;

    /// Whether products have been enough for vectors.
    private static volatile boolean worth;

    /// Parts that are worth their compilation as soon as products are.
    private static final Set<VectorPart> BESIDE = EnumSet.of(VectorPart.PRODUCTS, VectorPart.SELDOM);

    private static volatile boolean warming;

    private VectorTier() {}

    /// Whether products, transpositions and rows of attention run on vectors.
    static boolean vectors() {
        return VectorPart.PRODUCTS.vectors();
    }

    /// Says, when a kernel is bound, that it is going to run `part`, whose operations count as those of products do.
    static synchronized void want(VectorPart part) {
        if (worth) {
            rehearse(part);
        } else {
            BESIDE.add(part);
        }
    }

    /// From now on runs vector code, or plain loops, which may be rehearsed again; for tests.
    static synchronized void use(boolean withVectors) {
        for (VectorPart part : VectorPart.values()) {
            part.use(withVectors && Machine.vectors());
            part.rehearsed(withVectors);
        }
        warming = false;
        worth = withVectors;
        counted = 0;
        drawn = 0;
    }

    /// Counts a product about to be computed, of `flops` operations.
    static void count(double flops) {
        if (!worth) {
            counted += (long) flops + CALL;
            if (counted >= WORTH) {
                begin();
            }
        }
    }

    private static synchronized void begin() {
        worth = true;
        BESIDE.forEach(VectorTier::rehearse);
    }

    /// Counts random numbers about to be drawn.
    static void draw(int numbers) {
        if (drawn < MANY_DRAWS) {
            drawn += numbers;
            if (drawn >= MANY_DRAWS) {
                rehearse(VectorPart.DRAWS);
            }
        }
    }

    private static synchronized void rehearse(VectorPart part) {
        part.want();
        if (warming || !part.isOpen() || !Machine.vectors()) {
            return;
        }
        warming = true;
        BackgroundCompilation.start("nn-vectors", VectorTier::compile);
    }

    private static void compile() {
        var rehearsal = new Rehearsal();
        for (VectorPart part = next(); part != null; part = next()) {
            if (!rehearsal.settle(part)) {
                // A virtual machine that compiles no vectors: plain loops are right for it, and nothing is tried again.
                return;
            }
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
        warming = false;
        return null;
    }
}
