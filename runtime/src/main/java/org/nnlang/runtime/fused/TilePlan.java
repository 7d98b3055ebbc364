package org.nnlang.runtime.fused;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.fused.Instruction.Apply;
import org.nnlang.runtime.fused.Instruction.ColumnIndex;
import org.nnlang.runtime.fused.Instruction.Constant;
import org.nnlang.runtime.fused.Instruction.Load;
import org.nnlang.runtime.fused.Instruction.OuterIndex;
import org.nnlang.runtime.fused.Instruction.Own;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Instruction.ReduceRows;
import org.nnlang.runtime.fused.Instruction.Size;
import org.nnlang.runtime.fused.Instruction.Store;
import org.nnlang.runtime.fused.TileStep.Kind;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// One phase of a program laid out for the tile tier: what is done once, once for each group of rows, and for each tile,
/// and which memory each register has meanwhile.
final class TilePlan {
    /// Elements of a tile: one block of a row's reduction, or some short rows.
    static final int TILE = Reduction.BLOCK;

    /// From one register's memory to the next: were it a power of two, all would lie in the same sets of the cache, and
    /// loads would wait for stores they have nothing to do with.
    private static final int STRIDE = TILE + 48;

    private final FusedProgram program;
    private final Phase phase;
    private final int count;

    /// Registers that are the same for all rows.
    private final boolean[] fixed;

    private final List<TileStep> onceSteps = new ArrayList<>();
    private final List<TileStep> rowSteps = new ArrayList<>();
    private final List<TileStep> tileSteps = new ArrayList<>();
    private final Map<Integer, TileStep> makers = new HashMap<>();
    private final boolean[] widened;
    private int floats;
    private int ints;
    private final Deque<Integer> freeFloats = new ArrayDeque<>();
    private final Deque<Integer> freeInts = new ArrayDeque<>();

    final TileStep[] once;
    final TileStep[] rows;
    final TileStep[] tiles;

    TilePlan(FusedProgram program, Phase phase) {
        this.program = program;
        this.phase = phase;
        count = program.instructions().size();
        fixed = new boolean[count];
        widened = new boolean[count];
        findFixed();
        addKnown();
        Map<Integer, Integer> lastUse = lastUses();
        for (int index = 0; index < phase.steps().size(); index++) {
            add(phase.steps().get(index), index, lastUse);
        }
        markStores();
        once = onceSteps.toArray(TileStep[]::new);
        rows = rowSteps.toArray(TileStep[]::new);
        tiles = tileSteps.toArray(TileStep[]::new);
    }

    /// Floats of register memory.
    int floats() {
        return floats;
    }

    /// Ints of register memory.
    int ints() {
        return ints;
    }

    private void findFixed() {
        for (int register = 0; register < count; register++) {
            fixed[register] = switch (program.instruction(register)) {
                case Constant _, Size _ -> true;
                case Apply(_, List<Integer> inputs) -> inputs.stream().allMatch(input -> fixed[input]);
                case Own(_, List<Integer> inputs) -> inputs.stream().allMatch(input -> fixed[input]);
                case Load _, ColumnIndex _, OuterIndex _, Reduce _, Store _, ReduceRows _ -> false;
            };
        }
    }

    private void addKnown() {
        for (int register : phase.known()) {
            TileStep step = new TileStep(Kind.RESULT, register, program.type(register) == DType.F32);
            Reduce reduce = (Reduce) program.instruction(register);
            step.number = program.slot(register);
            step.reduction = reduce.reduction();
            step.result = register;
            step.home = newHome(step.isFloat, STRIDE);
            rowSteps.add(step);
        }
        for (int register : phase.restored()) {
            TileStep step = new TileStep(Kind.RESTORE, register, program.type(register) == DType.F32);
            step.number = program.slot(register);
            step.result = register + count;
            tileSteps.add(step);
        }
    }

