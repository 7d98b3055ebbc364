package org.nnlang.compiler.bytecode;

import java.util.List;
import java.util.Locale;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.Instruction.Apply;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.tensor.DType;
import org.objectweb.asm.Opcodes;

/// Operations on one element, as the scalar tier computes them; bools are ints.
final class ScalarCode {
    private static final String MATH = "org/nnlang/runtime/fused/ScalarMath";
    private static final String TRANSCENDENTALS = "org/nnlang/runtime/kernel/Scalars";

    private final MethodCode code;
    private final Values values;

    ScalarCode(MethodCode code, Values values) {
        this.code = code;
        this.values = values;
    }

    static Type type(DType type) {
        return type == DType.F32 ? Type.FLOAT : Type.INT;
    }

    void push(int register) {
        Integer literal = values.literal(register);
        if (literal == null) {
            code.load(values.get(register));
        } else if (values.type(register) == DType.F32) {
            code.floatConstant(literal);
        } else {
            code.constant(literal);
        }
    }

    /// Computes a register and keeps it in a variable.
    void apply(int register, Apply apply) {
        List<Integer> inputs = apply.inputs();
        inputs.forEach(this::push);
        operate(apply.opcode(), values.type(register) == DType.F32, values.type(inputs.getLast()) == DType.F32);
        Local local = code.store(type(values.type(register)));
        values.put(register, local);
    }

    private void operate(Opcode op, boolean isFloat, boolean fromFloat) {
        switch (op) {
            case ADD -> code.op(isFloat ? Opcodes.FADD : Opcodes.IADD);
            case SUB -> code.op(isFloat ? Opcodes.FSUB : Opcodes.ISUB);
            case MUL -> code.op(isFloat ? Opcodes.FMUL : Opcodes.IMUL);
            case DIV -> code.op(Opcodes.FDIV);
            case NEG -> code.op(isFloat ? Opcodes.FNEG : Opcodes.INEG);
            case FMA -> code.invokeStatic("java/lang/Math", "fma", "(FFF)F");
            case ABS -> code.invokeStatic("java/lang/Math", "abs", isFloat ? "(F)F" : "(I)I");
            case FLOORDIV -> code.invokeStatic(MATH, "floorDiv", "(II)I");
            case MOD -> code.invokeStatic(MATH, "mod", isFloat ? "(FF)F" : "(II)I");
            case MIN, MAX ->
                code.invokeStatic(
                        isFloat ? MATH : "java/lang/Math",
                        op.name().toLowerCase(Locale.ROOT),
                        isFloat ? "(FF)F" : "(II)I");
            case SIGN ->
                code.invokeStatic(
                        isFloat ? MATH : "java/lang/Integer", isFloat ? "sign" : "signum", isFloat ? "(F)F" : "(I)I");
            case SQRT, RSQRT, FLOOR, CEIL, ROUND ->
                code.invokeStatic(MATH, op.name().toLowerCase(Locale.ROOT), "(F)F");
            case EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS ->
                code.invokeStatic(TRANSCENDENTALS, op.name().toLowerCase(Locale.ROOT), "(F)F");
            case POW -> code.invokeStatic(TRANSCENDENTALS, "pow", "(FF)F");
            case LT -> code.invokeStatic(MATH, "less", fromFloat ? "(FF)I" : "(II)I");
            case LE -> code.invokeStatic(MATH, "lessOrEqual", fromFloat ? "(FF)I" : "(II)I");
            case EQ -> code.invokeStatic(MATH, "equal", fromFloat ? "(FF)I" : "(II)I");
            case NE -> code.invokeStatic(MATH, "notEqual", fromFloat ? "(FF)I" : "(II)I");
            case AND -> code.op(Opcodes.IAND);
            case OR -> code.op(Opcodes.IOR);
            case NOT -> {
                code.constant(1);
                code.op(Opcodes.IXOR);
            }
            case SELECT -> code.invokeStatic(MATH, "select", isFloat ? "(IFF)F" : "(III)I");
            case TO_F32 -> code.op(Opcodes.I2F);
            case TO_I32 -> {
                if (fromFloat) {
                    code.op(Opcodes.F2I);
                }
            }
            case TO_BOOL -> code.invokeStatic(MATH, "truth", fromFloat ? "(F)I" : "(I)I");
        }
    }
}
