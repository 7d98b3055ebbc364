package org.nnlang.compiler.bytecode;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Instruction;
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
import org.nnlang.runtime.fused.Phase;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Writes one phase of a program as a flat method:
///
/// ```
/// static void phase(FusedArguments arguments, FusedScratch scratch, int rowFrom, int rowTo, int columnFrom, int columnTo)
///     for each row
///         offsets, uniform registers
///         for each vector of columns { … }     with reductions: for each block, for each vector of lanes
///         for the columns left over a vector with a mask, or one by one { … }
///         results, uniform stores
/// ```
///
/// A reduction has 16 lanes whatever the length of a vector: with shorter vectors, the loop over a block's columns runs
/// once for each vector of lanes, 16 columns a step. So one class serves every machine.
final class PhaseEmitter {
    static final String ARGUMENTS = "org/nnlang/runtime/fused/FusedArguments";
    static final String SCRATCH = "org/nnlang/runtime/fused/FusedScratch";
    static final String DESCRIPTOR = "(L" + ARGUMENTS + ";L" + SCRATCH + ";IIII)V";

    private static final String REDUCTION = "org/nnlang/runtime/fused/Reduction";
    private static final String FOLD = "org/nnlang/runtime/fused/LaneFold";
    private static final int PARAMETERS = 6;

    /// So many columns left over are done one by one.
    private static final int FEW = 3;

    private final FusedProgram program;
    private final Phase phase;
    private final MethodCode code;
    private final Values values;
    private final ScalarCode scalars;
    private final VectorCode vectors;
    private final ReductionCode reductions;
    private final boolean masksTails;

    private final Local arguments = new Local(0, Type.REFERENCE);
    private final Local scratch = new Local(1, Type.REFERENCE);
    private final Local rowTo = new Local(3, Type.INT);
    private final Local columnFrom = new Local(4, Type.INT);
    private final Local columnTo = new Local(5, Type.INT);

    private final Locals<Integer> memory = new Locals<>();
    private final Locals<Integer> offsets = new Locals<>();
    private final Locals<String> arrays = new Locals<>();
    private final Locals<Integer> scratchOffsets = new Locals<>();

    /// @param masksTails whether columns that fill no vector are done with masks, for more code
    PhaseEmitter(
            FusedProgram program, Phase phase, MethodVisitor visitor, String speciesOwner, boolean masksTails) {
        this.masksTails = masksTails;
        this.program = program;
        this.phase = phase;
        code = new MethodCode(visitor, PARAMETERS);
        values = new Values(program);
        scalars = new ScalarCode(code, values);
        vectors = new VectorCode(code, values, scalars, speciesOwner);
        reductions = new ReductionCode(code, values, scalars, vectors);
    }

    void emit() {
        code.visitor().visitCode();
        loadMemory();
        code.load(new Local(2, Type.INT));
        Local row = code.store(Type.INT);
        Label end = new Label();
        Label next = code.label();
        code.load(row);
        code.load(rowTo);
        code.jump(Opcodes.IF_ICMPGE, end);
        row(row);
        code.increment(row, 1);
        code.jump(Opcodes.GOTO, next);
        code.place(end);
        code.op(Opcodes.RETURN);
        code.visitor().visitMaxs(0, 0);
        code.visitor().visitEnd();
    }

