package org.nnlang.runtime.fused;

import java.util.Arrays;
import org.nnlang.runtime.fused.FusedScratch.Results;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Instruction.ReduceRows;
import org.nnlang.runtime.kernel.Epilogue;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.DType;

/// A program bound to its arguments, its kernel and a team: decides once how the work is split, and then runs as often as
/// asked without allocating anything. The split changes no bit of the result.
///
/// As an [Epilogue] it runs an elementwise program, whose columns were [kept][FusedArguments#keepColumns], on blocks of a
/// matrix product.
public final class FusedLaunch implements Team.Task, Epilogue {
    /// Work below this is not worth a second thread.
    private static final double SERIAL_NANOS = 3_000;
    /// Tasks for each thread, so that a late one can be helped.
    private static final int TASKS_PER_THREAD = 4;
    /// Elements of a block of rows: what a few operands of that size leave free in the first-level cache.
    private static final int BLOCK_ELEMENTS = 4096;
    private static final int MAX_BLOCK_ROWS = 256;
    /// A column range begins where a cache line does, if the operand does.
    private static final int LINE = 16;

    private enum Split {
        /// Blocks of rows and columns.
        ELEMENTS,
        /// Rows, each with all its phases.
        ROWS,
        /// Blocks of one row, a phase at a time.
        BLOCKS,
        /// Chunks of rows, each to a partial result for every column.
        CHUNKS
    }

    private final FusedKernel kernel;
    private final FusedProgram program;
    private final FusedArguments arguments;
    private final FusedWorkspace workspace;
    private final Team team;
    private final Split split;
    private final int rows;
    private final int columns;
    private final int blockRows;
    private int tasks;

    private int columnParts = 1;
    private int groups = 1;
    private int chunks = 1;
    private float[] partials = {};
    private int[] intPartials = {};

    private int currentRow;
    private int currentPhase;
    private final Results known;
    private final Results blockResults;
    private float[] keptRow = {};
    private int[] intKeptRow = {};

    /// Binds everything; `arguments` must have all operands bound.
    public FusedLaunch(FusedKernel kernel, FusedArguments arguments, FusedWorkspace workspace, Team team) {
        if (workspace.workers() < team.threads()) {
            throw new IllegalArgumentException("a workspace of " + workspace.workers() + " for " + team.threads());
        }
        this.kernel = kernel;
        this.arguments = arguments.seal();
        this.workspace = workspace;
        this.team = team;
        program = arguments.program();
        rows = arguments.rows();
        columns = arguments.columns();
        blockRows = Math.clamp(BLOCK_ELEMENTS / Math.max(1, columns), 1, MAX_BLOCK_ROWS);
        double work = (double) rows * columns * program.elementCost();
        int wanted = team.threads() == 1
                ? 1
                : (int) Math.clamp(work / SERIAL_NANOS, 1, (double) team.threads() * TASKS_PER_THREAD);
        split = chooseSplit(wanted);
        int slots = split == Split.BLOCKS ? program.results() : 0;
        known = new Results(slots);
        blockResults = new Results(slots * blocks());
        switch (split) {
            case ELEMENTS -> splitElements(wanted);
            case ROWS -> tasks = Math.min(wanted, rows);
            case BLOCKS -> {
                tasks = Math.min(wanted, blocks());
                keptRow = new float[program.keptFloats() * columns];
                intKeptRow = new int[program.keptInts() * columns];
            }
            case CHUNKS -> splitChunks(wanted);
        }
        boolean shared = split == Split.BLOCKS || split == Split.ELEMENTS;
        workspace.reserve(program, blockRows, shared ? 0 : columns);
    }

    private Split chooseSplit(int wanted) {
        if (program.reducesRows()) {
            return Split.CHUNKS;
        } else if (program.isElementwise()) {
            return Split.ELEMENTS;
        }
        return wanted > rows && blocks() > 1 ? Split.BLOCKS : Split.ROWS;
    }

    private int blocks() {
        return (columns + Reduction.BLOCK - 1) / Reduction.BLOCK;
    }

    private void splitElements(int wanted) {
        int rowParts = Math.min(wanted, Math.max(rows, 1));
        columnParts = Math.clamp((wanted + rowParts - 1) / rowParts, 1, Math.max(1, columns / Reduction.BLOCK));
        tasks = rowParts * columnParts;
    }

