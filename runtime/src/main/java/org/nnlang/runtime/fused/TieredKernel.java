package org.nnlang.runtime.fused;

/// Runs on tiles until it has proved hot, and then on generated code if that measures faster. The tiers agree in every
/// bit, so the moment of the change doesn't matter.
final class TieredKernel implements FusedKernel {
    /// What C2 needs for one kernel, about: a program that will not spend as much on this one isn't kept waiting for it.
    private static final double HOT_NANOS = 40e6;

    private final FusedProgram program;
    private final FusedKernel tiles;
    private final FusedKernel generated;
    private final KernelWarmer warmer;
    private final double cost;
    private volatile FusedKernel current;

    /// Work done so far. Workers add to it without a lock: it need not be exact.
    private double nanos;

    private boolean watched = true;

    TieredKernel(FusedProgram program, FusedKernel tiles, FusedKernel generated, KernelWarmer warmer) {
        this.program = program;
        this.tiles = tiles;
        this.generated = generated;
        this.warmer = warmer;
        current = tiles;
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
        if (watched && phase == 0) {
            nanos += cost * (rowTo - rowFrom) * (columnTo - columnFrom);
            if (nanos > HOT_NANOS) {
                watched = false;
                warmer.warm(this, arguments.rows(), arguments.columns());
            }
        }
    }

    FusedProgram program() {
        return program;
    }

    FusedKernel tiles() {
        return tiles;
    }

    FusedKernel generated() {
        return generated;
    }

    /// From now on runs on `kernel`.
    void use(FusedKernel kernel) {
        current = kernel;
    }

    /// What it runs on.
    FusedKernel current() {
        return current;
    }
}
