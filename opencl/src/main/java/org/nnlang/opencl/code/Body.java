package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
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
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// Writes the instructions of a fused program for one element, or for four neighbours in a row.
///
/// Register n is the variable `rn`; operand k begins at `bk` in its row. The code around it defines `d0`, `d1`, … (the
/// outer indices) and, for an element, `c` (its column) or, for four, `c0` (the first one's).
final class Body {
    final Space space;
    final FusedProgram program;
    /// Elements written at once.
    final int width;
    final StringBuilder text = new StringBuilder();
    private final Set<Integer> used = new LinkedHashSet<>();
    private int depth = 1;

    /// What stands for the elements of a matrix product in its epilogue, or null.
    private @Nullable String product;
    private java.util.function.IntToLongFunction keptPlace = _ -> 0;
    private int productOperand = -1;

    Body(Space space, int width) {
        this.space = space;
        this.program = space.program;
        this.width = width;
        for (Instruction instruction : program.instructions()) {
            switch (instruction) {
                case Load(int operand) -> used.add(operand);
                case Store(int operand, _) -> used.add(operand);
                case ReduceRows(_, int operand, _) -> used.add(operand);
                case Constant _, Size _, ColumnIndex _, OuterIndex _, Apply _, Own _, Reduce _ -> {
                }
            }
        }
    }

    /// Lets loads of an operand read an array of this name instead.
    Body productIs(int operand, String array) {
        productOperand = operand;
        product = array;
        return this;
    }

    /// Where in scratch memory a register that phases hand on begins, for the `%k` of hooks.
    Body keptIn(java.util.function.IntToLongFunction place) {
        keptPlace = place;
        return this;
    }

    /// How many neighbours are best done by one work item: four, where most of what is read and written allows it.
    static int width(Space space) {
        if (space.columns % 4 != 0) {
            return 1;
        }
        int aligned = 0;
        int others = 0;
        for (Space.Access access : space.accesses) {
            if (access.isAligned()) {
                aligned++;
            } else if (access.columnStride() != 0) {
                others++;
            }
        }
        return aligned > others ? 4 : 1;
    }

    void line(String line) {
        text.append("    ".repeat(depth)).append(line).append('\n');
    }

    void open(String line) {
        line(line + " {");
        depth++;
    }

    void close() {
        depth--;
        line("}");
    }

    /// The function's head with its parameters, and the arguments that belong to them.
    String signature(List<Argument> arguments, boolean scratch, int group) {
        List<String> parameters = new ArrayList<>();
        Set<String> pointers = new LinkedHashSet<>();
        for (int operand : used) {
            Space.Access access = space.accesses.get(operand);
            if (pointers.add(access.at().name())) {
                parameters.add(access.at().parameter());
                arguments.add(access.at().memory());
            }
        }
        for (int operand : used) {
            parameters.add("const int o" + operand);
            arguments.add(space.accesses.get(operand).at().offset());
        }
        if (scratch) {
            parameters.add("__global float* sf");
            arguments.add(new Argument.Scratch());
        }
        return head(group) + String.join(", ", parameters) + ")";
    }

    static String head(int group) {
        return "__kernel __attribute__((reqd_work_group_size(" + group + ", 1, 1))) void " + Launch.NAME + "(";
    }

    /// Splits the row number in variable `row` into outer indices.
    void indices(String row) {
        String rest = row;
        for (int d = space.outer.length - 1; d >= 0; d--) {
            if (d == 0) {
                line("const int d0 = " + rest + ";");
            } else {
                line("const int d" + d + " = (uint)" + rest + " % " + space.outer[d] + "u;");
                line("const int rest" + d + " = (uint)" + rest + " / " + space.outer[d] + "u;");
                rest = "rest" + d;
            }
        }
    }