    /// Fetches the arrays that the phase works on.
    private void loadMemory() {
        for (int register : phase.steps()) {
            int operand = operand(program.instruction(register));
            if (operand >= 0 && !memory.contains(operand) && !(program.instruction(register) instanceof ReduceRows)) {
                boolean floats = program.operands().get(operand).type().isFloat();
                code.load(arguments);
                code.constant(operand);
                code.invoke(ARGUMENTS, floats ? "floats" : "ints", floats ? "(I)[F" : "(I)[I");
                memory.put(operand, code.store(Type.REFERENCE));
            }
        }
        for (int register : phase.restored()) {
            array(isFloat(register) ? "kept" : "intKept");
        }
        for (int register : phase.kept()) {
            array(isFloat(register) ? "kept" : "intKept");
        }
        for (int register : phase.steps()) {
            if (program.instruction(register) instanceof ReduceRows) {
                array(isFloat(register) ? "columns" : "intColumns");
            } else if (program.instruction(register) instanceof Reduce(Reduction reduction, int value)) {
                array(isFloat(value) ? "lanes" : "intLanes");
                array(isFloat(value) ? "resultsOut" : "intResultsOut");
                if (reduction.isIndex()) {
                    array("indexLanes");
                    array("indexResultsOut");
                }
            }
        }
        for (int register : phase.known()) {
            array(results(register));
        }
    }

    private static int operand(Instruction instruction) {
        return switch (instruction) {
            case Load(int operand) -> operand;
            case Store(int operand, _) -> operand;
            case ReduceRows(_, int operand, _) -> operand;
            case Constant _, Size _, ColumnIndex _, OuterIndex _, Apply _, Own _, Reduce _ -> -1;
        };
    }

    /// Where the results of an earlier reduction stand.
    private String results(int register) {
        Reduce reduce = (Reduce) program.instruction(register);
        return reduce.reduction().isIndex() ? "indexResults" : isFloat(register) ? "results" : "intResults";
    }

    private boolean isFloat(int register) {
        return program.type(register) == DType.F32;
    }

    /// An array of the scratch memory, by the name of the method that gives it.
    private Local array(String name) {
        if (arrays.contains(name)) {
            return arrays.get(name);
        }
        boolean ints = name.startsWith("int") || name.startsWith("index");
        code.load(scratch);
        code.invoke(SCRATCH, name, ints ? "()[I" : "()[F");
        Local local = code.store(Type.REFERENCE);
        arrays.put(name, local);
        return local;
    }

    private void row(Local row) {
        List<Integer> loop = new ArrayList<>();
        List<Integer> uniformStores = new ArrayList<>();
        computeOffsets(row);
        for (int register : phase.known()) {
            code.load(array(results(register)));
            pushScratch("result", program.slot(register), row);
            code.op(isFloat(register) ? Opcodes.FALOAD : Opcodes.IALOAD);
            values.put(register, code.store(ScalarCode.type(program.type(register))));
        }
        for (int register : phase.steps()) {
            Instruction instruction = program.instruction(register);
            if (instruction instanceof Store(int operand, _)
                    && program.operands().get(operand).columns() == Columns.ONE_VALUE) {
                uniformStores.add(register);
            } else if (program.isVarying(register) || instruction.isSink() || instruction instanceof Reduce) {
                loop.add(register);
            } else {
                uniform(register, row);
            }
        }
        if (phase.loops()) {
            if (phase.results().isEmpty()) {
                plainLoops(loop);
            } else {
                reducingLoops(loop, row);
            }
        }
        for (int register : uniformStores) {
            Store store = (Store) program.instruction(register);
            code.line(program.line(register));
            code.load(memory.get(store.operand()));
            code.load(offsets.get(store.operand()));
            scalars.push(store.value());
            code.op(isFloat(register) ? Opcodes.FASTORE : Opcodes.IASTORE);
        }
    }

    private void computeOffsets(Local row) {
        for (int operand : memory.held()) {
            code.load(arguments);
            code.constant(operand);
            code.load(row);
            code.invoke(ARGUMENTS, "offset", "(II)I");
            offsets.put(operand, code.store(Type.INT));
        }
        for (int register : phase.restored()) {
            pushScratch("kept", program.slot(register), row);
            scratchOffsets.put(register, code.store(Type.INT));
        }
        for (int register : phase.kept()) {
            pushScratch("kept", program.slot(register), row);
            scratchOffsets.put(register, code.store(Type.INT));
        }
        for (int register : phase.steps()) {
            if (program.instruction(register) instanceof ReduceRows) {
                code.load(scratch);
                code.constant(program.slot(register));
                code.invoke(SCRATCH, "columns", "(I)I");
                scratchOffsets.put(register, code.store(Type.INT));
            }
        }
    }

