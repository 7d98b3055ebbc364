package org.nnlang.runtime.fused;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Applies one instruction after another to tiles: a block of a row, or several short rows together. The loops over a tile
/// are compiled once for all programs, so a program runs fast from the start; a value that the program uses and
/// forgets costs a trip to the first-level cache.
public final class TileExecutor implements FusedKernel {
    private static final int TILE = TilePlan.TILE;

    private final FusedProgram program;
    private final TilePlan[] plans;
    private final TileLoops loops;

    /// Register memory of a program, for one worker.
    record Needs(int floats, int ints) {}

    private TileExecutor(FusedProgram program, TileLoops loops) {
        this.program = program;
        this.loops = loops;
        List<Phase> phases = program.phases();
        plans = new TilePlan[phases.size()];
        for (int phase = 0; phase < plans.length; phase++) {
            plans[phase] = new TilePlan(program, phases.get(phase));
        }
    }

    /// Runs `program` with loops over vectors. Only where [Machine][org.nnlang.runtime.kernel.Machine] has vectors.
    public static TileExecutor vectors(FusedProgram program) {
        return new TileExecutor(program, new VectorLoops());
    }

    /// Runs `program` with plain loops, on any virtual machine.
    public static TileExecutor scalar(FusedProgram program) {
        return new TileExecutor(program, new ScalarLoops());
    }

    static Needs needs(FusedProgram program) {
        int floats = 0;
        int ints = 0;
        for (Phase phase : program.phases()) {
            TilePlan plan = new TilePlan(program, phase);
            floats = Math.max(floats, plan.floats());
            ints = Math.max(ints, plan.ints());
        }
        return new Needs(floats, ints);
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
        TilePlan plan = plans[phase];
        for (TileStep step : plan.once) {
            runOnce(step, arguments, scratch);
        }
        int width = columnTo - columnFrom;
        boolean loop = program.phases().get(phase).loops();
        int rowsPerTile = loop ? rowsPerTile(width) : TILE;
        for (int row = rowFrom; row < rowTo; row += rowsPerTile) {
            int rows = Math.min(rowsPerTile, rowTo - row);
            for (TileStep step : plan.rows) {
                runForRows(step, arguments, scratch, row, rows, width);
            }
            if (loop) {
                startResults(program.phases().get(phase), scratch, row, rows);
                for (int column = columnFrom; column < columnTo; column += TILE) {
                    int columns = Math.min(TILE, columnTo - column);
                    for (TileStep step : plan.tiles) {
                        runForTile(step, arguments, scratch, row, rows, column, columns);
                    }
                }
            }
        }
    }

    /// As many whole rows as fit a tile, preferably so that they fill whole vectors.
    private static int rowsPerTile(int width) {
        if (width > TILE / 2) {
            return 1;
        }
        int rows = TILE / Math.max(1, width);
        int whole = Reduction.LANES / Math.min(Reduction.LANES, Integer.lowestOneBit(Math.max(1, width)));
        return rows >= whole ? rows / whole * whole : rows;
    }

    private void startResults(Phase phase, FusedScratch scratch, int row, int rows) {
        List<Integer> results = phase.results();
        for (int i = 0; i < results.size(); i++) { // an iterator would be an object for each tile
            int register = results.get(i);
            Reduction reduction = ((Instruction.Reduce) program.instruction(register)).reduction();
            int at = scratch.resultOut(program.slot(register), row);
            Arrays.fill(scratch.resultsOut.floats, at, at + rows, reduction.floatIdentity());
            Arrays.fill(scratch.resultsOut.ints, at, at + rows, reduction.intIdentity());
            Arrays.fill(scratch.resultsOut.indices, at, at + rows, 0);
        }
    }

