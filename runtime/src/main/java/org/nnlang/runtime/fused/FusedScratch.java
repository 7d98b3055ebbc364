package org.nnlang.runtime.fused;

/// The memory in which one worker runs fused programs, one after another: what a row's phases hand to each other. It
/// grows when programs are bound and not when they run.
///
/// The result of reduction `slot` for the row `row` is entry `slot * pitch() + row - rowBase()`. Where one row is shared
/// by several workers, a phase writes its block's partial results to arrays of their own, at `slot * pitchOut() + out()`.
public final class FusedScratch {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /// Tile registers, then lanes: never handed from one phase to the next.
    float[] registers = NO_FLOATS;
    int[] intRegisters = NO_INTS;
    float[] lanes = NO_FLOATS;
    int[] intLanes = NO_INTS;
    int[] indexLanes = NO_INTS;

    Results own = new Results(0);
    float[] ownKept = NO_FLOATS;
    int[] ownIntKept = NO_INTS;

    Results results = own;
    Results resultsOut = own;
    int pitch;
    int pitchOut;
    int rowBase;
    int out;
    float[] kept = NO_FLOATS;
    int[] intKept = NO_INTS;
    int keptPitch;
    int keptRow;

    float[] columns = NO_FLOATS;
    int[] intColumns = NO_INTS;
    int columnsPitch;
    int columnsAt;

    /// Where each register of the tile tier lies; see [TileExecutor].
    final TileRegisters tile = new TileRegisters();

    FusedScratch() {}

    /// Results of reductions: an f32, an i32, or the index that goes with either.
    static final class Results {
        float[] floats;
        int[] ints;
        int[] indices;

        Results(int size) {
            floats = new float[size];
            ints = new int[size];
            indices = new int[size];
        }

        void reserve(int size) {
            if (floats.length < size) {
                floats = new float[size];
                ints = new int[size];
                indices = new int[size];
            }
        }
    }

    /// Makes room for a program's needs.
    void reserve(int registerFloats, int registerInts, int slots, int resultCount, int keptFloats, int keptInts) {
        registers = registers.length < registerFloats ? new float[registerFloats] : registers;
        intRegisters = intRegisters.length < registerInts ? new int[registerInts] : intRegisters;
        if (lanes.length < slots * Reduction.LANES) {
            lanes = new float[slots * Reduction.LANES];
            intLanes = new int[slots * Reduction.LANES];
            indexLanes = new int[slots * Reduction.LANES];
        }
        own.reserve(resultCount);
        ownKept = ownKept.length < keptFloats ? new float[keptFloats] : ownKept;
        ownIntKept = ownIntKept.length < keptInts ? new int[keptInts] : ownIntKept;
    }

    /// Results and kept rows are this worker's own, for `rows` rows from `rowFrom` of `width` columns.
    void useOwn(int rowFrom, int rows, int width) {
        results = own;
        resultsOut = own;
        pitch = rows;
        pitchOut = rows;
        rowBase = rowFrom;
        out = 0;
        kept = ownKept;
        intKept = ownIntKept;
        keptPitch = rows * width;
        keptRow = width;
    }

    /// Results and the kept row are shared: results of row `row` are read from `known` and a block's go to `partials`.
    void useShared(int row, Results known, Results partials, int pitchOfPartials, int block) {
        results = known;
        resultsOut = partials;
        pitch = 1;
        pitchOut = pitchOfPartials;
        rowBase = row;
        out = block;
    }

    /// The kept rows are those of all workers.
    void useSharedKept(float[] floats, int[] ints, int width) {
        kept = floats;
        intKept = ints;
        keptPitch = width;
        keptRow = width;
    }

    /// The f32 results of earlier phases.
    public float[] results() {
        return results.floats;
    }

    /// The i32 results of earlier phases.
    public int[] intResults() {
        return results.ints;
    }

    /// The index results of earlier phases.
    public int[] indexResults() {
        return results.indices;
    }

    /// Where this phase's f32 results go.
    public float[] resultsOut() {
        return resultsOut.floats;
    }

    /// Where this phase's i32 results go.
    public int[] intResultsOut() {
        return resultsOut.ints;
    }

    /// Where this phase's index results go.
    public int[] indexResultsOut() {
        return resultsOut.indices;
    }

    /// Where reduction `slot`'s result for a row stands.
    public int result(int slot, int row) {
        return slot * pitch + row - rowBase;
    }

    /// Where reduction `slot`'s result for a row goes.
    public int resultOut(int slot, int row) {
        return slot * pitchOut + out + row - rowBase;
    }

    /// Memory for registers of type f32 that a later phase reads.
    public float[] kept() {
        return kept;
    }

    /// Memory for registers of type i32 and bool (0 and 1) that a later phase reads.
    public int[] intKept() {
        return intKept;
    }

    /// Where column 0 of a kept register's row lies.
    public int kept(int slot, int row) {
        return slot * keptPitch + (row - rowBase) * keptRow;
    }

    /// Lanes of reduction `slot` on f32 begin at `slot * 16`.
    public float[] lanes() {
        return lanes;
    }

    /// Lanes of reductions on i32.
    public int[] intLanes() {
        return intLanes;
    }

    /// The index that goes with each lane.
    public int[] indexLanes() {
        return indexLanes;
    }

    /// The partial results of reductions over rows, on f32.
    public float[] columns() {
        return columns;
    }

    /// The partial results of reductions over rows, on i32.
    public int[] intColumns() {
        return intColumns;
    }

    /// Where column 0 of the current chunk's partial result of row reduction `slot` lies.
    public int columns(int slot) {
        return slot * columnsPitch + columnsAt;
    }
}