    /// Where each operand's row begins.
    void bases() {
        for (int operand : used) {
            Space.Access access = space.accesses.get(operand);
            boolean combined = program.instructions().stream()
                    .anyMatch(i -> i instanceof ReduceRows rows && rows.operand() == operand);
            var sum = new StringBuilder("o" + operand);
            for (int d = 0; d < space.outer.length && !combined; d++) {
                int stride = access.strides()[d];
                if (stride != 0 && space.outer[d] > 1) {
                    sum.append(" + d").append(d).append(" * ").append(stride);
                }
            }
            if (!combined) {
                line("const int b" + operand + " = " + sum + ";");
            }
        }
    }

    String name(int register) {
        return switch (program.instruction(register)) {
            case Constant(DType type, int bits) ->
                type.isFloat() ? Prelude.literal(bits) : Prelude.literal(bits, true);
            case Size(int index) -> Prelude.literal(space.sizes[index], true);
            case OuterIndex(int dimension) -> "d" + dimension;
            case ColumnIndex() -> "c";
            case Load _, Apply _, Own _, Reduce _, Store _, ReduceRows _ -> "r" + register;
        };
    }

    String type(int register) {
        return Operations.type(program.type(register));
    }

    private String pointer(int operand) {
        return space.accesses.get(operand).pointer();
    }

    /// What is the same for all columns of a row. Stores of it, to one element, are written by the first lane alone.
    ///
    /// @param writes the condition under which a work item stores
    void uniform(Phase phase, String writes) {
        for (int register : phase.steps()) {
            Instruction instruction = program.instruction(register);
            if (instruction instanceof Store(int operand, int value)) {
                if (space.accesses.get(operand).operand().columns() == org.nnlang.runtime.fused.Columns.ONE_VALUE) {
                    line("if (" + writes + ") " + pointer(operand) + "[b" + operand + "] = " + name(value) + ";");
                }
            } else if (!program.isVarying(register)) {
                compute(register);
            }
        }
    }

    private void compute(int register) {
        switch (program.instruction(register)) {
            case Load(int operand) ->
                declare(register, space.accesses.get(operand).at().read("b" + operand));
            case Apply(var opcode, List<Integer> inputs) ->
                declare(
                        register,
                        Operations.apply(
                                opcode,
                                program.type(inputs.getFirst()),
                                inputs.stream().map(this::name).toArray(String[]::new)));
            case Own(Operation operation, List<Integer> inputs) -> own(register, operation, inputs);
            case Constant _, Size _, ColumnIndex _, OuterIndex _, Reduce _, Store _, ReduceRows _ -> {
            }
        }
    }

    /// An operation of host code, whose expression sees its operands under their names.
    private void own(int register, Operation operation, List<Integer> inputs) {
        String expression = operation.openCl().orElseThrow(() -> new NnException(
                "NN0874",
                "the operation `" + operation.name() + "` of " + operation.getClass().getName()
                        + " is written in Java, and a device cannot run it",
                "give it an expression in OpenCL C by `openCl()`, or run on the processor: `--device cpu`"));
        line("float r" + register + ";");
        open("");
        for (int i = 0; i < inputs.size(); i++) {
            line("const float " + operation.operands().get(i) + " = " + name(inputs.get(i)) + ";");
        }
        line("r" + register + " = (float) (" + expression + ");");
        close();
    }

    private void declare(int register, String value) {
        line("const " + type(register) + " r" + register + " = " + value + ";");
    }

    /// What is done for each column of a phase, and by whom values are handed on.
    ///
    /// @param kept where a kept register's element lies, such as `k%d[e * 4 + u]`; `%d` stands for its number, `%k` for its
    ///     place in scratch memory
    /// @param accumulators where the combination of rows for an element lies
    record Hooks(String kept, String accumulators) {}

    private boolean isVector(int operand) {
        return width == 4 && space.accesses.get(operand).isAligned();
    }