    private void pushScratch(String method, int slot, Local row) {
        code.load(scratch);
        code.constant(slot);
        code.load(row);
        code.invoke(SCRATCH, method, "(II)I");
    }

    private void uniform(int register, Local row) {
        code.line(program.line(register));
        switch (program.instruction(register)) {
            case Constant _ -> {
                return;
            }
            case Load(int operand) -> {
                code.load(memory.get(operand));
                code.load(offsets.get(operand));
                code.op(isFloat(register) ? Opcodes.FALOAD : Opcodes.IALOAD);
            }
            case Size(int index) -> {
                code.load(arguments);
                code.constant(index);
                code.invoke(ARGUMENTS, "size", "(I)I");
            }
            case OuterIndex(int dimension) -> {
                code.load(arguments);
                code.constant(dimension);
                code.load(row);
                code.invoke(ARGUMENTS, "outerIndex", "(II)I");
            }
            case Apply apply -> {
                scalars.apply(register, apply);
                return;
            }
            case Own _, ColumnIndex _, Reduce _, Store _, ReduceRows _ ->
                throw new IllegalStateException("not uniform: " + program.instruction(register));
        }
        values.put(register, code.store(ScalarCode.type(program.type(register))));
    }

    /// Without reductions: vectors from the first column, then what is left.
    private void plainLoops(List<Integer> loop) {
        code.load(columnFrom);
        Local column = code.store(Type.INT);
        code.load(columnFrom);
        code.load(columnTo);
        code.load(columnFrom);
        code.op(Opcodes.ISUB);
        vectors.pushLength();
        code.op(Opcodes.INEG);
        code.op(Opcodes.IAND);
        code.op(Opcodes.IADD);
        Local end = code.store(Type.INT);
        Label done = new Label();
        Label next = code.label();
        code.load(column);
        code.load(end);
        code.jump(Opcodes.IF_ICMPGE, done);
        vectorBody(loop, column);
        code.load(column);
        vectors.pushLength();
        code.op(Opcodes.IADD);
        code.store(column);
        code.jump(Opcodes.GOTO, next);
        code.place(done);
        if (!masksTails) {
            scalarLoop(loop, column, columnTo, column);
            return;
        }
        Label finished = new Label();
        Label few = new Label();
        code.load(columnTo);
        code.load(column);
        code.op(Opcodes.ISUB);
        Local rest = code.store(Type.INT);
        code.load(rest);
        code.constant(FEW);
        code.jump(Opcodes.IF_ICMPLE, few);
        code.load(rest);
        vectors.beginTail();
        vectorBody(loop, column);
        vectors.endTail();
        code.jump(Opcodes.GOTO, finished);
        code.place(few);
        scalarLoop(loop, column, columnTo, column);
        code.place(finished);
    }

