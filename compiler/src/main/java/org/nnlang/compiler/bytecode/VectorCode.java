package org.nnlang.compiler.bytecode;

import static org.nnlang.compiler.bytecode.MethodCode.descriptor;
import static org.nnlang.compiler.bytecode.MethodCode.vectorClass;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.Instruction.Apply;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.kernel.Transcendentals;
import org.nnlang.runtime.tensor.DType;
import org.objectweb.asm.Opcodes;

/// Operations on vectors, with the same steps as [ScalarCode]'s on one element. A bool is a mask of float vectors.
///
/// Literals and uniform registers are broadcast where they are used: C2 decides what stays in a register.
final class VectorCode {
    private static final String FLOATS = vectorClass('F');
    private static final String INTS = vectorClass('I');
    private static final String MASK = vectorClass('M');
    private static final String SPECIES = vectorClass('S');
    private static final int ONE_BITS = 0x3F800000;

    private final MethodCode code;
    private final Values values;
    private final ScalarCode scalars;
    private final String speciesOwner;
    private final VectorMathCode math;
    private @Nullable Tail tail;

    /// The variables that hold the mask of the lanes that count.
    private record Tail(Local floats, Local ints) {}

    VectorCode(MethodCode code, Values values, ScalarCode scalars, String speciesOwner) {
        this.code = code;
        this.values = values;
        this.scalars = scalars;
        this.speciesOwner = speciesOwner;
        math = new VectorMathCode(code, this);
    }

    void pushFloatSpecies() {
        code.constantField(speciesOwner, "FLOATS", "L" + SPECIES + ";");
    }

    void pushIntSpecies() {
        code.constantField(speciesOwner, "INTS", "L" + SPECIES + ";");
    }

    void pushLength() {
        code.constantField(speciesOwner, "LENGTH", "I");
    }

    /// Pushes a register as a vector or mask.
    void push(int register) {
        if (values.isVarying(register)) {
            code.load(values.get(register));
            return;
        }
        switch (values.type(register)) {
            case F32 -> {
                pushFloatSpecies();
                scalars.push(register);
                code.invokeStatic(FLOATS, "broadcast", descriptor("Sf", "F"));
            }
            case I32, U8 -> {
                pushIntSpecies();
                scalars.push(register);
                code.invokeStatic(INTS, "broadcast", descriptor("Si", "I"));
            }
            case BOOL -> {
                pushFloatSpecies();
                scalars.push(register);
                code.invokeInterface(SPECIES, "maskAll", descriptor("z", "M"));
            }
        }
    }

    /// From here on only as many lanes of a vector are read and written as the number on the stack says.
    void beginTail() {
        Local limit = code.store(Type.INT);
        pushFloatSpecies();
        code.constant(0);
        code.load(limit);
        code.invokeInterface(SPECIES, "indexInRange", descriptor("ii", "M"));
        Local mask = code.store(Type.REFERENCE);
        code.load(mask);
        toIntMask();
        tail = new Tail(mask, code.store(Type.REFERENCE));
    }

    /// From here on all lanes count again.
    void endTail() {
        tail = null;
    }

    /// In a tail, puts a value that changes nothing into the lanes that do not count of the vector on the stack.
    void neutralise(boolean floats, Runnable pushNeutral) {
        if (tail == null) {
            return;
        }
        Local element = code.store(Type.REFERENCE);
        pushSpecies(floats ? DType.F32 : DType.I32);
        pushNeutral.run();
        code.invokeStatic(
                floats ? FLOATS : INTS, "broadcast", floats ? descriptor("Sf", "F") : descriptor("Si", "I"));
        code.load(element);
        code.load(floats ? tail.floats : tail.ints);
        code.invoke(floats ? FLOATS : INTS, "blend", descriptor("VM", floats ? "F" : "I"));
    }

