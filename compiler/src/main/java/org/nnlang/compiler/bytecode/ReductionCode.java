package org.nnlang.compiler.bytecode;

import static org.nnlang.compiler.bytecode.MethodCode.descriptor;
import static org.nnlang.compiler.bytecode.MethodCode.vectorClass;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Phase;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;
import org.objectweb.asm.Opcodes;

/// The reductions of a phase: lanes in vectors and in memory, and the totals of a row.
final class ReductionCode {
    private static final String FLOATS = vectorClass('F');
    private static final String INTS = vectorClass('I');
    private static final String MASK = vectorClass('M');
    private static final String REDUCTION = "org/nnlang/runtime/fused/Reduction";
    private static final String TYPE = "L" + REDUCTION + ";";
    private static final String FOLD = "org/nnlang/runtime/fused/LaneFold";

    private final MethodCode code;
    private final Values values;
    private final ScalarCode scalars;
    private final VectorCode vectors;
    private final Map<Integer, Running> running = new HashMap<>();

    /// The variables of one reduction: the row's total so far and its index, and the lanes as a vector and theirs.
    private static final class Running {
        final Reduction reduction;
        final boolean floats;
        final int lanesAt;
        final Local total;
        final Local index;
        Local held;
        Local heldIndex;

        Running(Reduction reduction, boolean floats, int lanesAt, Local total, Local index) {
            this.reduction = reduction;
            this.floats = floats;
            this.lanesAt = lanesAt;
            this.total = total;
            this.index = index;
            held = total;
            heldIndex = index;
        }

        DType type() {
            return floats ? DType.F32 : DType.I32;
        }

        String lanes() {
            return floats ? "lanes" : "intLanes";
        }
    }

    ReductionCode(MethodCode code, Values values, ScalarCode scalars, VectorCode vectors) {
        this.code = code;
        this.values = values;
        this.scalars = scalars;
        this.vectors = vectors;
    }

    /// Starts the totals of a row.
    void start(FusedProgram program, Phase phase) {
        running.clear();
        for (int register : phase.results()) {
            Reduce reduce = (Reduce) program.instruction(register);
            boolean floats = program.type(reduce.value()) == DType.F32;
            pushIdentity(reduce.reduction(), floats);
            Local total = code.store(floats ? Type.FLOAT : Type.INT);
            code.constant(0);
            Local index = code.store(Type.INT);
            int lanesAt = program.slot(register) * Reduction.LANES;
            running.put(register, new Running(reduce.reduction(), floats, lanesAt, total, index));
        }
    }

    private void pushIdentity(Reduction reduction, boolean floats) {
        if (floats) {
            code.floatConstant(Float.floatToRawIntBits(reduction.floatIdentity()));
        } else {
            code.constant(reduction.intIdentity());
        }
    }

    private void pushReduction(Reduction reduction) {
        code.constantField(REDUCTION, reduction.name(), TYPE);
    }

    /// Vectors of lanes before their first element. They are not read from memory: what was just stored in other pieces
    /// takes a load of the whole as long as a short row.
    void startLanes() {
        for (Running each : running.values()) {
            vectors.pushSpecies(each.type());
            pushIdentity(each.reduction, each.floats);
            code.invokeStatic(
                    owner(each.floats), "broadcast", each.floats ? descriptor("Sf", "F") : descriptor("Si", "I"));
            each.held = code.store(Type.REFERENCE);
            if (each.reduction.isIndex()) {
                vectors.pushIntSpecies();
                code.constant(0);
                code.invokeStatic(INTS, "broadcast", descriptor("Si", "I"));
                each.heldIndex = code.store(Type.REFERENCE);
            }
        }
    }

