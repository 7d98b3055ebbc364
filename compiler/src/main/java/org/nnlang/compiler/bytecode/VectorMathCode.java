package org.nnlang.compiler.bytecode;

import static org.nnlang.compiler.bytecode.MethodCode.descriptor;
import static org.nnlang.compiler.bytecode.MethodCode.vectorClass;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.kernel.Sequence;
import org.nnlang.runtime.kernel.Transcendentals;

/// The operations on vectors that take many steps: rounding, remainders, and the transcendental functions, unrolled from the
/// sequences that define them.
final class VectorMathCode {
    private static final String FLOATS = vectorClass('F');
    private static final String INTS = vectorClass('I');
    /// From 2²³ on every f32 is whole.
    private static final int WHOLE_BITS = 0x4B000000;

    private static final int ONE_BITS = 0x3F800000;

    private final MethodCode code;
    private final VectorCode vectors;

    VectorMathCode(MethodCode code, VectorCode vectors) {
        this.code = code;
        this.vectors = vectors;
    }

    /// As the runtime's `ScalarMath.floor` and `ceil`: cut through i32, moved by one where that lies on the wrong side.
    void cut(Local x, String wrongSide, String move) {
        code.load(x);
        vectors.convertToInt();
        vectors.convertToFloat();
        Local cut = code.store(Type.REFERENCE);
        code.load(cut);
        code.load(cut);
        vectors.broadcast(ONE_BITS);
        code.invoke(FLOATS, move, descriptor("V", "F"));
        code.load(cut);
        code.vectorOperator(wrongSide, "Comparison");
        code.load(x);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
        signedUnlessWhole(x, code.store(Type.REFERENCE));
    }

    void round(Local x) {
        code.load(x);
        code.invoke(FLOATS, "abs", descriptor("", "F"));
        vectors.broadcast(WHOLE_BITS);
        code.invoke(FLOATS, "add", descriptor("V", "F"));
        vectors.broadcast(WHOLE_BITS);
        code.invoke(FLOATS, "sub", descriptor("V", "F"));
        signedUnlessWhole(x, code.store(Type.REFERENCE));
    }

    /// `rounded` with the sign of `x`, or `x` where it was whole to begin with.
    private void signedUnlessWhole(Local x, Local rounded) {
        code.load(x);
        code.load(rounded);
        code.invoke(FLOATS, "reinterpretAsInts", descriptor("", "I"));
        code.load(x);
        code.invoke(FLOATS, "reinterpretAsInts", descriptor("", "I"));
        vectors.broadcastInt(Integer.MIN_VALUE);
        code.invoke(INTS, "and", descriptor("V", "I"));
        code.invoke(INTS, "or", descriptor("V", "I"));
        code.invoke(INTS, "reinterpretAsFloats", descriptor("", "F"));
        code.load(x);
        code.invoke(FLOATS, "abs", descriptor("", "F"));
        code.vectorOperator("LT", "Comparison");
        vectors.broadcast(WHOLE_BITS);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
    }