    /// Reads a vector from the array and offset on the stack, under species pushed before them.
    void read(DType type) {
        if (tail != null) {
            code.load(type == DType.F32 ? tail.floats : tail.ints);
        }
        String mask = tail == null ? "" : "M";
        if (type == DType.F32) {
            code.invokeStatic(FLOATS, "fromArray", descriptor("Spi" + mask, "F"));
            return;
        }
        code.invokeStatic(INTS, "fromArray", descriptor("Sqi" + mask, "I"));
        if (type == DType.BOOL) {
            code.vectorOperator("NE", "Comparison");
            code.constant(0);
            code.invoke(INTS, "compare", descriptor("Ci", "M"));
            toFloatMask();
        }
    }

    void pushSpecies(DType type) {
        if (type == DType.F32) {
            pushFloatSpecies();
        } else {
            pushIntSpecies();
        }
    }

    /// Pushes a register in the form in which memory holds it: a bool becomes ones and zeros.
    void pushForMemory(int register) {
        if (values.type(register) != DType.BOOL) {
            push(register);
            return;
        }
        pushIntSpecies();
        code.invokeStatic(INTS, "zero", descriptor("S", "I"));
        code.constant(1);
        push(register);
        toIntMask();
        code.invoke(INTS, "blend", descriptor("iM", "I"));
    }

    /// Writes the vector on the stack to the array and offset above it.
    void write(DType type) {
        if (tail != null) {
            code.load(type == DType.F32 ? tail.floats : tail.ints);
        }
        String mask = tail == null ? "" : "M";
        if (type == DType.F32) {
            code.invoke(FLOATS, "intoArray", descriptor("pi" + mask, "v"));
        } else {
            code.invoke(INTS, "intoArray", descriptor("qi" + mask, "v"));
        }
    }

    /// Pushes the numbers of the columns from the one in `column`.
    void columnIndex(Local column) {
        pushIntSpecies();
        code.load(column);
        code.invokeStatic(INTS, "broadcast", descriptor("Si", "I"));
        code.constant(1);
        code.invoke(INTS, "addIndex", descriptor("i", "I"));
    }

    void toFloatMask() {
        pushFloatSpecies();
        code.invoke(MASK, "cast", descriptor("S", "M"));
    }

    void toIntMask() {
        pushIntSpecies();
        code.invoke(MASK, "cast", descriptor("S", "M"));
    }

    /// Computes a register and keeps it in a variable.
    void apply(int register, Apply apply) {
        List<Integer> inputs = apply.inputs();
        if (values.type(inputs.getLast()) == DType.F32 && apply.opcode() != Opcode.SELECT) {
            ofFloats(apply.opcode(), inputs);
        } else {
            ofInts(apply.opcode(), inputs);
        }
        values.put(register, code.store(Type.REFERENCE));
    }