    private void runOnce(TileStep step, FusedArguments arguments, FusedScratch scratch) {
        TileRegisters tile = scratch.tile;
        place(step, scratch, 0);
        switch (step.kind) {
            case CONSTANT -> fillOnce(step, scratch, step.number);
            case SIZE -> fillOnce(step, scratch, arguments.size(step.number));
            case WIDEN -> {
                tile.floats[step.result] = tile.floats[step.a];
                tile.ints[step.result] = tile.ints[step.a];
                tile.at[step.result] = tile.at[step.a];
                tile.mask[step.result] = 0;
            }
            default -> operate(step, tile, Reduction.LANES);
        }
    }

    private static void fillOnce(TileStep step, FusedScratch scratch, int bits) {
        if (step.isFloat) {
            Arrays.fill(scratch.registers, step.home, step.home + Reduction.LANES, Float.intBitsToFloat(bits));
        } else {
            Arrays.fill(scratch.intRegisters, step.home, step.home + Reduction.LANES, bits);
        }
    }

    /// Gives a step's result its own memory.
    private static void place(TileStep step, FusedScratch scratch, int mask) {
        if (step.isFloat) {
            scratch.tile.place(step.result, scratch.registers, step.home, mask);
        } else {
            scratch.tile.place(step.result, scratch.intRegisters, step.home, mask);
        }
    }

    private void runForRows(
            TileStep step, FusedArguments arguments, FusedScratch scratch, int row, int rows, int width) {
        TileRegisters tile = scratch.tile;
        int copies = rows == 1 ? Reduction.LANES : 1;
        int mask = rows == 1 ? 0 : -1;
        switch (step.kind) {
            case LOAD -> {
                place(step, scratch, mask);
                for (int i = 0; i < rows; i++) {
                    int at = arguments.offset(step.number, row + i);
                    if (step.isFloat) {
                        Arrays.fill(scratch.registers, step.home + i, step.home + i + copies,
                                arguments.floats(step.number)[at]);
                    } else {
                        Arrays.fill(scratch.intRegisters, step.home + i, step.home + i + copies,
                                arguments.ints(step.number)[at]);
                    }
                }
            }
            case RESULT -> {
                place(step, scratch, mask);
                for (int i = 0; i < rows; i++) {
                    int at = scratch.result(step.number, row + i);
                    if (step.isFloat) {
                        Arrays.fill(scratch.registers, step.home + i, step.home + i + copies,
                                scratch.results.floats[at]);
                    } else {
                        int value = step.reduction.isIndex() ? scratch.results.indices[at] : scratch.results.ints[at];
                        Arrays.fill(scratch.intRegisters, step.home + i, step.home + i + copies, value);
                    }
                }
            }
            case OUTER_INDEX -> {
                place(step, scratch, mask);
                for (int i = 0; i < rows; i++) {
                    int index = arguments.outerIndex(step.number, row + i);
                    Arrays.fill(scratch.intRegisters, step.home + i, step.home + i + copies, index);
                }
            }
            case WIDEN -> widen(step, scratch, rows, width);
            case STORE -> {
                for (int i = 0; i < rows; i++) {
                    int at = arguments.offset(step.number, row + i);
                    int from = tile.at[step.a] + (i & tile.mask[step.a]);
                    if (step.isFloat) {
                        arguments.floats(step.number)[at] = tile.floats[step.a][from];
                    } else {
                        arguments.ints(step.number)[at] = tile.ints[step.a][from];
                    }
                }
            }
            default -> {
                place(step, scratch, mask);
                operate(step, tile, Math.max(rows, copies));
            }
        }
    }

    private static void widen(TileStep step, FusedScratch scratch, int rows, int width) {
        TileRegisters tile = scratch.tile;
        if (rows == 1) {
            tile.floats[step.result] = tile.floats[step.a];
            tile.ints[step.result] = tile.ints[step.a];
            tile.at[step.result] = tile.at[step.a];
            tile.mask[step.result] = 0;
            return;
        }
        place(step, scratch, -1);
        int from = tile.at[step.a];
        for (int i = 0; i < rows; i++) {
            int at = step.home + i * width;
            if (step.isFloat) {
                Arrays.fill(scratch.registers, at, at + width, tile.floats[step.a][from + i]);
            } else {
                Arrays.fill(scratch.intRegisters, at, at + width, tile.ints[step.a][from + i]);
            }
        }
    }