    /// With reductions: block by block, and lanes by lanes within a block.
    private void reducingLoops(List<Integer> loop, Local row) {
        reductions.start(program, phase);
        code.load(columnFrom);
        Local block = code.store(Type.INT);
        Label done = new Label();
        Label next = code.label();
        code.load(block);
        code.load(columnTo);
        code.jump(Opcodes.IF_ICMPGE, done);

        code.load(block);
        code.constant(Reduction.BLOCK);
        code.op(Opcodes.IADD);
        code.load(columnTo);
        code.invokeStatic("java/lang/Math", "min", "(II)I");
        Local blockEnd = code.store(Type.INT);
        code.load(block);
        code.load(blockEnd);
        code.load(block);
        code.op(Opcodes.ISUB);
        code.constant(-Reduction.LANES);
        code.op(Opcodes.IAND);
        code.op(Opcodes.IADD);
        Local vectorEnd = code.store(Type.INT);
        code.constant(0);
        Local lane = code.store(Type.INT);
        Label lanesDone = new Label();
        Label nextLanes = code.label();
        code.load(lane);
        code.constant(Reduction.LANES);
        code.jump(Opcodes.IF_ICMPGE, lanesDone);
        reductions.startLanes();
        code.load(block);
        code.load(lane);
        code.op(Opcodes.IADD);
        Local column = code.store(Type.INT);
        Label vectorsDone = new Label();
        Label nextVector = code.label();
        code.load(column);
        code.load(vectorEnd);
        code.jump(Opcodes.IF_ICMPGE, vectorsDone);
        vectorBody(loop, column);
        code.increment(column, Reduction.LANES);
        code.jump(Opcodes.GOTO, nextVector);
        code.place(vectorsDone);
        reductions.writeLanes(lane, arrays);
        code.load(lane);
        vectors.pushLength();
        code.op(Opcodes.IADD);
        code.store(lane);
        code.jump(Opcodes.GOTO, nextLanes);
        code.place(lanesDone);

        Label finished = new Label();
        if (masksTails) {
            maskedLanes(loop, vectorEnd, blockEnd, finished);
        }
        code.load(vectorEnd);
        Local rest = code.store(Type.INT);
        scalarLoop(loop, rest, blockEnd, block);
        code.place(finished);
        reductions.fold(arrays);
        code.load(blockEnd);
        code.store(block);
        code.jump(Opcodes.GOTO, next);
        code.place(done);
        for (int register : phase.results()) {
            pushScratch("resultOut", program.slot(register), row);
            reductions.writeResult(register, code.store(Type.INT), arrays);
        }
    }

    /// The columns left of a block, where they are not few: lanes by lanes, masked; then goes to `finished`.
    private void maskedLanes(List<Integer> loop, Local vectorEnd, Local blockEnd, Label finished) {
        Label few = new Label();
        code.load(blockEnd);
        code.load(vectorEnd);
        code.op(Opcodes.ISUB);
        Local rest = code.store(Type.INT);
        code.load(rest);
        code.constant(FEW);
        code.jump(Opcodes.IF_ICMPLE, few);
        code.constant(0);
        Local lane = code.store(Type.INT);
        Label next = code.label();
        code.load(lane);
        code.load(rest);
        code.jump(Opcodes.IF_ICMPGE, finished);
        reductions.readLanes(lane, arrays);
        code.load(rest);
        code.load(lane);
        code.op(Opcodes.ISUB);
        vectors.beginTail();
        code.load(vectorEnd);
        code.load(lane);
        code.op(Opcodes.IADD);
        vectorBody(loop, code.store(Type.INT));
        vectors.endTail();
        reductions.writeLanes(lane, arrays);
        code.load(lane);
        vectors.pushLength();
        code.op(Opcodes.IADD);
        code.store(lane);
        code.jump(Opcodes.GOTO, next);
        code.place(few);
    }

    private void vectorBody(List<Integer> loop, Local column) {
        values.forgetVarying();
        for (int register : phase.restored()) {
            vectors.pushSpecies(program.type(register));
            code.load(array(isFloat(register) ? "kept" : "intKept"));
            pushPlace(scratchOffsets.get(register), column);
            vectors.read(program.type(register));
            values.put(register, code.store(Type.REFERENCE));
        }
        for (int register : loop) {
            code.line(program.line(register));
            switch (program.instruction(register)) {
                case Load(int operand) -> {
                    vectors.pushSpecies(program.type(register));
                    code.load(memory.get(operand));
                    pushPlace(offsets.get(operand), column);
                    vectors.read(program.type(register));
                    values.put(register, code.store(Type.REFERENCE));
                }
                case ColumnIndex() -> {
                    vectors.columnIndex(column);
                    values.put(register, code.store(Type.REFERENCE));
                }
                case Apply apply -> vectors.apply(register, apply);
                case Reduce reduce -> reductions.combineVector(register, reduce, column);
                case Store(int operand, int value) -> {
                    vectors.pushForMemory(value);
                    code.load(memory.get(operand));
                    pushPlace(offsets.get(operand), column);
                    vectors.write(program.type(value));
                }
                case ReduceRows(Reduction reduction, _, int value) ->
                    reductions.accumulateVector(
                            reduction,
                            value,
                            array(isFloat(value) ? "columns" : "intColumns"),
                            scratchOffsets.get(register),
                            column);
                case Own _, Constant _, Size _, OuterIndex _ ->
                    throw new IllegalStateException("not varying: " + program.instruction(register));
            }
        }
        for (int register : phase.kept()) {
            vectors.pushForMemory(register);
            code.load(array(isFloat(register) ? "kept" : "intKept"));
            pushPlace(scratchOffsets.get(register), column);
            vectors.write(program.type(register));
        }
    }

