package org.nnlang.opencl.code;

import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// The operations of fused programs as expressions. Truth values are ints, 0 or 1; ints wrap, which C leaves undefined
/// for signed ones.
final class Operations {
    private Operations() {}

    static String type(DType type) {
        return type.isFloat() ? "float" : "int";
    }

    /// @param type of the first operand
    static String apply(Opcode op, DType type, String... in) {
        String a = in[0];
        String b = in.length > 1 ? in[1] : "";
        String c = in.length > 2 ? in[2] : "";
        boolean real = type.isFloat();
        return switch (op) {
            case ADD -> real ? a + " + " + b : wrapping(a, "+", b);
            case SUB -> real ? a + " - " + b : wrapping(a, "-", b);
            case MUL -> real ? a + " * " + b : wrapping(a, "*", b);
            case DIV -> a + " / " + b;
            case FLOORDIV -> "nn_idiv(" + a + ", " + b + ")";
            case MOD -> (real ? "nn_fmod(" : "nn_imod(") + a + ", " + b + ")";
            case MIN -> b + " < " + a + " ? " + b + " : " + a;
            case MAX -> a + " < " + b + " ? " + b + " : " + a;
            case POW -> "nn_pow(" + a + ", " + b + ")";
            case FMA -> "fma(" + a + ", " + b + ", " + c + ")";
            case NEG -> real ? "-" + a : wrapping("0", "-", a);
            case ABS -> real ? "fabs(" + a + ")" : "(int)abs(" + a + ")";
            case SIGN -> real ? "nn_sign(" + a + ")" : "(" + a + " > 0) - (" + a + " < 0)";
            case SQRT -> "sqrt(" + a + ")";
            case RSQRT -> "1.0f / sqrt(" + a + ")";
            case EXP -> "nn_exp(" + a + ")";
            case LOG -> "nn_log(" + a + ")";
            case LOG1P -> "nn_log1p(" + a + ")";
            case EXPM1 -> "nn_expm1(" + a + ")";
            case TANH -> "nn_tanh(" + a + ")";
            case ERF -> "nn_erf(" + a + ")";
            case SIN -> "nn_sin(" + a + ")";
            case COS -> "nn_cos(" + a + ")";
            case FLOOR -> whole("floor", a);
            case CEIL -> whole("ceil", a);
            case ROUND -> whole("rint", a);
            case LT -> a + " < " + b;
            case LE -> a + " <= " + b;
            case EQ -> a + " == " + b;
            case NE -> a + " != " + b;
            case AND -> a + " & " + b;
            case OR -> a + " | " + b;
            case NOT -> a + " ^ 1";
            case SELECT -> a + " ? " + b + " : " + c;
            case TO_F32 -> "(float)" + a;
            case TO_I32 -> real ? "nn_int(" + a + ")" : a;
            case TO_BOOL -> real ? a + " != 0.0f" : a + " != 0";
        };
    }

    /// From 2²³ every float is whole; PoCL 3.1 takes what rounding makes of such a constant, or of a NaN, for undefined.
    private static String whole(String function, String a) {
        return "fabs(" + a + ") < 8388608.0f ? " + function + "(" + a + ") : " + a;
    }

    private static String wrapping(String a, String operator, String b) {
        return "(int)((uint)" + a + " " + operator + " (uint)" + b + ")";
    }

    static String identity(Reduction reduction, DType type) {
        return type.isFloat()
                ? Prelude.literal(Float.floatToRawIntBits(reduction.floatIdentity()))
                : Prelude.literal(reduction.intIdentity(), true);
    }

    /// The combination of what is held and the next element.
    static String combine(Reduction reduction, DType type, String held, String next) {
        boolean real = type.isFloat();
        return switch (reduction) {
            case SUM -> real ? held + " + " + next : wrapping(held, "+", next);
            case PRODUCT -> real ? held + " * " + next : wrapping(held, "*", next);
            case MAX, ARGMAX, MIN, ARGMIN -> beyond(reduction, type, next, held) + " ? " + next + " : " + held;
        };
    }

    /// What combined elements give as a result: a maximum or minimum that is zero is +0, see [Reduction].
    static String result(Reduction reduction, DType type, String combined) {
        boolean signed = type.isFloat() && (reduction == Reduction.MAX || reduction == Reduction.MIN);
        return signed ? combined + " + 0.0f" : combined;
    }

    /// Whether an element takes the place of the one held.
    static String beyond(Reduction reduction, DType type, String element, String held) {
        boolean max = reduction == Reduction.MAX || reduction == Reduction.ARGMAX;
        if (type.isFloat()) {
            return "nn_beyond_" + (max ? "max" : "min") + "(" + element + ", " + held + ")";
        }
        return "(" + element + (max ? " > " : " < ") + held + ")";
    }
}