    /// Reads the lanes from `lane` on into vectors.
    void readLanes(Local lane, Locals<String> arrays) {
        for (Running each : running.values()) {
            vectors.pushSpecies(each.type());
            pushLane(arrays.get(each.lanes()), each, lane);
            vectors.read(each.type());
            each.held = code.store(Type.REFERENCE);
            if (each.reduction.isIndex()) {
                vectors.pushIntSpecies();
                pushLane(arrays.get("indexLanes"), each, lane);
                vectors.read(DType.I32);
                each.heldIndex = code.store(Type.REFERENCE);
            }
        }
    }

    private void pushLane(Local array, Running each, Local lane) {
        code.load(array);
        code.load(lane);
        code.constant(each.lanesAt);
        code.op(Opcodes.IADD);
    }

    /// Writes the vectors back to the lanes from `lane` on.
    void writeLanes(Local lane, Locals<String> arrays) {
        for (Running each : running.values()) {
            code.load(each.held);
            pushLane(arrays.get(each.lanes()), each, lane);
            vectors.write(each.type());
            if (each.reduction.isIndex()) {
                code.load(each.heldIndex);
                pushLane(arrays.get("indexLanes"), each, lane);
                vectors.write(DType.I32);
            }
        }
    }

    private Running running(int register) {
        return Objects.requireNonNull(running.get(register));
    }

    /// Combines a vector of elements into the lanes' vector.
    void combineVector(int register, Reduce reduce, Local column) {
        Running each = running(register);
        vectors.push(reduce.value());
        vectors.neutralise(each.floats, () -> pushIdentity(each.reduction, each.floats));
        Local element = code.store(Type.REFERENCE);
        if (!each.reduction.isIndex()) {
            combine(each.reduction, each.floats, each.held, element);
            code.store(each.held);
            return;
        }
        wins(each.reduction, each.floats, each.held, element);
        Local wins = code.store(Type.REFERENCE);
        code.load(each.held);
        code.load(element);
        code.load(wins);
        code.invoke(owner(each.floats), "blend", descriptor("VM", each.floats ? "F" : "I"));
        code.store(each.held);
        code.load(each.heldIndex);
        vectors.columnIndex(column);
        code.load(wins);
        if (each.floats) {
            vectors.toIntMask();
        }
        code.invoke(INTS, "blend", descriptor("VM", "I"));
        code.store(each.heldIndex);
    }

    private static String owner(boolean floats) {
        return floats ? FLOATS : INTS;
    }

    /// Pushes `held` combined with `element`.
    private void combine(Reduction reduction, boolean floats, Local held, Local element) {
        String result = floats ? "F" : "I";
        switch (reduction) {
            case SUM -> {
                code.load(held);
                code.load(element);
                code.invoke(owner(floats), "add", descriptor("V", result));
            }
            case PRODUCT -> {
                code.load(held);
                code.load(element);
                code.invoke(owner(floats), "mul", descriptor("V", result));
            }
            case MAX, MIN, ARGMAX, ARGMIN -> {
                wins(reduction, floats, held, element);
                Local wins = code.store(Type.REFERENCE);
                code.load(held);
                code.load(element);
                code.load(wins);
                code.invoke(owner(floats), "blend", descriptor("VM", result));
            }
        }
    }

    /// Pushes the mask of the elements that a maximum or minimum goes to: those beyond, and every first NaN.
    private void wins(Reduction reduction, boolean floats, Local held, Local element) {
        boolean greatest = reduction == Reduction.MAX || reduction == Reduction.ARGMAX;
        code.load(element);
        code.vectorOperator(greatest ? "GT" : "LT", "Comparison");
        code.load(held);
        code.invoke(owner(floats), "compare", descriptor("CV", "M"));
        if (!floats) {
            return;
        }
        code.load(element);
        code.vectorOperator("NE", "Comparison");
        code.load(element);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        if (reduction.isIndex()) {
            code.load(held);
            code.vectorOperator("EQ", "Comparison");
            code.load(held);
            code.invoke(FLOATS, "compare", descriptor("CV", "M"));
            code.invoke(MASK, "and", descriptor("M", "M"));
        }
        code.invoke(MASK, "or", descriptor("M", "M"));
    }