    private void splitChunks(int wanted) {
        groups = arguments.groupCount();
        int rowsPerGroup = rowsPerGroup();
        chunks = (rowsPerGroup + Reduction.CHUNK - 1) / Reduction.CHUNK;
        int units = Math.max(1, groups * chunks);
        if (!program.reducesColumns()) {
            columnParts = Math.clamp((wanted + units - 1) / units, 1, Math.max(1, columns / (4 * LINE)));
        }
        tasks = Math.min(wanted, units * columnParts);
        boolean floats = false;
        boolean ints = false;
        for (int register = 0; register < program.instructions().size(); register++) {
            if (program.instruction(register) instanceof ReduceRows) {
                floats |= program.type(register).isFloat();
                ints |= !program.type(register).isFloat();
            }
        }
        int size = program.rowResults() * groups * chunks * columns;
        partials = new float[floats ? size : 0];
        intPartials = new int[ints ? size : 0];
    }

    private int rowsPerGroup() {
        return groups == 0 ? 0 : rows / groups;
    }

    /// What it runs on.
    public FusedArguments arguments() {
        return arguments;
    }

    /// Runs the program once.
    public void run() {
        switch (split) {
            case ELEMENTS, ROWS -> {
                if (rows > 0) {
                    team.run(tasks, this);
                }
            }
            case BLOCKS -> runBlocks();
            case CHUNKS -> {
                team.run(tasks, this);
                combineChunks();
            }
        }
    }

    @Override
    public void apply(int row, int rows, int col, int cols, int worker) {
        kernel.run(arguments, workspace.scratch(worker), 0, row, row + rows, col, col + cols);
    }

    @Override
    public void run(int index, int worker) {
        FusedScratch scratch = workspace.scratch(worker);
        switch (split) {
            case ELEMENTS -> {
                int rowParts = tasks / columnParts;
                int rowPart = index / columnParts;
                int columnPart = index - rowPart * columnParts;
                kernel.run(
                        arguments,
                        scratch,
                        0,
                        part(rows, rowPart, rowParts),
                        part(rows, rowPart + 1, rowParts),
                        columnPart(columnPart),
                        columnPart(columnPart + 1));
            }
            case ROWS -> runRows(scratch, part(rows, index, tasks), part(rows, index + 1, tasks), 0, columns);
            case BLOCKS -> runBlocks(scratch, part(blocks(), index, tasks), part(blocks(), index + 1, tasks));
            case CHUNKS -> {
                int units = groups * chunks * columnParts;
                for (int unit = part(units, index, tasks); unit < part(units, index + 1, tasks); unit++) {
                    runChunk(scratch, unit / columnParts, unit % columnParts);
                }
            }
        }
    }

    /// The first of `count` things that belongs to part `index` of `parts`.
    private static int part(int count, int index, int parts) {
        return (int) ((long) count * index / parts);
    }

    /// The first column of a part: a multiple of a cache line, or the end.
    private int columnPart(int index) {
        return index == columnParts ? columns : part(columns / LINE, index, columnParts) * LINE;
    }

    private void runRows(FusedScratch scratch, int rowFrom, int rowTo, int columnFrom, int columnTo) {
        for (int row = rowFrom; row < rowTo; row += blockRows) {
            int end = Math.min(row + blockRows, rowTo);
            scratch.useOwn(row, blockRows, columns);
            for (int phase = 0; phase < program.phases().size(); phase++) {
                kernel.run(arguments, scratch, phase, row, end, columnFrom, columnTo);
            }
        }
    }

    private void runChunk(FusedScratch scratch, int chunk, int columnPart) {
        int from = columnPart(columnPart);
        int to = columnPart(columnPart + 1);
        int group = chunk / chunks;
        int first = group * rowsPerGroup() + (chunk - group * chunks) * Reduction.CHUNK;
        int last = Math.min(first + Reduction.CHUNK, (group + 1) * rowsPerGroup());
        scratch.columns = partials;
        scratch.intColumns = intPartials;
        scratch.columnsPitch = groups * chunks * columns;
        scratch.columnsAt = chunk * columns;
        for (int register = 0; register < program.instructions().size(); register++) {
            if (program.instruction(register) instanceof ReduceRows rowsReduced) {
                int at = scratch.columns(program.slot(register));
                if (program.type(register).isFloat()) {
                    Arrays.fill(partials, at + from, at + to, rowsReduced.reduction().floatIdentity());
                } else {
                    Arrays.fill(intPartials, at + from, at + to, rowsReduced.reduction().intIdentity());
                }
            }
        }
        runRows(scratch, first, last, from, to);
    }