    /// The work of one element, or of four from `c0`.
    void elements(Phase phase, Hooks hooks) {
        for (int register : phase.steps()) {
            switch (program.instruction(register)) {
                case Load(int operand) when program.isVarying(register) && isVector(operand)
                        && operand != productOperand -> {
                    String type = type(register);
                    Location at = space.accesses.get(operand).at();
                    line("const " + type + "4 q" + register + " = "
                            + at.readFour(at.name() + " + b" + operand + " + c0") + ";");
                    line("const " + type + " l" + register + "[4] = {q" + register + ".x, q" + register + ".y, q"
                            + register + ".z, q" + register + ".w};");
                }
                case Store(int operand, _) when isVector(operand) ->
                    line(type(register) + " s" + register + "[4];");
                case Load _, Apply _, Own _, Constant _, Size _, ColumnIndex _, OuterIndex _, Reduce _, Store _, ReduceRows _ ->
                    {
                    }
            }
        }
        if (width == 4) {
            line("#pragma unroll");
            open("for (int u = 0; u < 4; u++)");
            line("const int c = c0 + u;");
        }
        for (int register : phase.restored()) {
            String element = place(hooks.kept, register);
            boolean bits = hooks.kept.contains("sf") && !program.type(register).isFloat();
            declare(register, bits ? "as_int(" + element + ")" : element);
        }
        for (int register : phase.steps()) {
            element(register, hooks);
        }
        for (int register : phase.kept()) {
            line(place(hooks.kept, register) + " = " + (hooks.kept.contains("sf")
                    && !program.type(register).isFloat() ? "as_float(r" + register + ")" : "r" + register) + ";");
        }
        if (width == 4) {
            close();
        }
        for (int register : phase.steps()) {
            if (program.instruction(register) instanceof Store(int operand, _) && isVector(operand)) {
                String s = "s" + register;
                String type = type(register);
                line("*(__global " + type + "4*)(" + pointer(operand) + " + b" + operand + " + c0) = (" + type + "4)("
                        + s + "[0], " + s + "[1], " + s + "[2], " + s + "[3]);");
            }
        }
    }

    private String place(String pattern, int register) {
        return pattern.contains("%k")
                ? pattern.replace("%k", "" + keptPlace.applyAsLong(register))
                : pattern.replace("%d", "" + register);
    }

    private void element(int register, Hooks hooks) {
        switch (program.instruction(register)) {
            case Load(int operand) when program.isVarying(register) -> {
                Space.Access access = space.accesses.get(operand);
                if (operand == productOperand && product != null) {
                    declare(register, product + (width == 4 ? "[u]" : ""));
                } else if (isVector(operand)) {
                    declare(register, "l" + register + "[u]");
                } else {
                    declare(register, access.at().read("b" + operand + column(access)));
                }
            }
            case Apply _ when program.isVarying(register) -> compute(register);
            case Own _ when program.isVarying(register) -> compute(register);
            case Reduce(var reduction, int value) -> {
                DType type = program.type(value);
                String held = reduction.isIndex() ? "m" + register : "r" + register;
                if (reduction.isIndex()) {
                    line("if (" + Operations.beyond(reduction, type, name(value), held) + ") { " + held + " = "
                            + name(value) + "; r" + register + " = c; }");
                } else {
                    line(held + " = " + Operations.combine(reduction, type, held, name(value)) + ";");
                }
            }
            case ReduceRows(var reduction, _, int value) -> {
                String held = place(hooks.accumulators, register);
                line(held + " = " + Operations.combine(reduction, program.type(value), held, name(value)) + ";");
            }
            case Store(int operand, int value) -> {
                Space.Access access = space.accesses.get(operand);
                if (isVector(operand)) {
                    line("s" + register + "[u] = " + name(value) + ";");
                } else if (access.operand().columns() != org.nnlang.runtime.fused.Columns.ONE_VALUE) {
                    line(pointer(operand) + "[b" + operand + column(access) + "] = " + name(value) + ";");
                }
            }
            case Load _, Apply _, Own _, Constant _, Size _, ColumnIndex _, OuterIndex _ -> {
            }
        }
    }

    private static String column(Space.Access access) {
        int stride = access.columnStride();
        return stride == 0 ? "" : stride == 1 ? " + c" : " + c * " + stride;
    }
}
