package org.nnlang.runtime.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
import org.nnlang.runtime.tensor.DType;

/// What one fused loop nest computes, whatever the sizes: the one description that every tier runs.
///
/// The iteration space is some outer dimensions, whose product counts the *rows*, by one inner dimension, the
/// *columns*. Instructions are in the order of their data flow. Where a row is reduced, what depends on the result
/// runs in a later [Phase] of the same row. Where rows are reduced, the leading `groups` outer dimensions are kept and
/// the rows within one group are combined.
///
/// Immutable, and made by [FusedProgramBuilder], which checks it. Two programs are equal where they compute the same, so
/// that they can share code; names and lines do not count.
public final class FusedProgram {
    private final String name;
    private final int outerRank;
    private final int groups;
    private final List<Operand> operands;
    private final List<Instruction> instructions;
    private final int[] lines;
    private final boolean[] recomputed;

    private final DType[] types;
    private final boolean[] varying;
    private final List<Phase> phases;
    private final int[] slots;
    private final int results;
    private final int rowResults;
    private final int keptFloats;
    private final int keptInts;

    FusedProgram(
            String name,
            int outerRank,
            int groups,
            List<Operand> operands,
            List<Instruction> instructions,
            int[] lines,
            boolean[] recomputed) {
        this.name = name;
        this.outerRank = outerRank;
        this.groups = groups;
        this.operands = List.copyOf(operands);
        this.instructions = List.copyOf(instructions);
        this.lines = lines.clone();
        this.recomputed = recomputed.clone();
        var checker = new FusedProgramCheck(this);
        types = checker.types();
        varying = checker.varying();
        phases = new Phasing(this).phases();
        slots = new int[types.length];
        int reductions = 0;
        int rowReductions = 0;
        int floats = 0;
        int ints = 0;
        for (int register = 0; register < slots.length; register++) {
            if (this.instructions.get(register) instanceof Reduce) {
                slots[register] = reductions++;
            } else if (this.instructions.get(register) instanceof ReduceRows) {
                slots[register] = rowReductions++;
            }
        }
        for (Phase phase : phases) {
            for (int register : phase.kept()) {
                slots[register] = types[register].isFloat() ? floats++ : ints++;
            }
        }
        results = reductions;
        rowResults = rowReductions;
        keptFloats = floats;
        keptInts = ints;
    }

    /// What it computes, in a word or two.
    public String name() {
        return name;
    }

    /// How many outer dimensions there are, 0 to 5.
    public int outerRank() {
        return outerRank;
    }

    /// How many leading outer dimensions a reduction over rows keeps.
    public int groups() {
        return groups;
    }

    /// The memory it reads and writes.
    public List<Operand> operands() {
        return operands;
    }

    /// All instructions, in order.
    public List<Instruction> instructions() {
        return instructions;
    }

    /// The instruction that writes register `register`.
    public Instruction instruction(int register) {
        return instructions.get(register);
    }

    /// The type of a register: F32, I32 or BOOL; of a store, that of the register stored.
    public DType type(int register) {
        return types[register];
    }

    /// Whether a register holds a value for each column, rather than one for the row.
    public boolean isVarying(int register) {
        return varying[register];
    }

    /// Whether a varying register is computed again in every later phase that needs it, rather than kept.
    public boolean isRecomputed(int register) {
        return recomputed[register];
    }

    /// The line of the source file that an instruction stems from, or 0.
    public int line(int register) {
        return lines[register];
    }

    /// What is done to each row, one phase after another; a program without row reductions has one.
    public List<Phase> phases() {
        return phases;
    }

    /// Whether a row's result depends on all its columns.
    public boolean reducesColumns() {
        return results > 0;
    }

    /// Whether rows are combined.
    public boolean reducesRows() {
        return rowResults > 0;
    }

    /// Whether every element stands for itself, so that any part of the iteration space can be run alone, a block of
    /// a matrix product say.
    public boolean isElementwise() {
        return !reducesColumns() && !reducesRows();
    }

