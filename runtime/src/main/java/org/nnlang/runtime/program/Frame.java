package org.nnlang.runtime.program;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.kernel.Epilogue;
import org.nnlang.runtime.kernel.Team;

/// What a program works on: segments, extents, and its steps bound to both. Belongs to one [Instance].
public final class Frame {
    /// One array for each [Segment].
    final float[][] floats = new float[Segment.COUNT][];
    final int[][] ints = new int[Segment.COUNT][];
    /// The image's extents.
    final int[] extents;
    final Team team;
    final BoundStep[] bound;

    long seed;
    int step = 1;
    int epoch = 1;

    Frame(Team team, int extents, int steps) {
        this.team = team;
        this.extents = new int[extents];
        bound = new BoundStep[steps];
    }

    /// How many steps there are.
    public int steps() {
        return bound.length;
    }

    /// Runs one step.
    public void run(int step) {
        bound[step].run();
    }

    /// The floats of a segment, by its ordinal.
    public float[] floats(int segment) {
        return floats[segment];
    }

    /// The ints of a segment, by its ordinal.
    public int[] ints(int segment) {
        return ints[segment];
    }

    /// An extent.
    public int extent(int index) {
        return extents[index];
    }

    /// The threads.
    public Team team() {
        return team;
    }

    /// The fused loop of a step.
    public FusedLaunch loop(int step) {
        FusedLaunch launch = bound[step].loop();
        if (launch == null) {
            throw new IllegalStateException("step " + step + " has no loop");
        }
        return launch;
    }

    /// What follows a step's product block by block, or null.
    public @Nullable Epilogue epilogue(int step) {
        return bound[step].loop();
    }
}
