package org.nnlang.runtime.fused;

import org.nnlang.runtime.kernel.Scalars;

/// Each operation on one element: what the scalar tier runs, and the others for the elements that fill no vector. The
/// vector spellings have the same steps.
public final class ScalarMath {
    /// From here on every f32 is a whole number.
    static final float WHOLE = 0x1p23f;

    static final int SIGN_BIT = 0x8000_0000;

    private ScalarMath() {}

    /// [Opcode#MIN].
    public static float min(float a, float b) {
        return b < a ? b : a;
    }

    /// [Opcode#MAX].
    public static float max(float a, float b) {
        return a < b ? b : a;
    }

    /// [Opcode#MOD]: the remainder of the rounded quotient, moved by `b` where rounding left it the wrong sign.
    public static float mod(float a, float b) {
        float remainder = Math.fma(-b, floor(a / b), a);
        return remainder * b < 0 ? remainder + b : remainder;
    }

    /// [Opcode#FLOOR], through i32 where `a` has a fraction at all.
    public static float floor(float a) {
        float cut = (int) a;
        return whole(a, cut > a ? cut - 1 : cut);
    }

    /// [Opcode#CEIL].
    public static float ceil(float a) {
        float cut = (int) a;
        return whole(a, cut < a ? cut + 1 : cut);
    }

    /// [Opcode#ROUND]: adding 2²³ rounds the fraction away, ties to even.
    public static float round(float a) {
        return whole(a, (Math.abs(a) + WHOLE) - WHOLE);
    }

    /// `rounded` with the sign of `a`, or `a` itself where it is whole, infinite or NaN.
    private static float whole(float a, float rounded) {
        int sign = Float.floatToRawIntBits(a) & SIGN_BIT;
        float signed = Float.intBitsToFloat(Float.floatToRawIntBits(rounded) | sign);
        return Math.abs(a) < WHOLE ? signed : a;
    }

    /// [Opcode#SIGN]; a zero or NaN stays what it is.
    public static float sign(float a) {
        return a > 0 ? 1f : a < 0 ? -1f : a;
    }

    /// [Opcode#SQRT].
    public static float sqrt(float a) {
        return (float) Math.sqrt(a);
    }

    /// [Opcode#RSQRT].
    public static float rsqrt(float a) {
        return 1f / (float) Math.sqrt(a);
    }

    /// [Opcode#FLOORDIV].
    public static int floorDiv(int a, int b) {
        return b == 0 ? 0 : Math.floorDiv(a, b);
    }

    /// [Opcode#MOD].
    public static int mod(int a, int b) {
        return b == 0 ? 0 : Math.floorMod(a, b);
    }

    /// An operation on one f32.
    public static float apply(Opcode op, float a) {
        return switch (op) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> sign(a);
            case SQRT -> sqrt(a);
            case RSQRT -> rsqrt(a);
            case EXP -> Scalars.exp(a);
            case LOG -> Scalars.log(a);
            case LOG1P -> Scalars.log1p(a);
            case EXPM1 -> Scalars.expm1(a);
            case TANH -> Scalars.tanh(a);
            case ERF -> Scalars.erf(a);
            case SIN -> Scalars.sin(a);
            case COS -> Scalars.cos(a);
            case FLOOR -> floor(a);
            case CEIL -> ceil(a);
            case ROUND -> round(a);
            case ADD, SUB, MUL, DIV, FLOORDIV, MOD, MIN, MAX, POW, FMA, LT, LE, EQ, NE, AND, OR, NOT, SELECT, TO_F32,
                    TO_I32, TO_BOOL ->
                throw new AssertionError(op);
        };
    }

    /// An operation on two f32.
    public static float apply(Opcode op, float a, float b) {
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MOD -> mod(a, b);
            case MIN -> min(a, b);
            case MAX -> max(a, b);
            case POW -> Scalars.pow(a, b);
            case FLOORDIV, FMA, NEG, ABS, SIGN, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS, FLOOR, CEIL,
                    ROUND, LT, LE, EQ, NE, AND, OR, NOT, SELECT, TO_F32, TO_I32, TO_BOOL ->
                throw new AssertionError(op);
        };
    }

    /// An operation on one i32 or bool.
    public static int apply(Opcode op, int a) {
        return switch (op) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Integer.signum(a);
            case NOT -> a ^ 1;
            case TO_I32 -> a;
            case TO_BOOL -> a != 0 ? 1 : 0;
            case ADD, SUB, MUL, DIV, FLOORDIV, MOD, MIN, MAX, POW, FMA, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF,
                    SIN, COS, FLOOR, CEIL, ROUND, LT, LE, EQ, NE, AND, OR, SELECT, TO_F32 ->
                throw new AssertionError(op);
        };
    }

    /// An operation on two i32 or bool.
    public static int apply(Opcode op, int a, int b) {
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case FLOORDIV -> floorDiv(a, b);
            case MOD -> mod(a, b);
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case AND -> a & b;
            case OR -> a | b;
            case DIV, POW, FMA, NEG, ABS, SIGN, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS, FLOOR, CEIL,
                    ROUND, NOT, SELECT, TO_F32, TO_I32, TO_BOOL ->
                throw new AssertionError(op);
        };
    }

    /// A comparison of two f32.
    public static boolean compare(Opcode op, float a, float b) {
        return switch (op) {
            case LT -> a < b;
            case LE -> a <= b;
            case EQ -> a == b;
            case NE -> a != b;
            case ADD, SUB, MUL, DIV, FLOORDIV, MOD, MIN, MAX, POW, FMA, NEG, ABS, SIGN, SQRT, RSQRT, EXP, LOG, LOG1P,
                    EXPM1, TANH, ERF, SIN, COS, FLOOR, CEIL, ROUND, AND, OR, NOT, SELECT, TO_F32, TO_I32, TO_BOOL ->
                throw new AssertionError(op);
        };
    }

    /// [Opcode#LT] as 0 or 1; generated code has no branches of its own.
    public static int less(float a, float b) {
        return a < b ? 1 : 0;
    }

    /// [Opcode#LE] as 0 or 1.
    public static int lessOrEqual(float a, float b) {
        return a <= b ? 1 : 0;
    }

    /// [Opcode#EQ] as 0 or 1.
    public static int equal(float a, float b) {
        return a == b ? 1 : 0;
    }

    /// [Opcode#NE] as 0 or 1.
    public static int notEqual(float a, float b) {
        return a != b ? 1 : 0;
    }

    /// [Opcode#LT] as 0 or 1.
    public static int less(int a, int b) {
        return a < b ? 1 : 0;
    }

    /// [Opcode#LE] as 0 or 1.
    public static int lessOrEqual(int a, int b) {
        return a <= b ? 1 : 0;
    }

    /// [Opcode#EQ] as 0 or 1.
    public static int equal(int a, int b) {
        return a == b ? 1 : 0;
    }

    /// [Opcode#NE] as 0 or 1.
    public static int notEqual(int a, int b) {
        return a != b ? 1 : 0;
    }

    /// [Opcode#TO_BOOL] as 0 or 1.
    public static int truth(float a) {
        return a != 0 ? 1 : 0;
    }

    /// [Opcode#TO_BOOL] as 0 or 1.
    public static int truth(int a) {
        return a != 0 ? 1 : 0;
    }

    /// [Opcode#SELECT].
    public static float select(int condition, float a, float b) {
        return condition != 0 ? a : b;
    }

    /// [Opcode#SELECT].
    public static int select(int condition, int a, int b) {
        return condition != 0 ? a : b;
    }
}
