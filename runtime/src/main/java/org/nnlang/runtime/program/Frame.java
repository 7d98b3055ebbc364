package org.nnlang.runtime.program;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.kernel.Epilogue;
import org.nnlang.runtime.kernel.HeldFactor;
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
    /// For each step the first that is neither it nor of its rounds.
    final int[] ends;
    /// Those around others first.
    Rounds[] repeats = {};

    long seed;
    int step = 1;
    int epoch = 1;

    Frame(Team team, int extents, int steps) {
        this.team = team;
        this.extents = new int[extents];
        bound = new BoundStep[steps];
        ends = new int[steps];
    }

    /// How many steps there are.
    public int steps() {
        return bound.length;
    }

    /// Runs one step, with all its rounds.
    public void run(int step) {
        bound[step].run();
    }

    /// Runs the steps from `from` up to `to`.
    public void run(int from, int to) {
        for (int step = from; step < to; step = end(step)) {
            bound[step].run();
        }
    }

    /// Where the steps go on after a step and its rounds.
    int end(int step) {
        return ends[step];
    }

    /// Goes to the next round of a repeated part; false after the last.
    public boolean next(int step) {
        return ((Rounds) bound[step]).next();
    }

    /// Before the first round of everything: a run that was broken off may have left some in the middle.
    void rewind() {
        for (int i = 0; i < repeats.length; i++) {
            repeats[i].rewind();
        }
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

    /// The right operand of a step's product, packed once for many runs, or null.
    public @Nullable HeldFactor held(int step) {
        return bound[step].held();
    }

    /// What follows a step's product block by block, or null.
    public @Nullable Epilogue epilogue(int step) {
        return bound[step].loop();
    }
}