    private void pushPlace(Local offset, Local column) {
        code.load(offset);
        code.load(column);
        code.op(Opcodes.IADD);
    }

    /// The columns from `column` up to `end`, one by one; lane 0 belongs to column `lanesFrom`.
    private void scalarLoop(List<Integer> loop, Local column, Local end, Local lanesFrom) {
        Label done = new Label();
        Label next = code.label();
        code.load(column);
        code.load(end);
        code.jump(Opcodes.IF_ICMPGE, done);
        scalarBody(loop, column, lanesFrom);
        code.increment(column, 1);
        code.jump(Opcodes.GOTO, next);
        code.place(done);
        values.forgetVarying();
    }

    private void scalarBody(List<Integer> loop, Local column, Local lanesFrom) {
        values.forgetVarying();
        for (int register : phase.restored()) {
            code.load(array(isFloat(register) ? "kept" : "intKept"));
            pushPlace(scratchOffsets.get(register), column);
            code.op(isFloat(register) ? Opcodes.FALOAD : Opcodes.IALOAD);
            values.put(register, code.store(ScalarCode.type(program.type(register))));
        }
        for (int register : loop) {
            code.line(program.line(register));
            switch (program.instruction(register)) {
                case Load(int operand) -> {
                    code.load(memory.get(operand));
                    pushPlace(offsets.get(operand), column);
                    code.op(isFloat(register) ? Opcodes.FALOAD : Opcodes.IALOAD);
                    values.put(register, code.store(ScalarCode.type(program.type(register))));
                }
                case ColumnIndex() -> {
                    code.load(column);
                    values.put(register, code.store(Type.INT));
                }
                case Apply apply -> scalars.apply(register, apply);
                case Reduce reduce -> reductions.combineScalar(register, reduce, column, lanesFrom, arrays);
                case Store(int operand, int value) -> {
                    code.load(memory.get(operand));
                    pushPlace(offsets.get(operand), column);
                    scalars.push(value);
                    code.op(isFloat(value) ? Opcodes.FASTORE : Opcodes.IASTORE);
                }
                case ReduceRows(Reduction reduction, _, int value) -> {
                    code.constantField(REDUCTION, reduction.name(), "L" + REDUCTION + ";");
                    code.load(array(isFloat(value) ? "columns" : "intColumns"));
                    pushPlace(scratchOffsets.get(register), column);
                    scalars.push(value);
                    code.invokeStatic(FOLD, "put",
                            isFloat(value) ? "(L" + REDUCTION + ";[FIF)V" : "(L" + REDUCTION + ";[III)V");
                }
                case Own _, Constant _, Size _, OuterIndex _ ->
                    throw new IllegalStateException("not varying: " + program.instruction(register));
            }
        }
        for (int register : phase.kept()) {
            code.load(array(isFloat(register) ? "kept" : "intKept"));
            pushPlace(scratchOffsets.get(register), column);
            scalars.push(register);
            code.op(isFloat(register) ? Opcodes.FASTORE : Opcodes.IASTORE);
        }
    }
}
