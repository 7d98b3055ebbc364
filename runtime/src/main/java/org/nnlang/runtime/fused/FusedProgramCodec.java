package org.nnlang.runtime.fused;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

/// Programs as bytes, beside a compiled class. Enum constants are written by name, so that a new operation does not
/// change what old files mean.
public final class FusedProgramCodec {
    /// More than any fuser makes: a damaged file must not ask for all memory.
    private static final int MAX_COUNT = 1 << 16;

    private FusedProgramCodec() {}

    /// Writes `program`.
    public static void write(FusedProgram program, DataOutput out) throws IOException {
        out.writeUTF(program.name());
        out.writeByte(program.outerRank());
        out.writeByte(program.groups());
        out.writeInt(program.operands().size());
        for (Operand operand : program.operands()) {
            out.writeUTF(operand.name());
            out.writeUTF(operand.type().name());
            out.writeUTF(operand.columns().name());
        }
        int count = program.instructions().size();
        out.writeInt(count);
        for (int register = 0; register < count; register++) {
            write(program.instruction(register), out);
            out.writeInt(program.line(register));
            out.writeBoolean(program.isRecomputed(register));
        }
    }

    private static void write(Instruction instruction, DataOutput out) throws IOException {
        switch (instruction) {
            case Load(int operand) -> {
                out.writeByte('L');
                out.writeInt(operand);
            }
            case Constant(DType type, int bits) -> {
                out.writeByte('C');
                out.writeUTF(type.name());
                out.writeInt(bits);
            }
            case Size(int index) -> {
                out.writeByte('Z');
                out.writeInt(index);
            }
            case ColumnIndex() -> out.writeByte('I');
            case OuterIndex(int dimension) -> {
                out.writeByte('O');
                out.writeInt(dimension);
            }
            case Apply(Opcode opcode, List<Integer> inputs) -> {
                out.writeByte('A');
                out.writeUTF(opcode.name());
                out.writeByte(inputs.size());
                for (int input : inputs) {
                    out.writeInt(input);
                }
            }
            case Own(Operation operation, List<Integer> inputs) -> {
                out.writeByte('U');
                out.writeUTF(operation.name());
                out.writeByte(inputs.size());
                for (int input : inputs) {
                    out.writeInt(input);
                }
            }
            case Reduce(Reduction reduction, int value) -> {
                out.writeByte('R');
                out.writeUTF(reduction.name());
                out.writeInt(value);
            }
            case Store(int operand, int value) -> {
                out.writeByte('S');
                out.writeInt(operand);
                out.writeInt(value);
            }
            case ReduceRows(Reduction reduction, int operand, int value) -> {
                out.writeByte('W');
                out.writeUTF(reduction.name());
                out.writeInt(operand);
                out.writeInt(value);
            }
        }
    }

    /// Reads what [#write] wrote.
    ///
    /// @param operations asked for where the program calls operations of host code
    /// @throws IOException where the bytes are no program
    /// @throws org.nnlang.runtime.NnException NN0872 where it calls an operation of host code that is not on the path
    public static FusedProgram read(DataInput in, Supplier<Operations> operations) throws IOException {
        try {
            String name = in.readUTF();
            int outerRank = in.readUnsignedByte();
            int groups = in.readUnsignedByte();
            List<Operand> operands = new ArrayList<>();
            for (int left = count(in); left > 0; left--) {
                operands.add(new Operand(in.readUTF(), DType.valueOf(in.readUTF()), Columns.valueOf(in.readUTF())));
            }
            int count = count(in);
            List<Instruction> instructions = new ArrayList<>();
            int[] lines = new int[count];
            boolean[] recomputed = new boolean[count];
            for (int register = 0; register < count; register++) {
                instructions.add(readInstruction(in, operations));
                lines[register] = in.readInt();
                recomputed[register] = in.readBoolean();
            }
            return new FusedProgram(name, outerRank, groups, operands, instructions, lines, recomputed);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a fused program: " + e.getMessage(), e);
        }
    }

    private static Instruction readInstruction(DataInput in, Supplier<Operations> operations) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 'L' -> new Load(in.readInt());
            case 'C' -> new Constant(DType.valueOf(in.readUTF()), in.readInt());
            case 'Z' -> new Size(in.readInt());
            case 'I' -> new ColumnIndex();
            case 'O' -> new OuterIndex(in.readInt());
            case 'A' -> {
                Opcode opcode = Opcode.valueOf(in.readUTF());
                yield new Apply(opcode, readInputs(in));
            }
            case 'U' -> {
                String name = in.readUTF();
                List<Integer> inputs = readInputs(in);
                yield new Own(operations.get().get(name, inputs.size()), inputs);
            }
            case 'R' -> new Reduce(Reduction.valueOf(in.readUTF()), in.readInt());
            case 'S' -> new Store(in.readInt(), in.readInt());
            case 'W' -> new ReduceRows(Reduction.valueOf(in.readUTF()), in.readInt(), in.readInt());
            default -> throw new IOException("not a fused program: no instruction is tagged " + tag);
        };
    }

    private static List<Integer> readInputs(DataInput in) throws IOException {
        List<Integer> inputs = new ArrayList<>();
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            inputs.add(in.readInt());
        }
        return inputs;
    }

    private static int count(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_COUNT) {
            throw new IOException("not a fused program: a count of " + count);
        }
        return count;
    }
}