    private void combineChunks() {
        for (int register = 0; register < program.instructions().size(); register++) {
            if (program.instruction(register) instanceof ReduceRows(Reduction reduction, int operand, _)) {
                for (int group = 0; group < groups; group++) {
                    int from = (program.slot(register) * groups + group) * chunks * columns;
                    int to = arguments.groupOffset(operand, group);
                    int stride = arguments.columnStride(operand);
                    if (program.type(register).isFloat()) {
                        combine(reduction, partials, from, arguments.floats(operand), to, stride);
                    } else {
                        combine(reduction, intPartials, from, arguments.ints(operand), to, stride);
                    }
                }
            }
        }
    }

    /// Combines the chunks' partial results into those of the first, and writes them where they belong.
    private void combine(Reduction reduction, float[] source, int from, float[] target, int to, int stride) {
        if (chunks == 0) {
            for (int column = 0; column < columns; column++) {
                target[to + column * stride] = reduction.floatIdentity();
            }
            return;
        }
        for (int chunk = 1; chunk < chunks; chunk++) {
            int at = from + chunk * columns;
            if (reduction == Reduction.SUM) {
                for (int column = 0; column < columns; column++) {
                    source[from + column] += source[at + column];
                }
            } else {
                for (int column = 0; column < columns; column++) {
                    source[from + column] = reduction.apply(source[from + column], source[at + column]);
                }
            }
        }
        for (int column = 0; column < columns; column++) {
            target[to + column * stride] = reduction.result(source[from + column]);
        }
    }

    private void combine(Reduction reduction, int[] source, int from, int[] target, int to, int stride) {
        for (int column = 0; column < columns; column++) {
            int total = reduction.intIdentity();
            for (int chunk = 0; chunk < chunks; chunk++) {
                total = reduction.apply(total, source[from + chunk * columns + column]);
            }
            target[to + column * stride] = total;
        }
    }

    private void runBlocks() {
        for (int row = 0; row < rows; row++) {
            currentRow = row;
            for (int index = 0; index < program.phases().size(); index++) { // iterators would be objects
                Phase phase = program.phases().get(index);
                currentPhase = index;
                if (phase.loops()) {
                    team.run(tasks, this);
                    for (int i = 0; i < phase.results().size(); i++) {
                        combineBlocks(phase.results().get(i));
                    }
                } else {
                    runBlock(workspace.scratch(0), 0);
                }
            }
        }
    }

    private void runBlocks(FusedScratch scratch, int from, int to) {
        for (int block = from; block < to; block++) {
            runBlock(scratch, block);
        }
    }

    private void runBlock(FusedScratch scratch, int block) {
        scratch.useShared(currentRow, known, blockResults, blocks(), block);
        scratch.useSharedKept(keptRow, intKeptRow, columns);
        int from = block * Reduction.BLOCK;
        int to = Math.min(from + Reduction.BLOCK, columns);
        kernel.run(arguments, scratch, currentPhase, currentRow, currentRow + 1, from, to);
    }

    private void combineBlocks(int register) {
        Reduction reduction = ((Reduce) program.instruction(register)).reduction();
        boolean isFloat = program.type(program.inputs(register).getFirst()) == DType.F32;
        int slot = program.slot(register);
        float total = reduction.floatIdentity();
        int intTotal = reduction.intIdentity();
        int index = 0;
        for (int block = slot * blocks(); block < (slot + 1) * blocks(); block++) {
            float value = blockResults.floats[block];
            int intValue = blockResults.ints[block];
            if (reduction.isIndex() && (isFloat ? reduction.wins(value, total) : reduction.wins(intValue, intTotal))) {
                index = blockResults.indices[block];
            }
            total = reduction.apply(total, value);
            intTotal = reduction.apply(intTotal, intValue);
        }
        known.floats[slot] = total;
        known.ints[slot] = intTotal;
        known.indices[slot] = index;
    }
}
