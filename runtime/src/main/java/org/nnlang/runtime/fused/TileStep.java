package org.nnlang.runtime.fused;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.operation.Operation;

/// One step of a [TilePlan], with all that its execution asks for resolved to numbers.
///
/// Registers are places in [TileRegisters]: in a tile's steps they name elements, in a row's steps values per row.
final class TileStep {
    enum Kind {
        LOAD,
        CONSTANT,
        SIZE,
        COLUMN_INDEX,
        OUTER_INDEX,
        /// Result and operands are f32.
        FLOAT,
        /// Result and operands are i32 or bool.
        INT,
        /// bool from two f32.
        COMPARE,
        /// f32 chosen by a bool.
        SELECT,
        /// f32 from i32 or bool.
        TO_FLOAT,
        /// i32 or bool from f32.
        FROM_FLOAT,
        /// f32 from f32, by host code.
        OWN,
        /// The result of a reduction of an earlier phase.
        RESULT,
        RESTORE,
        KEEP,
        REDUCE,
        REDUCE_ROWS,
        STORE,
        /// A value per row repeated for each of its elements.
        WIDEN
    }

    final Kind kind;
    /// The program's number of the register or sink.
    final int register;
    final boolean isFloat;
    /// Where the result is placed.
    int result;
    /// Own memory for the result.
    int home;
    /// An operand's number, a size's index, an outer dimension, a slot, or a literal's bits.
    int number;
    int a;
    int b;
    int c;
    Opcode opcode = Opcode.ADD;
    @Nullable
    Operation operation;
    Reduction reduction = Reduction.SUM;
    /// For a load: the elements may be used where they are, if rows follow each other.
    boolean inPlace;
    /// For an operation: the operand in whose memory the result may be made, or -1.
    int target = -1;
    /// The operands, as bits, that are still read afterwards.
    long readLater;
    /// For an operation: the slot of kept memory in which the result is made, or -1.
    int keepSlot = -1;
    /// For a store: the step that may already have made the value in place, if its flag says so.
    int producer = -1;

    TileStep(Kind kind, int register, boolean isFloat) {
        this.kind = kind;
        this.register = register;
        this.isFloat = isFloat;
    }
}
