package org.nnlang.runtime.fused;

import java.util.List;
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
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// Derives the type of every register and whether it varies, and refuses a program that makes no sense. Programs are
/// also read from files, so nothing is taken for granted.
final class FusedProgramCheck {
    private static final int MAX_OUTER_RANK = 5;

    private final FusedProgram program;
    private final DType[] types;
    private final boolean[] varying;

    FusedProgramCheck(FusedProgram program) {
        this.program = program;
        types = new DType[program.instructions().size()];
        varying = new boolean[types.length];
        require(program.outerRank() >= 0 && program.outerRank() <= MAX_OUTER_RANK, "an outer rank of 0 to 5");
        require(program.groups() >= 0 && program.groups() <= program.outerRank(),
                "no more groups than outer dimensions");
        require(program.groups() == 0 || program.instructions().stream().anyMatch(ReduceRows.class::isInstance),
                "groups only where rows are reduced");
        for (int register = 0; register < types.length; register++) {
            check(register);
        }
    }

    DType[] types() {
        return types;
    }

    boolean[] varying() {
        return varying;
    }

    private void check(int register) {
        Instruction instruction = program.instruction(register);
        for (int input : instruction.inputs()) {
            require(input >= 0 && input < register, "inputs before their uses");
            require(!program.instruction(input).isSink(), "inputs that are registers");
        }
        switch (instruction) {
            case Load(int operand) -> {
                DType type = operand(operand).type();
                types[register] = type == DType.U8 ? DType.I32 : type;
                varying[register] = operand(operand).columns() != Columns.ONE_VALUE;
            }
            case Constant(DType type, int bits) -> {
                require(type != DType.U8, "constants of f32, i32 or bool");
                require(type != DType.BOOL || bits == 0 || bits == 1, "0 or 1 for a bool");
                types[register] = type;
            }
            case Size(int index) -> {
                require(index >= 0, "a size's number");
                types[register] = DType.I32;
            }
            case ColumnIndex() -> {
                types[register] = DType.I32;
                varying[register] = true;
            }
            case OuterIndex(int dimension) -> {
                require(dimension >= 0 && dimension < program.outerRank(), "an outer dimension there is");
                types[register] = DType.I32;
            }
            case Apply(Opcode opcode, List<Integer> inputs) -> {
                DType[] arguments = inputs.stream().map(i -> types[i]).toArray(DType[]::new);
                types[register] = opcode.result(arguments);
                varying[register] = inputs.stream().anyMatch(i -> varying[i]);
            }
            case Own(Operation operation, List<Integer> inputs) -> {
                require(inputs.size() == operation.operands().size(), "an operation with all its operands");
                require(inputs.stream().allMatch(i -> types[i] == DType.F32), "an operation of host code on f32");
                types[register] = DType.F32;
                varying[register] = inputs.stream().anyMatch(i -> varying[i]);
            }
            case Reduce(Reduction reduction, int value) -> {
                require(types[value] != DType.BOOL, "a reduction of numbers");
                types[register] = reduction.result(types[value]);
            }
            case Store(int operand, int value) -> {
                types[register] = types[value];
                requireStorable(operand, types[value]);
                require(
                        !varying[value] || operand(operand).columns() != Columns.ONE_VALUE,
                        "a uniform value for an operand of one value");
            }
            case ReduceRows(Reduction reduction, int operand, int value) -> {
                require(types[value] != DType.BOOL, "a reduction of numbers");
                require(!reduction.isIndex(), "a reduction over rows to a value, not an index");
                types[register] = types[value];
                requireStorable(operand, types[value]);
                require(operand(operand).columns() != Columns.ONE_VALUE, "a result of rows for every column");
                require(!program.reads(operand), "a result of rows that is not read");
            }
        }
    }

    private void requireStorable(int operand, DType value) {
        DType type = operand(operand).type();
        require(type == value || (type == DType.U8 && value == DType.I32), "an operand of the value's type");
    }

    private Operand operand(int operand) {
        require(operand >= 0 && operand < program.operands().size(), "operands that are declared");
        return program.operands().get(operand);
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("fused program " + program.name() + " needs " + what);
        }
    }
}