    private void runForTile(
            TileStep step,
            FusedArguments arguments,
            FusedScratch scratch,
            int row,
            int rows,
            int column,
            int columns) {
        TileRegisters tile = scratch.tile;
        switch (step.kind) {
            case LOAD -> load(step, arguments, scratch, row, rows, column, columns);
            case COLUMN_INDEX -> {
                place(step, scratch, -1);
                for (int i = 0; i < rows; i++) {
                    loops.count(scratch.intRegisters, step.home + i * columns, column, columns);
                }
            }
            case RESTORE -> {
                int at = scratch.kept(step.number, row) + column;
                if (step.isFloat) {
                    tile.place(step.result, scratch.kept, at, -1);
                } else {
                    tile.place(step.result, scratch.intKept, at, -1);
                }
            }
            case KEEP -> {
                int at = scratch.kept(step.number, row) + column;
                if (step.isFloat) {
                    loops.copy(tile.floats[step.a], tile.at[step.a], tile.mask[step.a], scratch.kept, at,
                            rows * columns);
                } else {
                    loops.copy(tile.ints[step.a], tile.at[step.a], tile.mask[step.a], scratch.intKept, at,
                            rows * columns);
                }
            }
            case REDUCE -> TileReduction.columns(loops, step, scratch, row, rows, column, columns);
            case REDUCE_ROWS -> TileReduction.rows(loops, step, scratch, rows, column, columns);
            case STORE -> store(step, arguments, scratch, row, rows, column, columns);
            case FLOAT, INT, COMPARE, SELECT, TO_FLOAT, FROM_FLOAT, OWN -> {
                placeResult(step, arguments, scratch, row, rows, column, columns);
                operate(step, tile, rows * columns);
            }
            case CONSTANT, SIZE, OUTER_INDEX, RESULT, WIDEN -> throw new AssertionError(step.kind);
        }
    }

    /// Whether an operand's `rows` rows of `columns` columns lie one after another.
    private static boolean isDense(FusedArguments arguments, int operand, int row, int rows, int columns) {
        return rows == 1 || arguments.rowStride(operand, row, row + rows) == columns;
    }

    private void load(
            TileStep step,
            FusedArguments arguments,
            FusedScratch scratch,
            int row,
            int rows,
            int column,
            int columns) {
        int operand = step.number;
        int stride = arguments.columnStride(operand);
        if (step.inPlace && isDense(arguments, operand, row, rows, columns)) {
            int at = arguments.offset(operand, row) + column;
            if (step.isFloat) {
                scratch.tile.place(step.result, arguments.floats(operand), at, -1);
            } else {
                scratch.tile.place(step.result, arguments.ints(operand), at, -1);
            }
            return;
        }
        place(step, scratch, -1);
        for (int i = 0; i < rows; i++) {
            int from = arguments.offset(operand, row + i) + column * stride;
            int to = step.home + i * columns;
            if (step.isFloat) {
                loops.gather(arguments.floats(operand), from, stride, scratch.registers, to, columns);
            } else {
                loops.gather(arguments.ints(operand), from, stride, scratch.intRegisters, to, columns);
            }
        }
    }

    /// Where an operation's result goes: to kept memory, straight to the operand it is stored in, or to a register.
    private static void placeResult(
            TileStep step,
            FusedArguments arguments,
            FusedScratch scratch,
            int row,
            int rows,
            int column,
            int columns) {
        if (step.keepSlot >= 0) {
            int at = scratch.kept(step.keepSlot, row) + column;
            if (step.isFloat) {
                scratch.tile.place(step.result, scratch.kept, at, -1);
            } else {
                scratch.tile.place(step.result, scratch.intKept, at, -1);
            }
        } else
            if (step.target >= 0
                    && (arguments.overlaps(step.target) & step.readLater) == 0
                    && isDense(arguments, step.target, row, rows, columns)) {
                        int at = arguments.offset(step.target, row) + column;
                        if (step.isFloat) {
                            scratch.tile.place(step.result, arguments.floats(step.target), at, -1);
                        } else {
                            scratch.tile.place(step.result, arguments.ints(step.target), at, -1);
                        }
                    } else {
                        place(step, scratch, -1);
                    }
    }