    private void ofFloats(Opcode op, List<Integer> inputs) {
        switch (op) {
            case ADD -> binary(FLOATS, "add", "F", inputs);
            case SUB -> binary(FLOATS, "sub", "F", inputs);
            case MUL -> binary(FLOATS, "mul", "F", inputs);
            case DIV -> binary(FLOATS, "div", "F", inputs);
            case MOD -> math.mod(local(inputs.get(0)), local(inputs.get(1)));
            case MIN -> extreme(inputs.get(0), inputs.get(1), inputs.get(1), inputs.get(0));
            case MAX -> extreme(inputs.get(0), inputs.get(1), inputs.get(0), inputs.get(1));
            case FMA -> {
                inputs.forEach(this::push);
                code.invoke(FLOATS, "fma", descriptor("VV", "F"));
            }
            case NEG -> unary("neg", inputs);
            case ABS -> unary("abs", inputs);
            case SQRT -> unary("sqrt", inputs);
            case RSQRT -> {
                broadcast(ONE_BITS);
                unary("sqrt", inputs);
                code.invoke(FLOATS, "div", descriptor("V", "F"));
            }
            case SIGN -> {
                push(inputs.getFirst());
                code.floatConstant(ONE_BITS);
                compareWithZero(inputs.getFirst(), "GT");
                code.invoke(FLOATS, "blend", descriptor("fM", "F"));
                code.floatConstant(Float.floatToRawIntBits(-1f));
                compareWithZero(inputs.getFirst(), "LT");
                code.invoke(FLOATS, "blend", descriptor("fM", "F"));
            }
            case EXP -> math.sequence(Transcendentals.EXP, locals(inputs));
            case LOG -> math.sequence(Transcendentals.LOG, locals(inputs));
            case LOG1P -> math.sequence(Transcendentals.LOG1P, locals(inputs));
            case EXPM1 -> math.sequence(Transcendentals.EXPM1, locals(inputs));
            case TANH -> math.sequence(Transcendentals.TANH, locals(inputs));
            case ERF -> math.sequence(Transcendentals.ERF, locals(inputs));
            case SIN -> math.sequence(Transcendentals.SIN, locals(inputs));
            case COS -> math.sequence(Transcendentals.COS, locals(inputs));
            case POW -> math.sequence(Transcendentals.POW, locals(inputs));
            case FLOOR -> math.cut(local(inputs.getFirst()), "GT", "sub");
            case CEIL -> math.cut(local(inputs.getFirst()), "LT", "add");
            case ROUND -> math.round(local(inputs.getFirst()));
            case LT, LE, EQ, NE -> compare(FLOATS, op, inputs);
            case TO_I32 -> {
                push(inputs.getFirst());
                convertToInt();
            }
            case TO_BOOL -> {
                push(inputs.getFirst());
                code.vectorOperator("NE", "Comparison");
                code.floatConstant(0);
                code.invoke(FLOATS, "compare", descriptor("Cf", "M"));
            }
            case FLOORDIV, AND, OR, NOT, SELECT, TO_F32 -> throw new IllegalArgumentException(op + " of floats");
        }
    }

    private void ofInts(Opcode op, List<Integer> inputs) {
        boolean isBool = values.type(inputs.getLast()) == DType.BOOL;
        switch (op) {
            case ADD -> binary(INTS, "add", "I", inputs);
            case SUB -> binary(INTS, "sub", "I", inputs);
            case MUL -> binary(INTS, "mul", "I", inputs);
            case MIN -> binary(INTS, "min", "I", inputs);
            case MAX -> binary(INTS, "max", "I", inputs);
            case NEG, ABS -> {
                push(inputs.getFirst());
                code.invoke(INTS, op == Opcode.NEG ? "neg" : "abs", descriptor("", "I"));
            }
            case SIGN -> {
                // -1, 0 or 1: its sign bit spread out, or else the sign bit of its negation
                push(inputs.getFirst());
                code.constant(1);
                push(inputs.getFirst());
                code.vectorOperator("GT", "Comparison");
                code.constant(0);
                code.invoke(INTS, "compare", descriptor("Ci", "M"));
                code.invoke(INTS, "blend", descriptor("iM", "I"));
                code.constant(-1);
                push(inputs.getFirst());
                code.vectorOperator("LT", "Comparison");
                code.constant(0);
                code.invoke(INTS, "compare", descriptor("Ci", "M"));
                code.invoke(INTS, "blend", descriptor("iM", "I"));
            }
            case LT, LE -> compare(INTS, op, inputs);
            case EQ, NE -> {
                if (isBool) {
                    inputs.forEach(this::push);
                    code.invoke(MASK, "xor", descriptor("M", "M"));
                    if (op == Opcode.EQ) {
                        code.invoke(MASK, "not", descriptor("", "M"));
                    }
                } else {
                    compare(INTS, op, inputs);
                }
            }
            case AND -> binaryMask("and", inputs);
            case OR -> binaryMask("or", inputs);
            case NOT -> {
                push(inputs.getFirst());
                code.invoke(MASK, "not", descriptor("", "M"));
            }
            case SELECT -> select(inputs.get(0), inputs.get(1), inputs.get(2));
            case TO_F32 -> {
                if (isBool) {
                    broadcast(0);
                    code.floatConstant(ONE_BITS);
                    push(inputs.getFirst());
                    code.invoke(FLOATS, "blend", descriptor("fM", "F"));
                } else {
                    push(inputs.getFirst());
                    convertToFloat();
                }
            }
            case TO_I32 -> pushForMemory(inputs.getFirst());
            case TO_BOOL -> {
                push(inputs.getFirst());
                code.vectorOperator("NE", "Comparison");
                code.constant(0);
                code.invoke(INTS, "compare", descriptor("Ci", "M"));
                toFloatMask();
            }
            case DIV, FLOORDIV, MOD, POW, FMA, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS, FLOOR, CEIL,
                    ROUND ->
                throw new IllegalArgumentException(op + " of ints");
        }
    }

