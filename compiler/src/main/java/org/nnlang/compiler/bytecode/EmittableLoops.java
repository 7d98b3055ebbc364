package org.nnlang.compiler.bytecode;

import java.util.List;
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
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Phase;
import org.nnlang.runtime.tensor.DType;

/// Of which programs [FusedKernelEmitter] writes code: a question that is asked long before, and mostly instead of, writing it.
public final class EmittableLoops {
    /// The most vector operations in a loop: some 4 KB of bytecode, of 8 that C2 takes. The cost of an operation was
    /// measured to be the same up to here.
    static final int MAX_OPERATIONS = 200;

    private EmittableLoops() {}

    /// Whether C2 would make good code of a program: no loop is too long, and memory is read in vectors.
    public static boolean contain(FusedProgram program) {
        for (Phase phase : program.phases()) {
            int operations = operations(program, phase);
            if (operations < 0 || operations > MAX_OPERATIONS) {
                return false;
            }
        }
        return true;
    }

    /// The vector operations of a phase, or -1 where one step has no vector form.
    static int operations(FusedProgram program, Phase phase) {
        int operations = 0;
        for (int register : phase.steps()) {
            int count = operations(program, register);
            if (count < 0) {
                return -1;
            }
            operations += count;
        }
        return operations;
    }

    /// The vector operations of one step, or -1 where it has no vector form.
    private static int operations(FusedProgram program, int register) {
        Instruction instruction = program.instruction(register);
        return switch (instruction) {
            case Load(int operand) -> isVectorised(program, operand) ? 1 : -1;
            case Store(int operand, _) -> isVectorised(program, operand) ? 1 : -1;
            case Apply(Opcode opcode, List<Integer> inputs) -> {
                if (!program.isVarying(register)) {
                    yield 0;
                }
                int operations = VectorMathCode.operations(opcode, program.type(inputs.getLast()) == DType.F32);
                yield operations == 0 ? -1 : operations;
            }
            // Host code has no vectors: the tile tier calls it, between the vector loops of what is around it.
            case Own _ -> -1;
            case Reduce(var reduction, _) -> reduction.isIndex() ? 7 : 4;
            case ReduceRows _ -> 6;
            case ColumnIndex _ -> 1;
            case Constant _, Size _, OuterIndex _ -> 0;
        };
    }

    private static boolean isVectorised(FusedProgram program, int operand) {
        return program.operands().get(operand).columns() != Columns.STRIDED;
    }
}
