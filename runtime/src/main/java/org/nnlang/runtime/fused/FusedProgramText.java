package org.nnlang.runtime.fused;

import java.util.List;
import java.util.stream.Collectors;
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

/// Prints programs:
///
/// ```
/// fused softmax(outer 1) {
///   x: f32 contiguous
///   y: f32 contiguous
///   phase 0
///     %0 = load x
///     %1 = row max %0
///   phase 1
///     ...
/// }
/// ```
///
/// A star behind a register's number says that it varies over the columns.
final class FusedProgramText {
    private FusedProgramText() {}

    static String print(FusedProgram program) {
        var text = new StringBuilder();
        text.append("fused ").append(program.name()).append("(outer ").append(program.outerRank());
        if (program.groups() > 0) {
            text.append(", groups ").append(program.groups());
        }
        text.append(") {\n");
        for (Operand operand : program.operands()) {
            text.append("  ")
                    .append(operand.name())
                    .append(": ")
                    .append(operand.type())
                    .append(' ')
                    .append(operand.columns())
                    .append('\n');
        }
        for (Phase phase : program.phases()) {
            text.append("  phase ").append(phase.index()).append('\n');
            note(program, text, "known", phase.known());
            note(program, text, "restore", phase.restored());
            for (int register : phase.steps()) {
                text.append("    ").append(line(program, register)).append('\n');
            }
            note(program, text, "keep", phase.kept());
        }
        return text.append("}\n").toString();
    }

    private static void note(FusedProgram program, StringBuilder text, String what, List<Integer> registers) {
        if (!registers.isEmpty()) {
            text.append("    ").append(what);
            registers.forEach(register -> text.append(' ').append(name(program, register)));
            text.append('\n');
        }
    }

    private static String line(FusedProgram program, int register) {
        Instruction instruction = program.instruction(register);
        String result = instruction.isSink() ? "" : name(program, register) + " = ";
        return result
                + switch (instruction) {
                    case Load(int operand) -> "load " + operand(program, operand);
                    case Constant constant ->
                        switch (constant.type()) {
                            case F32 -> Float.toString(constant.asFloat());
                            case I32, U8 -> Integer.toString(constant.bits());
                            case BOOL -> Boolean.toString(constant.bits() != 0);
                        };
                    case Size(int index) -> "size " + index;
                    case ColumnIndex() -> "column";
                    case OuterIndex(int dimension) -> "outer " + dimension;
                    case Apply(Opcode opcode, List<Integer> inputs) -> opcode + " " + names(program, inputs);
                    case Own(Operation operation, List<Integer> inputs) ->
                        operation.name() + " " + names(program, inputs);
                    case Reduce(Reduction reduction, int value) -> "row " + reduction + " " + name(program, value);
                    case Store(int operand, int value) ->
                        "store " + operand(program, operand) + ", " + name(program, value);
                    case ReduceRows(Reduction reduction, int operand, int value) ->
                        "columns " + reduction + " " + operand(program, operand) + ", " + name(program, value);
                };
    }

    private static String operand(FusedProgram program, int operand) {
        return program.operands().get(operand).name();
    }

    private static String names(FusedProgram program, List<Integer> registers) {
        return registers.stream().map(register -> name(program, register)).collect(Collectors.joining(", "));
    }

    private static String name(FusedProgram program, int register) {
        return "%" + register + (program.isVarying(register) ? "*" : "");
    }
}
