package org.nnlang.runtime.fused;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.tensor.DType;

/// The elementwise operations a fused program can be made of. Each is the runtime's name for the operation of the same
/// name in the compiler's table, which says what it means; the types of its registers choose between the floating and
/// the integer form.
public enum Opcode {
    /// a + b, on f32 and i32.
    ADD(2),
    /// a - b, on f32 and i32.
    SUB(2),
    /// a · b, on f32 and i32.
    MUL(2),
    /// a / b, on f32.
    DIV(2),
    /// ⌊a / b⌋ on i32, where division by zero gives zero.
    FLOORDIV(2),
    /// a - b · ⌊a / b⌋, which has the sign of `b`, on f32 and i32, where an i32 modulo zero gives zero.
    MOD(2),
    /// b < a ? b : a, on f32 and i32: the first operand where either is NaN.
    MIN(2),
    /// a < b ? b : a, on f32 and i32: the first operand where either is NaN, so that max(x, 0) lets a NaN through.
    MAX(2),
    /// a to the power of b, on f32.
    POW(2),
    /// a · b + c rounded once, on f32.
    FMA(3),
    /// -a, on f32 and i32.
    NEG(1),
    /// |a|, on f32 and i32.
    ABS(1),
    /// -1, 0 or 1, on f32 and i32.
    SIGN(1),
    /// √a.
    SQRT(1),
    /// 1 / √a.
    RSQRT(1),
    /// eᵃ.
    EXP(1),
    /// The natural logarithm.
    LOG(1),
    /// log(1 + a), exact for small `a`.
    LOG1P(1),
    /// eᵃ - 1, exact for small `a`.
    EXPM1(1),
    /// The hyperbolic tangent.
    TANH(1),
    /// The error function.
    ERF(1),
    /// The sine of radians.
    SIN(1),
    /// The cosine of radians.
    COS(1),
    /// The greatest whole number that is not above `a`.
    FLOOR(1),
    /// The smallest whole number that is not below `a`.
    CEIL(1),
    /// The nearest whole number, ties to even.
    ROUND(1),
    /// a < b, on f32 and i32, as bool.
    LT(2),
    /// a ≤ b, on f32 and i32, as bool.
    LE(2),
    /// a = b, on f32, i32 and bool, as bool.
    EQ(2),
    /// a ≠ b, on f32, i32 and bool, as bool.
    NE(2),
    /// Both, on bool.
    AND(2),
    /// Either, on bool.
    OR(2),
    /// The opposite, on bool.
    NOT(1),
    /// The second operand where the first (bool) holds, else the third; those two are of one type.
    SELECT(3),
    /// i32, bool or u8 to f32.
    TO_F32(1),
    /// f32 (towards zero, saturating, NaN to 0), bool or u8 to i32.
    TO_I32(1),
    /// Whether an f32, i32 or u8 is not zero.
    TO_BOOL(1);

    private final int arity;

    Opcode(int arity) {
        this.arity = arity;
    }

    /// How many operands it takes.
    public int arity() {
        return arity;
    }

    /// The type of the result on operands of these types: F32, I32 or BOOL.
    ///
    /// @throws IllegalArgumentException where the operation takes no such operands
    public DType result(DType... operands) {
        boolean fits = operands.length == arity;
        for (DType operand : operands) {
            fits &= operand != DType.U8;
        }
        if (fits) {
            DType first = operands[0];
            boolean equal = operands[arity - 1] == (arity > 1 ? operands[1] : first)
                    && (this == SELECT || first == operands[arity - 1]);
            boolean number = first != DType.BOOL;
            @Nullable
            DType result = switch (this) {
                case ADD, SUB, MUL, MOD, MIN, MAX, NEG, ABS, SIGN -> equal && number ? first : null;
                case FLOORDIV -> equal && first == DType.I32 ? first : null;
                case DIV, POW, FMA, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS, FLOOR, CEIL, ROUND ->
                    equal && first == DType.F32 ? first : null;
                case LT, LE -> equal && number ? DType.BOOL : null;
                case EQ, NE -> equal ? DType.BOOL : null;
                case AND, OR, NOT -> equal && first == DType.BOOL ? DType.BOOL : null;
                case SELECT -> equal && first == DType.BOOL ? operands[1] : null;
                case TO_F32 -> first != DType.F32 ? DType.F32 : null;
                case TO_I32 -> first != DType.I32 ? DType.I32 : null;
                case TO_BOOL -> number ? DType.BOOL : null;
            };
            if (result != null) {
                return result;
            }
        }
        throw new IllegalArgumentException(this + " does not take " + Arrays.toString(operands));
    }
}
