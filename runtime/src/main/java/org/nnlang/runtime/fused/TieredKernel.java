package org.nnlang.runtime.fused;

import org.jspecify.annotations.Nullable;

/// Starts with plain loops, which the virtual machine compiles in no time, moves to vector loops over tiles, and then to
/// generated code, each when the program has proved to be worth the compilation and the code measures faster. The
/// tiers agree in every bit, so the moment of a change doesn't matter.
final class TieredKernel implements FusedKernel {
    /// Work, in the time that tiles would take, after which vector loops are worth their compilation. What an operation's
    /// loop costs, other programs share; and plain loops take ten times as long.
    private static final double WARM_NANOS = 3e6;

    /// Work after which code for this program alone is worth C2's 100 ms or so.
    private static final double HOT_NANOS = 40e6;

    /// What a call costs tiles apart from its elements.
    private static final double CALL_NANOS = 300;

    private final FusedProgram program;
    private final FusedKernel tiles;
    private final @Nullable FusedKernel generated;
    private final KernelWarmer warmer;
    private final double cost;
    private volatile FusedKernel current;

    /// Work done so far. Workers add to it without a lock: it need not be exact.
    private double nanos;

    private double nextRequest = WARM_NANOS;

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
        cost = program.elementCost();
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
        current.run(arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
        if (phase == 0 && nanos < nextRequest) {
            nanos += CALL_NANOS + cost * (rowTo - rowFrom) * (columnTo - columnFrom);
            if (nanos >= nextRequest) {
                request(arguments);
            }
        }
    }

    /// Asks for the next tier. Two workers may both come here; the second request then measures again, and no more.
    private void request(FusedArguments arguments) {
        if (nextRequest == WARM_NANOS) {
            nextRequest = generated == null ? 0 : HOT_NANOS;
            warmer.warm(this, tiles, arguments);
        } else if (generated != null) {
            nextRequest = 0;
            warmer.warm(this, generated, arguments);
        }
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
