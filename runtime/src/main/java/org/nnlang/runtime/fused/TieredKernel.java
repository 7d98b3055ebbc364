package org.nnlang.runtime.fused;

import org.jspecify.annotations.Nullable;

/// Starts with plain loops, which the virtual machine compiles in no time, and moves to vector loops over tiles or to
/// generated code when the program has proved to be worth the compilation and the code measures faster. The tiers
/// agree in every bit, so the moment of a change doesn't matter.
final class TieredKernel implements FusedKernel {
    /// Time spent on plain loops after which vector loops are worth their compilation, of which other programs have their
    /// share: plain loops take ten times as long.
    private static final long WARM_NANOS = 15_000_000;

    /// Time spent in all after which code for this program alone is worth C2's 100 ms or so on another core.
    private static final long HOT_NANOS = 50_000_000;

    /// Each comes after twice the time of the one before: a machine that is busy with other things may not have compiled it by then.
    private static final int MAX_ATTEMPTS = 6;

    private final FusedProgram program;
    private final FusedKernel tiles;
    private final @Nullable FusedKernel generated;
    private final KernelWarmer warmer;
    private volatile FusedKernel current;

    /// Time spent so far. Workers add to it without a lock: it need not be exact.
    private long nanos;

    private long nextRequest = WARM_NANOS;
    private boolean requested;
    private int tileAttempts;
    private int generatedAttempts;
    private boolean generatedFailed;

    TieredKernel(
            FusedProgram program,
            FusedKernel scalar,
            FusedKernel tiles,
            @Nullable FusedKernel generated,
            KernelWarmer warmer) {
        this.program = program;
        this.tiles = tiles;
        this.generated = generated;
        this.warmer = warmer;
        current = scalar;
    }

    @Override
    public void run(
            FusedArguments arguments,
            FusedScratch scratch,
            int phase,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo) {
        if (nextRequest == 0) {
            current.run(arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
            return;
        }
        long start = System.nanoTime();
        current.run(arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
        nanos += System.nanoTime() - start;
        if (nanos >= nextRequest && !requested) {
            request(arguments);
        }
    }

    /// Asks for a faster tier. Two workers may both come here; the second request then measures again, and no more.
    private void request(FusedArguments arguments) {
        requested = true;
        warmer.warm(this, arguments);
    }

    /// What to try next: generated code where the program is hot, or nothing else is left; tiles otherwise.
    FusedKernel candidate() {
        boolean tilesOpen = tileAttempts < MAX_ATTEMPTS;
        boolean hot = nanos >= HOT_NANOS && !generatedFailed;
        return generated != null && isGeneratedOpen() && (hot || !tilesOpen) ? generated : tiles;
    }

    private boolean isGeneratedOpen() {
        return generated != null && generatedAttempts < MAX_ATTEMPTS;
    }

    /// A request has been answered: watches for the next tier, or tries again later, since a busy machine may not have
    /// compiled it in time.
    void answered(FusedKernel candidate, boolean switched) {
        if (candidate == tiles) {
            tileAttempts = switched ? MAX_ATTEMPTS : tileAttempts + 1;
        } else {
            generatedAttempts = switched ? MAX_ATTEMPTS : generatedAttempts + 1;
            tileAttempts = switched ? MAX_ATTEMPTS : tileAttempts;
        }
        generatedFailed = candidate == generated && !switched && tileAttempts < MAX_ATTEMPTS;
        if (tileAttempts >= MAX_ATTEMPTS && !isGeneratedOpen()) {
            nextRequest = 0;
        } else if (generatedFailed) {
            nextRequest = 1; // tiles at once
        } else {
            nextRequest = switched ? HOT_NANOS : 2 * nanos;
        }
        requested = false;
    }

    /// The time spent while it was watched.
    long nanos() {
        return nanos;
    }

    FusedProgram program() {
        return program;
    }

    /// From now on runs on `kernel`.
    void use(FusedKernel kernel) {
        current = kernel;
    }

    /// What it runs on.
    FusedKernel current() {
        return current;
    }

    boolean isGenerated() {
        return current == generated;
    }
}