    private void binary(String owner, String name, String result, List<Integer> inputs) {
        inputs.forEach(this::push);
        code.invoke(owner, name, descriptor("V", result));
    }

    private void binaryMask(String name, List<Integer> inputs) {
        inputs.forEach(this::push);
        code.invoke(MASK, name, descriptor("M", "M"));
    }

    private void unary(String name, List<Integer> inputs) {
        push(inputs.getFirst());
        code.invoke(FLOATS, name, descriptor("", "F"));
    }

    /// `less < more ? b : a`.
    private void extreme(int a, int b, int less, int more) {
        push(a);
        push(b);
        push(less);
        code.vectorOperator("LT", "Comparison");
        push(more);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
    }

    private void compare(String owner, Opcode op, List<Integer> inputs) {
        push(inputs.get(0));
        code.vectorOperator(op.name(), "Comparison");
        push(inputs.get(1));
        code.invoke(owner, "compare", descriptor("CV", "M"));
        if (owner.equals(INTS)) {
            toFloatMask();
        }
    }

    private void compareWithZero(int register, String comparison) {
        push(register);
        code.vectorOperator(comparison, "Comparison");
        code.floatConstant(0);
        code.invoke(FLOATS, "compare", descriptor("Cf", "M"));
    }

    private void select(int condition, int yes, int no) {
        switch (values.type(yes)) {
            case F32 -> {
                push(no);
                push(yes);
                push(condition);
                code.invoke(FLOATS, "blend", descriptor("VM", "F"));
            }
            case I32, U8 -> {
                push(no);
                push(yes);
                push(condition);
                toIntMask();
                code.invoke(INTS, "blend", descriptor("VM", "I"));
            }
            case BOOL -> {
                // condition ? yes : no
                push(condition);
                push(yes);
                code.invoke(MASK, "and", descriptor("M", "M"));
                push(no);
                push(condition);
                code.invoke(MASK, "andNot", descriptor("M", "M"));
                code.invoke(MASK, "or", descriptor("M", "M"));
            }
        }
    }

    void broadcast(int bits) {
        pushFloatSpecies();
        code.floatConstant(bits);
        code.invokeStatic(FLOATS, "broadcast", descriptor("Sf", "F"));
    }

    void broadcastInt(int value) {
        pushIntSpecies();
        code.constant(value);
        code.invokeStatic(INTS, "broadcast", descriptor("Si", "I"));
    }

    void convertToInt() {
        code.vectorOperator("F2I", "Conversion");
        pushIntSpecies();
        code.constant(0);
        code.invoke(FLOATS, "convertShape", descriptor("XSi", "V"));
        code.visitor().visitTypeInsn(Opcodes.CHECKCAST, INTS);
    }

    void convertToFloat() {
        code.vectorOperator("I2F", "Conversion");
        pushFloatSpecies();
        code.constant(0);
        code.invoke(INTS, "convertShape", descriptor("XSi", "V"));
        code.visitor().visitTypeInsn(Opcodes.CHECKCAST, FLOATS);
    }

    private List<Local> locals(List<Integer> registers) {
        return registers.stream().map(this::local).toList();
    }

    /// A register as a variable that holds a vector.
    private Local local(int register) {
        if (values.isVarying(register)) {
            return values.get(register);
        }
        push(register);
        return code.store(Type.REFERENCE);
    }
}