    /// Combines one element into its lane.
    void combineScalar(int register, Reduce reduce, Local column, Local lanesFrom, Locals<String> arrays) {
        Running each = running(register);
        pushReduction(each.reduction);
        code.load(arrays.get(each.lanes()));
        if (each.reduction.isIndex()) {
            code.load(arrays.get("indexLanes"));
        }
        code.load(column);
        code.load(lanesFrom);
        code.op(Opcodes.ISUB);
        code.constant(Reduction.LANES - 1);
        code.op(Opcodes.IAND);
        code.constant(each.lanesAt);
        code.op(Opcodes.IADD);
        scalars.push(reduce.value());
        String lanes = each.floats ? "[F" : "[I";
        String element = each.floats ? "F" : "I";
        if (each.reduction.isIndex()) {
            code.load(column);
            code.invokeStatic(FOLD, "put", "(" + TYPE + lanes + "[II" + element + "I)V");
        } else {
            code.invokeStatic(FOLD, "put", "(" + TYPE + lanes + "I" + element + ")V");
        }
    }

    /// Folds the lanes of a block and combines them with the row's total.
    void fold(Locals<String> arrays) {
        for (Running each : running.values()) {
            String lanes = each.floats ? "[F" : "[I";
            String element = each.floats ? "F" : "I";
            pushReduction(each.reduction);
            code.load(arrays.get(each.lanes()));
            Local value;
            if (each.reduction.isIndex()) {
                code.load(arrays.get("indexLanes"));
                code.constant(each.lanesAt);
                code.invokeStatic(FOLD, "foldIndex", "(" + TYPE + lanes + "[II)I");
                Local index = code.store(Type.INT);
                code.load(arrays.get(each.lanes()));
                code.constant(each.lanesAt);
                code.op(each.floats ? Opcodes.FALOAD : Opcodes.IALOAD);
                value = code.store(each.floats ? Type.FLOAT : Type.INT);
                pushReduction(each.reduction);
                code.load(each.total);
                code.load(value);
                code.load(each.index);
                code.load(index);
                code.invokeStatic(FOLD, "index", "(" + TYPE + element + element + "II)I");
                code.store(each.index);
            } else {
                code.constant(each.lanesAt);
                code.invokeStatic(FOLD, "fold", "(" + TYPE + lanes + "I)" + element);
                value = code.store(each.floats ? Type.FLOAT : Type.INT);
            }
            pushReduction(each.reduction);
            code.load(each.total);
            code.load(value);
            code.invokeStatic(FOLD, "combine", "(" + TYPE + element + element + ")" + element);
            code.store(each.total);
        }
    }

    /// Writes a row's result at `place`.
    void writeResult(int register, Local place, Locals<String> arrays) {
        Running each = running(register);
        code.load(arrays.get(each.floats ? "resultsOut" : "intResultsOut"));
        code.load(place);
        code.load(each.total);
        code.op(each.floats ? Opcodes.FASTORE : Opcodes.IASTORE);
        if (each.reduction.isIndex()) {
            code.load(arrays.get("indexResultsOut"));
            code.load(place);
            code.load(each.index);
            code.op(Opcodes.IASTORE);
        }
    }

    /// Combines a vector of elements into the columns' partial results.
    void accumulateVector(Reduction reduction, int value, Local columns, Local offset, Local column) {
        boolean floats = values.type(value) == DType.F32;
        DType type = floats ? DType.F32 : DType.I32;
        vectors.push(value);
        Local element = code.store(Type.REFERENCE);
        vectors.pushSpecies(type);
        pushPlace(columns, offset, column);
        vectors.read(type);
        Local held = code.store(Type.REFERENCE);
        combine(reduction, floats, held, element);
        pushPlace(columns, offset, column);
        vectors.write(type);
    }

    private void pushPlace(Local array, Local offset, Local column) {
        code.load(array);
        code.load(offset);
        code.load(column);
        code.op(Opcodes.IADD);
    }
}
