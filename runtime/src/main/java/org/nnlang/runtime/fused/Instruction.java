package org.nnlang.runtime.fused;

import java.util.List;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// One step of a [FusedProgram]. The position of an instruction in its program is the number of the register it
/// writes; registers hold f32, i32 or bool.
///
/// A register is *uniform* where it holds one value for all columns of a row, else *varying*.
public sealed interface Instruction {
    /// Reads an operand: uniform where the operand's columns are [Columns#ONE_VALUE]. u8 becomes an i32 register.
    record Load(int operand) implements Instruction {}

    /// A literal: the bits of an f32, an i32, or 0 and 1 for a bool. Uniform.
    record Constant(DType type, int bits) implements Instruction {
        /// The literal as an f32.
        public float asFloat() {
            return Float.intBitsToFloat(bits);
        }
    }

    /// Entry `index` of the sizes given when the program is bound, as i32. Uniform.
    record Size(int index) implements Instruction {}

    /// The number of the column, as i32. Varying.
    record ColumnIndex() implements Instruction {}

    /// The index along outer dimension `dimension`, as i32. Uniform.
    record OuterIndex(int dimension) implements Instruction {}

    /// An operation on registers: uniform where all of them are.
    record Apply(Opcode opcode, List<Integer> inputs) implements Instruction {
        /// Copies the list.
        public Apply {
            inputs = List.copyOf(inputs);
        }
    }

    /// An operation of host code on f32 registers, which gives f32: uniform where all of them are.
    record Own(Operation operation, List<Integer> inputs) implements Instruction {
        /// Copies the list.
        public Own {
            inputs = List.copyOf(inputs);
        }
    }

    /// A varying register reduced over the columns of the row. Uniform.
    record Reduce(Reduction reduction, int value) implements Instruction {}

    /// Writes a register to an operand. Writes no register.
    record Store(int operand, int value) implements Instruction {}

    /// Reduces a register over the rows, for each column, and writes the result to an operand whose only outer
    /// dimensions are the program's group dimensions. Writes no register.
    record ReduceRows(Reduction reduction, int operand, int value) implements Instruction {}

    /// The registers it reads.
    default List<Integer> inputs() {
        return switch (this) {
            case Load _, Constant _, Size _, ColumnIndex _, OuterIndex _ -> List.of();
            case Apply(_, List<Integer> inputs) -> inputs;
            case Own(_, List<Integer> inputs) -> inputs;
            case Reduce(_, int value) -> List.of(value);
            case Store(_, int value) -> List.of(value);
            case ReduceRows(_, _, int value) -> List.of(value);
        };
    }

    /// Whether it writes memory and no register.
    default boolean isSink() {
        return this instanceof Store || this instanceof ReduceRows;
    }
}