    /// For each register the last step that reads it; what is kept is read at the end.
    private Map<Integer, Integer> lastUses() {
        Map<Integer, Integer> last = new HashMap<>();
        for (int index = 0; index < phase.steps().size(); index++) {
            for (int input : program.inputs(phase.steps().get(index))) {
                last.put(input, index);
            }
        }
        for (int register : phase.kept()) {
            last.put(register, Integer.MAX_VALUE);
        }
        return last;
    }

    private void add(int register, int index, Map<Integer, Integer> lastUse) {
        Instruction instruction = program.instruction(register);
        boolean perTile = program.isVarying(register)
                || instruction instanceof Reduce
                || instruction instanceof ReduceRows
                || (instruction instanceof Store store
                        && program.operands().get(store.operand()).columns() != Columns.ONE_VALUE);
        TileStep step = step(register, instruction);
        List<Integer> inputs = program.inputs(register);
        if (perTile) {
            inputs.forEach(this::widen);
        }
        step.a = place(inputs, 0, perTile);
        step.b = place(inputs, 1, perTile);
        step.c = place(inputs, 2, perTile);
        if (perTile) {
            for (int input : new LinkedHashSet<>(inputs)) {
                if (program.isVarying(input) && lastUse.getOrDefault(input, -1) == index) {
                    release(input);
                }
            }
        }
        step.result = perTile ? register + count : register;
        if (!instruction.isSink() && !(instruction instanceof Reduce)) {
            step.home = fixed[register] ? newHome(step.isFloat, Reduction.LANES) : perTile ? tileHome(step.isFloat)
                    : newHome(step.isFloat, STRIDE);
        }
        makers.put(register, step);
        if (perTile) {
            tileSteps.add(step);
            if (!lastUse.containsKey(register) && !instruction.isSink() && !(instruction instanceof Reduce)) {
                release(register);
            }
        } else if (fixed[register]) {
            onceSteps.add(step);
        } else {
            rowSteps.add(step);
        }
    }

    /// Makes sure that a value per row is there for each element of a tile, too.
    private void widen(int register) {
        if (program.isVarying(register) || widened[register]) {
            return;
        }
        widened[register] = true;
        TileStep step = new TileStep(Kind.WIDEN, register, program.type(register) == DType.F32);
        step.a = register;
        step.result = register + count;
        if (fixed[register]) {
            onceSteps.add(step);
        } else {
            step.home = newHome(step.isFloat, STRIDE);
            rowSteps.add(step);
        }
    }

    private TileStep step(int register, Instruction instruction) {
        boolean isFloat = program.type(register) == DType.F32;
        return switch (instruction) {
            case Load(int operand) -> {
                TileStep step = new TileStep(Kind.LOAD, register, isFloat);
                step.number = operand;
                step.inPlace = program.operands().get(operand).columns() == Columns.CONTIGUOUS
                        && !isStoredAmongOthers(register);
                yield step;
            }
            case Constant(_, int bits) -> numbered(new TileStep(Kind.CONSTANT, register, isFloat), bits);
            case Size(int index) -> numbered(new TileStep(Kind.SIZE, register, isFloat), index);
            case ColumnIndex() -> new TileStep(Kind.COLUMN_INDEX, register, isFloat);
            case OuterIndex(int dimension) -> numbered(new TileStep(Kind.OUTER_INDEX, register, isFloat), dimension);
            case Apply(Opcode opcode, List<Integer> inputs) -> {
                TileStep step = new TileStep(kind(opcode, isFloat, inputs), register, isFloat);
                step.opcode = opcode;
                yield step;
            }
            case Own(Operation operation, _) -> {
                TileStep step = new TileStep(Kind.OWN, register, isFloat);
                step.operation = operation;
                yield step;
            }
            case Reduce(Reduction reduction, int value) -> {
                TileStep step = new TileStep(Kind.REDUCE, register, program.type(value) == DType.F32);
                step.reduction = reduction;
                yield numbered(step, program.slot(register));
            }
            case Store(int operand, _) -> numbered(new TileStep(Kind.STORE, register, isFloat), operand);
            case ReduceRows(Reduction reduction, _, _) -> {
                TileStep step = new TileStep(Kind.REDUCE_ROWS, register, isFloat);
                step.reduction = reduction;
                yield numbered(step, program.slot(register));
            }
        };
    }