    /// Whether an instruction asks where it is, so that dimensions must not be merged.
    boolean usesIndices() {
        return instructions.stream().anyMatch(i -> i instanceof ColumnIndex || i instanceof OuterIndex);
    }

    /// The number of a reduction among the reductions, of a reduction over rows among those, or of a kept register among
    /// the kept ones of float or int memory.
    public int slot(int register) {
        return slots[register];
    }

    /// How many reductions over columns there are.
    public int results() {
        return results;
    }

    /// How many reductions over rows there are.
    public int rowResults() {
        return rowResults;
    }

    /// How many registers are kept in float memory.
    public int keptFloats() {
        return keptFloats;
    }

    /// How many registers are kept in int memory.
    public int keptInts() {
        return keptInts;
    }

    /// How many entries the table of sizes must have.
    public int sizes() {
        return instructions.stream()
                .mapToInt(i -> i instanceof Size size ? size.index() + 1 : 0)
                .max()
                .orElse(0);
    }

    /// Whether an operand is written.
    public boolean writes(int operand) {
        return instructions.stream().anyMatch(i -> writes(i, operand));
    }

    /// Whether an operand is read.
    public boolean reads(int operand) {
        return instructions.stream().anyMatch(i -> i instanceof Load load && load.operand() == operand);
    }

    /// Whether `written` may be the very memory of `read`, element for element: every element is read for the last time
    /// before its place is written. Within a phase, all loads of an element come before its stores.
    public boolean mayOverwrite(int written, int read) {
        Operand target = operands.get(written);
        Operand source = operands.get(read);
        boolean sameElements = target.columns() == source.columns()
                && target.type().isFloat() == source.type().isFloat();
        if (!sameElements) {
            return false;
        }
        int lastRead = -1;
        int firstWrite = Integer.MAX_VALUE;
        for (Phase phase : phases) {
            for (int register : phase.steps()) {
                if (instruction(register) instanceof Load load && load.operand() == read) {
                    lastRead = phase.index();
                } else if (instruction(register) instanceof ReduceRows rows && rows.operand() == written) {
                    return false;
                } else if (instruction(register) instanceof Store store && store.operand() == written) {
                    firstWrite = Math.min(firstWrite, phase.index());
                }
            }
        }
        // A uniform element is read by every task, so one task's store could come before another's load.
        return target.columns() != Columns.ONE_VALUE && lastRead <= firstWrite;
    }

    private static boolean writes(Instruction instruction, int operand) {
        return switch (instruction) {
            case Store(int target, _) -> target == operand;
            case ReduceRows(_, int target, _) -> target == operand;
            case Load _, Constant _, Size _, ColumnIndex _, OuterIndex _, Apply _, Own _, Reduce _ -> false;
        };
    }

    /// The registers that an instruction reads.
    public List<Integer> inputs(int register) {
        return instructions.get(register).inputs();
    }

    /// About how many nanoseconds an element takes, memory not counted: what decides how work is split.
    public double elementCost() {
        double cost = 0;
        for (int register = 0; register < instructions.size(); register++) {
            cost += varying(register) ? Phasing.cost(instructions.get(register)) : 0;
        }
        return cost;
    }

    private boolean varying(int register) {
        return varying[register]
                || instructions.get(register) instanceof Reduce
                || instructions.get(register) instanceof ReduceRows;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FusedProgram that
                && outerRank == that.outerRank
                && groups == that.groups
                && instructions.equals(that.instructions)
                && sameLayout(operands, that.operands)
                && Arrays.equals(recomputed, that.recomputed);
    }

    private static boolean sameLayout(List<Operand> left, List<Operand> right) {
        return layout(left).equals(layout(right));
    }

    private static List<Object> layout(List<Operand> operands) {
        List<Object> layout = new ArrayList<>();
        for (Operand operand : operands) {
            layout.add(operand.type());
            layout.add(operand.columns());
        }
        return layout;
    }

    @Override
    public int hashCode() {
        return Objects.hash(outerRank, groups, instructions, layout(operands));
    }

    /// The program as text, one instruction a line.
    @Override
    public String toString() {
        return FusedProgramText.print(this);
    }
}
