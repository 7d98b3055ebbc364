package org.nnlang.runtime.fused;

import java.util.Arrays;
import org.nnlang.runtime.fused.Instruction.ReduceRows;

/// A program's operands and sizes, as one run of it finds them: set once when a program is bound to its sizes, and read
/// by every tier.
///
/// Neighbouring dimensions that lie in memory as one are merged, so that dense operands make one long row; rows are
/// counted over all outer dimensions in row-major order, merged or not.
public final class FusedArguments {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    private final FusedProgram program;
    private final int[] sizes;
    private final int[] outer;
    private final int givenColumns;

    private final float[][] floats;
    private final int[][] ints;
    private final int[] base;
    private final int[][] givenStrides;
    private final int[] columnStride;
    private final boolean[] reducesRows;

    private boolean sealed;
    private boolean mergesColumns = true;
    private int rows;
    private int columns;
    private int mergedRank;
    private int[] mergedOuter = NO_INTS;
    private int[][] strides;
    private int[] rowStride;
    /// The dimensions of each operand, after merging those that lie as one in its own memory.
    private final Walk[] walks;
    private long[] overlaps;

    /// @param outer the sizes of the outer dimensions
    /// @param columns the size of the inner dimension
    /// @param sizes the table that [Instruction.Size] reads
    public FusedArguments(FusedProgram program, int[] outer, int columns, int[] sizes) {
        require(outer.length == program.outerRank(), "as many outer sizes as the program has dimensions");
        require(sizes.length >= program.sizes(), "a size for every entry that the program reads");
        this.program = program;
        this.outer = outer.clone();
        this.givenColumns = columns;
        this.sizes = sizes.clone();
        int count = program.operands().size();
        floats = new float[count][];
        ints = new int[count][];
        base = new int[count];
        givenStrides = new int[count][];
        columnStride = new int[count];
        reducesRows = new boolean[count];
        strides = new int[count][];
        rowStride = new int[count];
        walks = new Walk[count];
        overlaps = new long[count];
        Arrays.fill(floats, NO_FLOATS);
        Arrays.fill(ints, NO_INTS);
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof ReduceRows rowsReduced) {
                reducesRows[rowsReduced.operand()] = true;
            }
        }
        long total = columns;
        for (int size : outer) {
            require(size >= 0, "sizes that are not negative");
            total *= size;
            require(total <= Integer.MAX_VALUE, "an iteration space below 2³¹");
        }
        require(columns >= 0, "sizes that are not negative");
    }

    /// Binds a float operand; `outerStrides` has an entry for each outer dimension (0 where it is reduced away).
    public FusedArguments bind(int operand, float[] memory, int base, int[] outerStrides, int columnStride) {
        require(program.operands().get(operand).type().isFloat(), "float memory for float operands alone");
        floats[operand] = memory;
        return bind(operand, base, outerStrides, columnStride);
    }

    /// Binds an int operand (i32, bool or u8), as above.
    public FusedArguments bind(int operand, int[] memory, int base, int[] outerStrides, int columnStride) {
        require(!program.operands().get(operand).type().isFloat(), "int memory for int operands alone");
        ints[operand] = memory;
        return bind(operand, base, outerStrides, columnStride);
    }

    private FusedArguments bind(int operand, int newBase, int[] outerStrides, int stride) {
        require(outerStrides.length == outer.length, "a stride for each outer dimension");
        base[operand] = newBase;
        givenStrides[operand] = outerStrides.clone();
        columnStride[operand] = switch (program.operands().get(operand).columns()) {
            case ONE_VALUE -> 0;
            case CONTIGUOUS -> {
                require(stride == 1 || givenColumns <= 1, "stride 1 for a contiguous operand");
                yield 1;
            }
            case STRIDED -> stride;
        };
        sealed = false;
        return this;
    }

    /// Leaves the columns as they were given, so that blocks of them can be named: those of a matrix product.
    public FusedArguments keepColumns() {
        mergesColumns = false;
        sealed = false;
        return this;
    }

    /// Moves a bound float operand elsewhere, with the same strides; allocates nothing.
    public void move(int operand, float[] memory, int base) {
        floats[operand] = memory;
        this.base[operand] = base;
        checkBounds(operand);
        findOverlaps();
    }

    /// Moves a bound int operand elsewhere, with the same strides; allocates nothing.
    public void move(int operand, int[] memory, int base) {
        ints[operand] = memory;
        this.base[operand] = base;
        checkBounds(operand);
        findOverlaps();
    }

    /// Moves a bound operand within its memory, for another round of a loop that has memory for all of them: none of its
    /// elements may come to lie on another operand's, where that was not so before. Allocates nothing.
    public void shift(int operand, int base) {
        this.base[operand] = base;
    }

    /// Merges dimensions and checks that every element lies within its operand's memory. [FusedLaunch] calls it.
    ///
    /// @throws IllegalArgumentException where an operand is not bound or too small
    public FusedArguments seal() {
        if (sealed) {
            return this;
        }
        for (int operand = 0; operand < givenStrides.length; operand++) {
            require(givenStrides[operand] != null, "memory for operand " + program.operands().get(operand).name());
            strides[operand] = new int[outer.length];
        }
        merge();
        for (int operand = 0; operand < givenStrides.length; operand++) {
            rowStride[operand] = mergedRank == 0 ? 0 : strides[operand][mergedRank - 1];
            walks[operand] = Walk.of(mergedOuter, strides[operand], mergedRank);
            checkBounds(operand);
        }
        findOverlaps();
        sealed = true;
        return this;
    }

    private void merge() {
        mergedOuter = new int[outer.length];
        mergedRank = 0;
        rows = 1;
        columns = givenColumns;
        int groupRank = 0;
        for (int dimension = 0; dimension < outer.length; dimension++) {
            rows *= outer[dimension];
            if (dimension == program.groups()) {
                groupRank = mergedRank;
            }
            if (outer[dimension] == 1) {
                continue;
            }
            boolean merges = mergedRank > groupRank && continues(mergedRank - 1, dimension);
            if (merges) {
                mergedOuter[mergedRank - 1] *= outer[dimension];
            } else {
                mergedOuter[mergedRank++] = outer[dimension];
            }
            for (int operand = 0; operand < strides.length; operand++) {
                strides[operand][mergedRank - 1] = givenStrides[operand][dimension];
            }
        }
        boolean mergeable = mergesColumns && program.isElementwise() && !program.usesIndices();
        while (mergeable && mergedRank > 0 && rowsContinueColumns()) {
            mergedRank--;
            columns *= mergedOuter[mergedRank];
            rows /= Math.max(1, mergedOuter[mergedRank]);
        }
    }

    /// Whether every operand's dimension `dimension` lies in memory as the inner part of the merged one before it.
    private boolean continues(int merged, int dimension) {
        for (int operand = 0; operand < strides.length; operand++) {
            long step = (long) givenStrides[operand][dimension] * outer[dimension];
            boolean ignored = reducesRows[operand] && dimension >= program.groups();
            if (!ignored && strides[operand][merged] != step) {
                return false;
            }
        }
        return true;
    }

    private boolean rowsContinueColumns() {
        for (int operand = 0; operand < strides.length; operand++) {
            if (strides[operand][mergedRank - 1] != (long) columnStride[operand] * columns) {
                return false;
            }
        }
        return true;
    }

    private void checkBounds(int operand) {
        long low = base[operand];
        long high = low;
        boolean empty = givenColumns == 0;
        for (int dimension = 0; dimension < outer.length; dimension++) {
            empty |= outer[dimension] == 0;
            if (reducesRows[operand] && dimension >= program.groups()) {
                continue;
            }
            long reach = (outer[dimension] - 1L) * givenStrides[operand][dimension];
            low += Math.min(reach, 0);
            high += Math.max(reach, 0);
        }
        long reach = (givenColumns - 1L) * columnStride[operand];
        low += Math.min(reach, 0);
        high += Math.max(reach, 0);
        boolean isFloat = program.operands().get(operand).type().isFloat();
        int length = isFloat ? floats[operand].length : ints[operand].length;
        require(
                (empty && !reducesRows[operand]) || (low >= 0 && high < length),
                "memory for operand " + program.operands().get(operand).name() + ": " + low + ".." + high + " of "
                        + length);
    }

    /// For each operand the set of operands (up to 64) that may share an element with it.
    private void findOverlaps() {
        for (int left = 0; left < overlaps.length; left++) {
            overlaps[left] = 0;
            for (int right = 0; right < overlaps.length; right++) {
                boolean same = program.operands().get(left).type().isFloat()
                        ? floats[left] == floats[right]
                        : ints[left] == ints[right] && !program.operands().get(right).type().isFloat();
                if (same && meets(left, right)) {
                    overlaps[left] |= 1L << right;
                }
            }
        }
    }

    private boolean meets(int left, int right) {
        return low(left) <= high(right) && low(right) <= high(left);
    }

    private long low(int operand) {
        return extreme(operand, -1);
    }

    private long high(int operand) {
        return extreme(operand, 1);
    }

    private long extreme(int operand, int sign) {
        long extreme = base[operand];
        for (int dimension = 0; dimension < outer.length; dimension++) {
            long reach = (outer[dimension] - 1L) * givenStrides[operand][dimension];
            extreme += sign > 0 ? Math.max(reach, 0) : Math.min(reach, 0);
        }
        long reach = (givenColumns - 1L) * columnStride[operand];
        return extreme + (sign > 0 ? Math.max(reach, 0) : Math.min(reach, 0));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("fused arguments need " + what);
        }
    }

    /// The program they are for.
    public FusedProgram program() {
        return program;
    }

    /// How many rows there are, after merging.
    public int rows() {
        return rows;
    }

    /// How many columns there are, after merging.
    public int columns() {
        return columns;
    }

    /// How many groups of rows are reduced, each to one result.
    int groupCount() {
        int count = 1;
        for (int dimension = 0; dimension < program.groups(); dimension++) {
            count *= outer[dimension];
        }
        return count;
    }

    /// The memory of a float operand.
    public float[] floats(int operand) {
        return floats[operand];
    }

    /// The memory of an int operand.
    public int[] ints(int operand) {
        return ints[operand];
    }

    /// Where the first column of a row lies in an operand's memory.
    public int offset(int operand, int row) {
        Walk walk = walks[operand];
        return base[operand] + (walk.rank <= 1 ? row * rowStride[operand] : walk.offset(row));
    }

    /// From one column to the next in an operand's memory.
    public int columnStride(int operand) {
        return columnStride[operand];
    }

    /// From one row to the next in an operand's memory, where that is the same for all rows from `row` up to `end`.
    ///
    /// @return the distance, or [Integer#MIN_VALUE] where it differs
    int rowStride(int operand, int row, int end) {
        return walks[operand].isStraight(row, end) ? rowStride[operand] : Integer.MIN_VALUE;
    }

    /// Where the result of a reduction over the rows of group `group` lies.
    int groupOffset(int operand, int group) {
        int offset = base[operand];
        int rest = group;
        for (int dimension = program.groups() - 1; dimension >= 0; dimension--) {
            offset += rest % outer[dimension] * givenStrides[operand][dimension];
            rest /= outer[dimension];
        }
        return offset;
    }

    /// Entry `index` of the table of sizes.
    public int size(int index) {
        return sizes[index];
    }

    /// The index along outer dimension `dimension` that row `row` has.
    public int outerIndex(int dimension, int row) {
        int rest = row;
        for (int inner = outer.length - 1; inner > dimension; inner--) {
            rest /= outer[inner];
        }
        return rest % outer[dimension];
    }

    /// How one operand's rows lie: their dimensions, of which neighbours that lie as one in its memory are one, even where
    /// another operand keeps them apart. Every row asks for its offset, so divisions are products with a reciprocal.
    private static final class Walk {
        final int rank;
        private final int[] sizes;
        private final int[] steps;
        private final long[] reciprocals;
        private final int[] shifts;

        private Walk(int rank, int[] sizes, int[] steps) {
            this.rank = rank;
            this.sizes = sizes;
            this.steps = steps;
            reciprocals = new long[rank];
            shifts = new int[rank];
            for (int dimension = 0; dimension < rank; dimension++) {
                // n / d = n · ⌈2^s / d⌉ / 2^s for all n below 2³¹ where s = 31 + ⌈log₂ d⌉ (Granlund & Montgomery, 1994).
                int size = Math.max(1, sizes[dimension]);
                shifts[dimension] = 2 * Integer.SIZE - 1 - Integer.numberOfLeadingZeros(size - 1);
                reciprocals[dimension] = ((1L << shifts[dimension]) - 1) / size + 1;
            }
        }

        static Walk of(int[] outer, int[] strides, int dimensions) {
            int[] sizes = new int[dimensions];
            int[] steps = new int[dimensions];
            int rank = 0;
            for (int dimension = 0; dimension < dimensions; dimension++) {
                long step = (long) strides[dimension] * outer[dimension];
                if (rank > 0 && steps[rank - 1] == step) {
                    sizes[rank - 1] *= outer[dimension];
                } else {
                    sizes[rank++] = outer[dimension];
                }
                steps[rank - 1] = strides[dimension];
            }
            return new Walk(rank, sizes, steps);
        }

        private int divide(int value, int dimension) {
            return (int) (value * reciprocals[dimension] >>> shifts[dimension]);
        }

        /// How far a row is from the first one.
        int offset(int row) {
            int offset = 0;
            int rest = row;
            for (int dimension = rank - 1; dimension > 0; dimension--) {
                int above = divide(rest, dimension);
                offset += (rest - above * sizes[dimension]) * steps[dimension];
                rest = above;
            }
            return offset + rest * steps[0];
        }

        /// Whether all rows from `row` up to `end` are as far from each other.
        boolean isStraight(int row, int end) {
            return rank <= 1 || divide(row, rank - 1) == divide(end - 1, rank - 1);
        }
    }

    /// The operands, as a set of bits, that may share elements with one.
    long overlaps(int operand) {
        return overlaps[operand];
    }
}
