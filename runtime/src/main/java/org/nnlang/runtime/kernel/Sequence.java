package org.nnlang.runtime.kernel;

import java.util.Arrays;
import java.util.List;

/// A function of floats as a straight line of primitive operations, each exact or rounded once: no branch, no table.
///
/// One such line is the only definition of a function. The library's scalar and vector spellings are printed from it,
/// the bytecode emitter unrolls it, and [#apply] interprets it; all give the same bits because every step is an
/// IEEE operation that has only one answer.
///
/// Values are numbered: the inputs from 0, then the result of each step. The last step's is the function's.
///
/// @param name such as `exp`
/// @param inputs how many floats go in
/// @param steps the operations, each reading only values before its own
public record Sequence(String name, int inputs, List<Step> steps) {
    /// What a value is.
    public enum Kind {
        /// A float, or a vector of them.
        FLOAT,
        /// The 32 bits of a float as an int, or a vector of those.
        INT,
        /// The outcome of a comparison, or a mask.
        MASK
    }

    /// A primitive operation on values `a`, `b` and `c`.
    public enum Op {
        /// The float whose bits are the literal.
        FLOAT(Kind.FLOAT),
        /// The literal.
        INT(Kind.INT),
        /// a + b
        ADD(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT),
        /// a - b
        SUB(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT),
        /// a · b
        MUL(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT),
        /// a / b
        DIV(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT),
        /// a · b + c, rounded once
        FMA(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT, Kind.FLOAT),
        /// a without its sign
        ABS(Kind.FLOAT, Kind.FLOAT),
        /// the bits of a
        BITS(Kind.INT, Kind.FLOAT),
        /// the float with the bits a
        VALUE(Kind.FLOAT, Kind.INT),
        /// a + b, wrapping
        IADD(Kind.INT, Kind.INT, Kind.INT),
        /// a - b, wrapping
        ISUB(Kind.INT, Kind.INT, Kind.INT),
        /// a & b
        IAND(Kind.INT, Kind.INT, Kind.INT),
        /// a ^ b
        IXOR(Kind.INT, Kind.INT, Kind.INT),
        /// a << literal
        SHL(Kind.INT, Kind.INT),
        /// a >> literal, keeping the sign
        SHR(Kind.INT, Kind.INT),
        /// a < b; false where either is NaN
        LT(Kind.MASK, Kind.FLOAT, Kind.FLOAT),
        /// a ≤ b; false where either is NaN
        LE(Kind.MASK, Kind.FLOAT, Kind.FLOAT),
        /// a = b; false where either is NaN
        EQ(Kind.MASK, Kind.FLOAT, Kind.FLOAT),
        /// a = b
        IEQ(Kind.MASK, Kind.INT, Kind.INT),
        /// a ? b : c
        BLEND(Kind.FLOAT, Kind.MASK, Kind.FLOAT, Kind.FLOAT);

        private final Kind result;
        private final List<Kind> operands;

        Op(Kind result, Kind... operands) {
            this.result = result;
            this.operands = List.of(operands);
        }

        /// What the operation gives.
        public Kind result() {
            return result;
        }

        /// What it takes; its length is the number of operands.
        public List<Kind> operands() {
            return operands;
        }
    }

    /// One operation. Operands that the operation doesn't have are 0.
    ///
    /// @param op what is done
    /// @param a the number of the first operand
    /// @param b of the second
    /// @param c of the third
    /// @param literal a float's bits, an int, or a number of places to shift by
    /// @param label what to call the result when printed, unique in its sequence
    public record Step(Op op, int a, int b, int c, int literal, String label) {
        /// The number of operand `i`.
        public int operand(int i) {
            return switch (i) {
                case 0 -> a;
                case 1 -> b;
                case 2 -> c;
                default -> throw new IndexOutOfBoundsException(i);
            };
        }
    }

    /// Checks that each step reads values of the right kind from before its own.
    public Sequence {
        steps = List.copyOf(steps);
        Kind[] kinds = new Kind[inputs + steps.size()];
        Arrays.fill(kinds, 0, inputs, Kind.FLOAT);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            for (int o = 0; o < step.op.operands.size(); o++) {
                int operand = step.operand(o);
                if (operand < 0 || operand >= inputs + i || kinds[operand] != step.op.operands.get(o)) {
                    throw new IllegalArgumentException(name + ": operand " + o + " of step " + i + ", " + step);
                }
            }
            kinds[inputs + i] = step.op.result;
        }
        if (steps.isEmpty() || kinds[kinds.length - 1] != Kind.FLOAT) {
            throw new IllegalArgumentException(name + " doesn't end in a float");
        }
    }

    /// What value `number` is.
    public Kind kind(int number) {
        return number < inputs ? Kind.FLOAT : steps.get(number - inputs).op.result;
    }

    /// Interprets the steps: slow, and the last word on what the function's bits are.
    public float apply(float... arguments) {
        if (arguments.length != inputs) {
            throw new IllegalArgumentException(name + " takes " + inputs + " arguments");
        }
        int[] values = new int[inputs + steps.size()];
        for (int i = 0; i < inputs; i++) {
            values[i] = Float.floatToRawIntBits(arguments[i]);
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            values[inputs + i] = evaluate(step, values[step.a], values[step.b], values[step.c]);
        }
        return Float.intBitsToFloat(values[values.length - 1]);
    }

    private static int evaluate(Step step, int a, int b, int c) {
        float x = Float.intBitsToFloat(a);
        float y = Float.intBitsToFloat(b);
        return switch (step.op) {
            case FLOAT, INT -> step.literal;
            case ADD -> Float.floatToRawIntBits(x + y);
            case SUB -> Float.floatToRawIntBits(x - y);
            case MUL -> Float.floatToRawIntBits(x * y);
            case DIV -> Float.floatToRawIntBits(x / y);
            case FMA -> Float.floatToRawIntBits(Math.fma(x, y, Float.intBitsToFloat(c)));
            case ABS -> a & Integer.MAX_VALUE;
            case BITS, VALUE -> a;
            case IADD -> a + b;
            case ISUB -> a - b;
            case IAND -> a & b;
            case IXOR -> a ^ b;
            case SHL -> a << step.literal;
            case SHR -> a >> step.literal;
            case LT -> x < y ? 1 : 0;
            case LE -> x <= y ? 1 : 0;
            case EQ -> x == y ? 1 : 0;
            case IEQ -> a == b ? 1 : 0;
            case BLEND -> a != 0 ? b : c;
        };
    }
}