    private static TileStep numbered(TileStep step, int number) {
        step.number = number;
        return step;
    }

    private Kind kind(Opcode opcode, boolean isFloat, List<Integer> inputs) {
        boolean floatInput = program.type(inputs.getLast()) == DType.F32;
        if (opcode == Opcode.SELECT && isFloat) {
            return Kind.SELECT;
        } else if (isFloat) {
            return floatInput ? Kind.FLOAT : Kind.TO_FLOAT;
        } else if (floatInput) {
            return opcode.arity() == 2 ? Kind.COMPARE : Kind.FROM_FLOAT;
        }
        return Kind.INT;
    }

    /// Whether a loaded register is stored as it is, and another store might change it first.
    private boolean isStoredAmongOthers(int register) {
        int sinks = 0;
        boolean stored = false;
        for (int other : phase.steps()) {
            if (program.instruction(other).isSink()) {
                sinks++;
                stored |= program.inputs(other).contains(register);
            }
        }
        return stored && sinks > 1;
    }

    private int place(List<Integer> inputs, int index, boolean perTile) {
        if (index >= inputs.size()) {
            return 0;
        }
        return perTile ? inputs.get(index) + count : inputs.get(index);
    }

    private int newHome(boolean isFloat, int size) {
        int home = isFloat ? floats : ints;
        if (isFloat) {
            floats += size;
        } else {
            ints += size;
        }
        return home;
    }

    private int tileHome(boolean isFloat) {
        Deque<Integer> free = isFloat ? freeFloats : freeInts;
        return free.isEmpty() ? newHome(isFloat, STRIDE) : free.pop();
    }

    private void release(int register) {
        TileStep maker = makers.get(register);
        if (maker != null) {
            (maker.isFloat ? freeFloats : freeInts).push(maker.home);
        }
    }

    /// Finds for each store the operation that can make its value in the operand's memory at once, and for each kept
    /// register the same for kept memory.
    private void markStores() {
        List<Integer> steps = phase.steps();
        for (int register : phase.kept()) {
            TileStep maker = makers.get(register);
            if (maker != null && isOperation(maker)) {
                maker.keepSlot = program.slot(register);
            } else {
                TileStep step = new TileStep(Kind.KEEP, register, program.type(register) == DType.F32);
                step.number = program.slot(register);
                step.a = register + count;
                tileSteps.add(step);
            }
        }
        for (int register : steps) {
            TileStep store = makers.get(register);
            if (store == null || store.kind != Kind.STORE || !tileSteps.contains(store)) {
                continue;
            }
            TileStep maker = makers.get(program.inputs(register).getFirst());
            if (maker != null
                    && tileSteps.contains(maker)
                    && isOperation(maker)
                    && maker.target < 0
                    && maker.keepSlot < 0
                    && program.operands().get(store.number).columns() == Columns.CONTIGUOUS) {
                maker.target = store.number;
                maker.readLater = readAfter(maker);
                store.producer = maker.result;
            }
        }
    }

    private static boolean isOperation(TileStep step) {
        return switch (step.kind) {
            case FLOAT, INT, COMPARE, SELECT, TO_FLOAT, FROM_FLOAT, OWN -> true;
            case LOAD, CONSTANT, SIZE, COLUMN_INDEX, OUTER_INDEX, RESULT, RESTORE, KEEP, REDUCE, REDUCE_ROWS, STORE,
                    WIDEN ->
                false;
        };
    }

    private long readAfter(TileStep maker) {
        long operands = 0;
        for (TileStep step : tileSteps.subList(tileSteps.indexOf(maker) + 1, tileSteps.size())) {
            if (step.kind == Kind.LOAD) {
                operands |= 1L << step.number;
            }
            for (int input : program.inputs(step.register)) {
                if (program.instruction(input) instanceof Load load) {
                    operands |= 1L << load.operand();
                }
            }
        }
        return operands;
    }
}
