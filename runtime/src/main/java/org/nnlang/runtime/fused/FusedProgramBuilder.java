package org.nnlang.runtime.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// Makes a [FusedProgram]: operands first, then instructions in the order of their data flow. Methods that add an
/// instruction return its register.
public final class FusedProgramBuilder {
    private final String name;
    private final int outerRank;
    private final List<Operand> operands = new ArrayList<>();
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Integer> lines = new ArrayList<>();
    private final Map<Integer, Boolean> recomputed = new HashMap<>();
    private int groups;
    private int line;

    /// A program over `outerRank` outer dimensions (0 to 5) and one inner one.
    public FusedProgramBuilder(String name, int outerRank) {
        this.name = name;
        this.outerRank = outerRank;
    }

    /// The leading outer dimensions that a reduction over rows keeps; none, unless said.
    public FusedProgramBuilder groups(int groups) {
        this.groups = groups;
        return this;
    }

    /// The line of the source file that the next instructions stem from.
    public FusedProgramBuilder line(int line) {
        this.line = line;
        return this;
    }

    /// Declares memory and returns its number.
    public int operand(String name, DType type, Columns columns) {
        operands.add(new Operand(name, type, columns));
        return operands.size() - 1;
    }

    /// The elements of an operand.
    public int load(int operand) {
        return add(new Load(operand));
    }

    /// A literal.
    public int constant(float value) {
        return add(new Constant(DType.F32, Float.floatToRawIntBits(value)));
    }

    /// A literal.
    public int constant(int value) {
        return add(new Constant(DType.I32, value));
    }

    /// A literal.
    public int constant(boolean value) {
        return add(new Constant(DType.BOOL, value ? 1 : 0));
    }

    /// Entry `index` of the table of sizes.
    public int size(int index) {
        return add(new Size(index));
    }

    /// The number of the column.
    public int columnIndex() {
        return add(new ColumnIndex());
    }

    /// The index along an outer dimension.
    public int outerIndex(int dimension) {
        return add(new OuterIndex(dimension));
    }

    /// An operation on registers.
    public int apply(Opcode opcode, int... inputs) {
        List<Integer> list = new ArrayList<>();
        for (int input : inputs) {
            list.add(input);
        }
        return add(new Apply(opcode, list));
    }

    /// An operation of host code on registers.
    public int own(Operation operation, int... inputs) {
        return add(new Own(operation, Arrays.stream(inputs).boxed().toList()));
    }

    /// `value` reduced over the columns of its row.
    public int reduce(Reduction reduction, int value) {
        return add(new Reduce(reduction, value));
    }

    /// Writes `value` to an operand.
    public void store(int operand, int value) {
        add(new Store(operand, value));
    }

    /// Writes `value`, reduced over the rows, to an operand.
    public void reduceRows(Reduction reduction, int operand, int value) {
        add(new ReduceRows(reduction, operand, value));
    }

    /// Decides that a varying register which a later phase needs is kept in memory; unless said, its cost decides.
    public FusedProgramBuilder keep(int register) {
        recomputed.put(register, false);
        return this;
    }

    /// Decides that a varying register which a later phase needs is computed again; unless said, its cost decides.
    public FusedProgramBuilder recompute(int register) {
        recomputed.put(register, true);
        return this;
    }

    /// The program.
    ///
    /// @throws IllegalArgumentException where it makes no sense
    public FusedProgram build() {
        boolean[] again = Phasing.cheap(instructions);
        recomputed.forEach((register, value) -> again[register] = value);
        int[] lineTable = lines.stream().mapToInt(Integer::intValue).toArray();
        return new FusedProgram(name, outerRank, groups, operands, instructions, lineTable, again);
    }

    /// Adds any instruction, as it is.
    int add(Instruction instruction) {
        instructions.add(instruction);
        lines.add(line);
        return instructions.size() - 1;
    }
}