    /// As the runtime's `ScalarMath.mod`.
    void mod(Local a, Local b) {
        code.load(a);
        code.load(b);
        code.invoke(FLOATS, "div", descriptor("V", "F"));
        cut(code.store(Type.REFERENCE), "GT", "sub");
        Local floor = code.store(Type.REFERENCE);
        code.load(b);
        code.invoke(FLOATS, "neg", descriptor("", "F"));
        code.load(floor);
        code.load(a);
        code.invoke(FLOATS, "fma", descriptor("VV", "F"));
        Local remainder = code.store(Type.REFERENCE);
        code.load(remainder);
        code.load(remainder);
        code.load(b);
        code.invoke(FLOATS, "add", descriptor("V", "F"));
        code.load(remainder);
        code.load(b);
        code.invoke(FLOATS, "mul", descriptor("V", "F"));
        code.vectorOperator("LT", "Comparison");
        code.floatConstant(0);
        code.invoke(FLOATS, "compare", descriptor("Cf", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
    }

    /// Unrolls a transcendental function, step by step.
    void sequence(Sequence sequence, List<Local> inputs) {
        List<Object> numbered = new ArrayList<>(inputs);
        for (Sequence.Step step : sequence.steps()) {
            switch (step.op()) {
                case FLOAT, INT -> numbered.add(step);
                default -> {
                    step(step, numbered);
                    numbered.add(code.store(Type.REFERENCE));
                }
            }
        }
        code.load((Local) numbered.getLast());
    }

    private void step(Sequence.Step step, List<Object> numbered) {
        int operands = step.op().operands().size();
        switch (step.op()) {
            case BLEND -> {
                pushStep(numbered.get(step.c()));
                pushStep(numbered.get(step.b()));
                pushStep(numbered.get(step.a()));
                code.invoke(FLOATS, "blend", descriptor("VM", "F"));
                return;
            }
            case LT, LE, EQ, IEQ -> {
                pushStep(numbered.get(step.a()));
                code.vectorOperator(
                        step.op() == Sequence.Op.IEQ ? "EQ" : step.op().name(), "Comparison");
                pushStep(numbered.get(step.b()));
                if (step.op() == Sequence.Op.IEQ) {
                    code.invoke(INTS, "compare", descriptor("CV", "M"));
                    vectors.toFloatMask();
                } else {
                    code.invoke(FLOATS, "compare", descriptor("CV", "M"));
                }
                return;
            }
            default -> {
                for (int operand = 0; operand < operands; operand++) {
                    pushStep(numbered.get(step.operand(operand)));
                }
            }
        }
        switch (step.op()) {
            case ADD -> code.invoke(FLOATS, "add", descriptor("V", "F"));
            case SUB -> code.invoke(FLOATS, "sub", descriptor("V", "F"));
            case MUL -> code.invoke(FLOATS, "mul", descriptor("V", "F"));
            case DIV -> code.invoke(FLOATS, "div", descriptor("V", "F"));
            case FMA -> code.invoke(FLOATS, "fma", descriptor("VV", "F"));
            case ABS -> code.invoke(FLOATS, "abs", descriptor("", "F"));
            case BITS -> code.invoke(FLOATS, "reinterpretAsInts", descriptor("", "I"));
            case VALUE -> code.invoke(INTS, "reinterpretAsFloats", descriptor("", "F"));
            case IADD -> code.invoke(INTS, "add", descriptor("V", "I"));
            case ISUB -> code.invoke(INTS, "sub", descriptor("V", "I"));
            case IAND -> code.invoke(INTS, "and", descriptor("V", "I"));
            case IXOR -> {
                // the Vector API has no method named xor
                Local right = code.store(Type.REFERENCE);
                code.vectorOperator("XOR", "Associative");
                code.load(right);
                code.invoke(INTS, "lanewise", descriptor("BV", "I"));
            }
            case SHL -> shift("LSHL", step.literal());
            case SHR -> shift("ASHR", step.literal());
            case FLOAT, INT, LT, LE, EQ, IEQ, BLEND -> throw new IllegalStateException(step.toString());
        }
    }

    private void shift(String operator, int places) {
        code.vectorOperator(operator, "Binary");
        code.constant(places);
        code.invoke(INTS, "lanewise", descriptor("Bi", "I"));
    }

    private void pushStep(Object value) {
        switch (value) {
            case Local local -> code.load(local);
            case Sequence.Step literal when literal.op() == Sequence.Op.FLOAT -> vectors.broadcast(literal.literal());
            case Sequence.Step literal -> vectors.broadcastInt(literal.literal());
            default -> throw new IllegalStateException(value.toString());
        }
    }

    /// How many vector operations an operation takes; 0 where there is no vector form.
    static int operations(Opcode op, boolean ofFloats) {
        return switch (op) {
            case ADD, SUB, MUL, DIV, FMA, NEG, ABS, SQRT, AND, OR, NOT, LT, LE, EQ, NE, SELECT -> 1;
            case MIN, MAX, RSQRT, TO_BOOL, TO_I32, TO_F32 -> 2;
            case SIGN -> 4;
            case FLOOR, CEIL, ROUND -> 10;
            case MOD -> ofFloats ? 16 : 0;
            case FLOORDIV -> 0;
            case EXP -> operations(Transcendentals.EXP);
            case LOG -> operations(Transcendentals.LOG);
            case LOG1P -> operations(Transcendentals.LOG1P);
            case EXPM1 -> operations(Transcendentals.EXPM1);
            case TANH -> operations(Transcendentals.TANH);
            case ERF -> operations(Transcendentals.ERF);
            case SIN -> operations(Transcendentals.SIN);
            case COS -> operations(Transcendentals.COS);
            case POW -> operations(Transcendentals.POW);
        };
    }

    private static int operations(Sequence sequence) {
        return (int) sequence.steps().stream()
                .filter(step -> switch (step.op()) {
                    case FLOAT, INT, BITS, VALUE -> false;
                    case ADD, SUB, MUL, DIV, FMA, ABS, IADD, ISUB, IAND, IXOR, SHL, SHR, LT, LE, EQ, IEQ, BLEND -> true;
                })
                .count();
    }
}