    private void store(
            TileStep step,
            FusedArguments arguments,
            FusedScratch scratch,
            int row,
            int rows,
            int column,
            int columns) {
        TileRegisters tile = scratch.tile;
        int operand = step.number;
        int stride = arguments.columnStride(operand);
        int mask = tile.mask[step.a];
        for (int i = 0; i < rows; i++) {
            int from = tile.at[step.a] + (i * columns & mask);
            int to = arguments.offset(operand, row + i) + column * stride;
            if (step.isFloat) {
                float[] source = tile.floats[step.a];
                float[] target = arguments.floats(operand);
                if (step.producer >= 0 && source == target && from == to) {
                    return; // made in place, with all the tile's rows
                } else if (stride == 1) {
                    loops.copy(source, from, mask, target, to, columns);
                } else {
                    loops.scatter(source, from, mask, target, to, stride, columns);
                }
            } else {
                int[] source = tile.ints[step.a];
                int[] target = arguments.ints(operand);
                if (step.producer >= 0 && source == target && from == to) {
                    return;
                } else if (stride == 1) {
                    loops.copy(source, from, mask, target, to, columns);
                } else {
                    loops.scatter(source, from, mask, target, to, stride, columns);
                }
            }
        }
    }

    /// Runs an operation on `n` elements of its registers, which are all placed.
    private void operate(TileStep step, TileRegisters tile, int n) {
        int a = step.a;
        int b = step.b;
        int c = step.c;
        int r = step.result;
        float[][] f = tile.floats;
        int[][] k = tile.ints;
        int[] at = tile.at;
        int[] m = tile.mask;
        Opcode op = step.opcode;
        switch (step.kind) {
            case FLOAT -> {
                switch (op.arity()) {
                    case 1 -> loops.unary(op, f[a], at[a], m[a], f[r], at[r], n);
                    case 2 -> loops.binary(op, f[a], at[a], m[a], f[b], at[b], m[b], f[r], at[r], n);
                    default ->
                        loops.fma(f[a], at[a], m[a], f[b], at[b], m[b], f[c], at[c], m[c], f[r], at[r], n);
                }
            }
            case INT -> {
                switch (op.arity()) {
                    case 1 -> loops.unary(op, k[a], at[a], m[a], k[r], at[r], n);
                    case 2 -> loops.binary(op, k[a], at[a], m[a], k[b], at[b], m[b], k[r], at[r], n);
                    default ->
                        loops.select(k[a], at[a], m[a], k[b], at[b], m[b], k[c], at[c], m[c], k[r], at[r], n);
                }
            }
            case COMPARE -> loops.compare(op, f[a], at[a], m[a], f[b], at[b], m[b], k[r], at[r], n);
            case SELECT -> loops.select(k[a], at[a], m[a], f[b], at[b], m[b], f[c], at[c], m[c], f[r], at[r], n);
            case TO_FLOAT -> loops.toFloat(k[a], at[a], m[a], f[r], at[r], n);
            case FROM_FLOAT -> loops.fromFloat(op, f[a], at[a], m[a], k[r], at[r], n);
            case OWN -> OwnLoop.run(Objects.requireNonNull(step.operation), step, tile, n);
            case LOAD, CONSTANT, SIZE, COLUMN_INDEX, OUTER_INDEX, RESULT, RESTORE, KEEP, REDUCE, REDUCE_ROWS, STORE,
                    WIDEN ->
                throw new AssertionError(step.kind);
        }
    }
}
