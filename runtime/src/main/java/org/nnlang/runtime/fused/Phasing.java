package org.nnlang.runtime.fused;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
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

/// Cuts a program into phases: a register belongs to the first phase in which all it depends on is known.
final class Phasing {
    private final FusedProgram program;
    private final int[] level;
    private final List<NavigableSet<Integer>> keptIn = new ArrayList<>();

    Phasing(FusedProgram program) {
        this.program = program;
        level = levels(program);
    }

    /// For each register the phase in which it can first be read; for what writes no register, that in which it runs.
    private static int[] levels(FusedProgram program) {
        int[] level = new int[program.instructions().size()];
        for (int register = 0; register < level.length; register++) {
            for (int input : program.inputs(register)) {
                level[register] = Math.max(level[register], level[input]);
            }
            if (program.instruction(register) instanceof Reduce) {
                level[register]++;
            }
        }
        return level;
    }

    List<Phase> phases() {
        List<List<Integer>> roots = roots();
        for (int phase = 0; phase < roots.size(); phase++) {
            keptIn.add(new TreeSet<>());
        }
        Deque<Phase> phases = new ArrayDeque<>();
        for (int phase = roots.size() - 1; phase >= 0; phase--) {
            phases.addFirst(phase(phase, roots.get(phase)));
        }
        return List.copyOf(phases);
    }

    /// What each phase is there for: its stores, and the reductions that some store needs.
    private List<List<Integer>> roots() {
        boolean[] live = new boolean[level.length];
        List<List<Integer>> roots = new ArrayList<>();
        roots.add(new ArrayList<>());
        for (int register = level.length - 1; register >= 0; register--) {
            Instruction instruction = program.instruction(register);
            boolean writes = instruction.isSink();
            live[register] |= writes;
            if (!live[register]) {
                continue;
            }
            for (int input : program.inputs(register)) {
                live[input] = true;
            }
            if (writes || instruction instanceof Reduce) {
                int phase = writes ? level[register] : level[register] - 1;
                while (roots.size() <= phase) {
                    roots.add(new ArrayList<>());
                }
                roots.get(phase).add(register);
            }
        }
        return roots;
    }

    private Phase phase(int index, List<Integer> roots) {
        NavigableSet<Integer> steps = new TreeSet<>();
        NavigableSet<Integer> known = new TreeSet<>();
        NavigableSet<Integer> restored = new TreeSet<>();
        Deque<Integer> open = new ArrayDeque<>(roots);
        open.addAll(keptIn.get(index));
        while (!open.isEmpty()) {
            int register = open.remove();
            boolean earlier = level[register] < index;
            if (program.instruction(register) instanceof Reduce && level[register] <= index) {
                known.add(register);
            } else if (earlier && program.isVarying(register) && !program.isRecomputed(register)) {
                restored.add(register);
                keptIn.get(level[register]).add(register);
            } else if (steps.add(register)) {
                open.addAll(program.inputs(register));
            }
        }
        List<Integer> ordered = new ArrayList<>(steps);
        ordered.sort(Comparator.comparing(register -> program.instruction(register).isSink()));
        List<Integer> results = new ArrayList<>();
        boolean loops = !keptIn.get(index).isEmpty();
        for (int register : steps) {
            boolean reduces = program.instruction(register) instanceof Reduce;
            if (reduces) {
                results.add(register);
            }
            loops |= reduces
                    || program.instruction(register) instanceof ReduceRows
                    || (program.instruction(register) instanceof Store store
                            && program.operands().get(store.operand()).columns() != Columns.ONE_VALUE);
        }
        return new Phase(
                index,
                ordered,
                List.copyOf(known),
                List.copyOf(restored),
                List.copyOf(keptIn.get(index)),
                results,
                loops);
    }

    /// About how many nanoseconds the tile tier takes for an element.
    static double cost(Instruction instruction) {
        return switch (instruction) {
            case Constant _, Size _, OuterIndex _ -> 0;
            case Load _, ColumnIndex _, Store _ -> 0.02;
            case Reduce(Reduction reduction, _) -> reduction.isIndex() ? 0.2 : 0.05;
            case ReduceRows _ -> 0.05;
            case Apply(Opcode opcode, _) -> cost(opcode);
            // Nobody knows; it is mostly worth having written in Java.
            case Own _ -> 20;
        };
    }

    /// About how many nanoseconds the tile tier takes for an element.
    private static double cost(Opcode opcode) {
        return switch (opcode) {
            case ADD, SUB, MUL, FMA, NEG, ABS, MIN, MAX, LT, LE, EQ, NE, AND, OR, NOT, SELECT -> 0.04;
            case TO_F32, TO_I32, TO_BOOL, SIGN -> 0.04;
            case FLOOR, CEIL, ROUND -> 0.08;
            case DIV, SQRT -> 0.15;
            case RSQRT, MOD -> 0.3;
            case EXP, LOG, TANH, SIN, COS, ERF -> 0.3;
            case LOG1P, EXPM1 -> 0.4;
            case POW -> 0.8;
            case FLOORDIV -> 2;
        };
    }

    /// Which registers are cheaper computed again than kept: what costs no more than a store and a load or so.
    static boolean[] cheap(List<Instruction> instructions) {
        boolean[] cheap = new boolean[instructions.size()];
        double[] cost = new double[cheap.length];
        for (int register = 0; register < cheap.length; register++) {
            Instruction instruction = instructions.get(register);
            cost[register] = cost(instruction);
            for (int input : instruction.inputs()) {
                cost[register] += cheap[input] ? cost[input] : 0.02;
            }
            cheap[register] = !(instruction instanceof Apply || instruction instanceof Own) || cost[register] <= 0.15;
        }
        return cheap;
    }
}
