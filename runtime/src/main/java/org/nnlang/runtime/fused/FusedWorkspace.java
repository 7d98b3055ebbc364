package org.nnlang.runtime.fused;

/// The scratch memory of a team's workers, shared by all programs that the team runs, one at a time. So it stays in the
/// cores' caches.
public final class FusedWorkspace {
    private final FusedScratch[] scratches;

    /// For a team of `workers` members.
    public FusedWorkspace(int workers) {
        scratches = new FusedScratch[workers];
        for (int worker = 0; worker < workers; worker++) {
            scratches[worker] = new FusedScratch();
        }
    }

    /// How many workers there is memory for.
    public int workers() {
        return scratches.length;
    }

    /// The memory of one worker.
    public FusedScratch scratch(int worker) {
        return scratches[worker];
    }

    /// Makes room for blocks of `rows` rows by `columns` columns of a program.
    void reserve(FusedProgram program, int rows, int columns) {
        TileExecutor.Needs needs = TileExecutor.needs(program);
        for (FusedScratch scratch : scratches) {
            scratch.reserve(
                    needs.floats(),
                    needs.ints(),
                    program.results(),
                    program.results() * rows,
                    program.keptFloats() * rows * columns,
                    program.keptInts() * rows * columns);
            scratch.tile.reserve(program.instructions().size());
        }
    }
}
