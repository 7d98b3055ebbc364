package org.nnlang.compiler.bytecode;

import static org.nnlang.compiler.bytecode.MethodCode.descriptor;
import static org.nnlang.compiler.bytecode.MethodCode.vectorClass;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.compiler.bytecode.MethodCode.Type;
import org.nnlang.runtime.fused.Instruction.Apply;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.kernel.Sequence;
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
    /// From 2²³ on every f32 is whole.
    private static final int WHOLE_BITS = 0x4B000000;

    private static final int ONE_BITS = 0x3F800000;

    private final MethodCode code;
    private final Values values;
    private final ScalarCode scalars;
    private final String speciesOwner;
    private @Nullable Tail tail;

    /// The variables that hold the mask of the lanes that count.
    private record Tail(Local floats, Local ints) {}

    VectorCode(MethodCode code, Values values, ScalarCode scalars, String speciesOwner) {
        this.code = code;
        this.values = values;
        this.scalars = scalars;
        this.speciesOwner = speciesOwner;
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

    private void toFloatMask() {
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
            case MOD -> mod(local(inputs.get(0)), local(inputs.get(1)));
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
            case EXP -> sequence(Transcendentals.EXP, inputs);
            case LOG -> sequence(Transcendentals.LOG, inputs);
            case LOG1P -> sequence(Transcendentals.LOG1P, inputs);
            case EXPM1 -> sequence(Transcendentals.EXPM1, inputs);
            case TANH -> sequence(Transcendentals.TANH, inputs);
            case ERF -> sequence(Transcendentals.ERF, inputs);
            case SIN -> sequence(Transcendentals.SIN, inputs);
            case COS -> sequence(Transcendentals.COS, inputs);
            case POW -> sequence(Transcendentals.POW, inputs);
            case FLOOR -> cut(local(inputs.getFirst()), "GT", "sub");
            case CEIL -> cut(local(inputs.getFirst()), "LT", "add");
            case ROUND -> round(local(inputs.getFirst()));
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

    private void broadcast(int bits) {
        pushFloatSpecies();
        code.floatConstant(bits);
        code.invokeStatic(FLOATS, "broadcast", descriptor("Sf", "F"));
    }

    private void broadcastInt(int value) {
        pushIntSpecies();
        code.constant(value);
        code.invokeStatic(INTS, "broadcast", descriptor("Si", "I"));
    }

    private void convertToInt() {
        code.vectorOperator("F2I", "Conversion");
        pushIntSpecies();
        code.constant(0);
        code.invoke(FLOATS, "convertShape", descriptor("XSi", "V"));
        code.visitor().visitTypeInsn(Opcodes.CHECKCAST, INTS);
    }

    private void convertToFloat() {
        code.vectorOperator("I2F", "Conversion");
        pushFloatSpecies();
        code.constant(0);
        code.invoke(INTS, "convertShape", descriptor("XSi", "V"));
        code.visitor().visitTypeInsn(Opcodes.CHECKCAST, FLOATS);
    }

    /// A register as a variable that holds a vector.
    private Local local(int register) {
        if (values.isVarying(register)) {
            return values.get(register);
        }
        push(register);
        return code.store(Type.REFERENCE);
    }

    /// As the runtime's `ScalarMath.floor` and `ceil`: cut through i32, moved by one where that lies on the wrong side.
    private void cut(Local x, String wrongSide, String move) {
        code.load(x);
        convertToInt();
        convertToFloat();
        Local cut = code.store(Type.REFERENCE);
        code.load(cut);
        code.load(cut);
        broadcast(ONE_BITS);
        code.invoke(FLOATS, move, descriptor("V", "F"));
        code.load(cut);
        code.vectorOperator(wrongSide, "Comparison");
        code.load(x);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
        signedUnlessWhole(x, code.store(Type.REFERENCE));
    }

    private void round(Local x) {
        code.load(x);
        code.invoke(FLOATS, "abs", descriptor("", "F"));
        broadcast(WHOLE_BITS);
        code.invoke(FLOATS, "add", descriptor("V", "F"));
        broadcast(WHOLE_BITS);
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
        broadcastInt(Integer.MIN_VALUE);
        code.invoke(INTS, "and", descriptor("V", "I"));
        code.invoke(INTS, "or", descriptor("V", "I"));
        code.invoke(INTS, "reinterpretAsFloats", descriptor("", "F"));
        code.load(x);
        code.invoke(FLOATS, "abs", descriptor("", "F"));
        code.vectorOperator("LT", "Comparison");
        broadcast(WHOLE_BITS);
        code.invoke(FLOATS, "compare", descriptor("CV", "M"));
        code.invoke(FLOATS, "blend", descriptor("VM", "F"));
    }

    /// As the runtime's `ScalarMath.mod`.
    private void mod(Local a, Local b) {
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
    private void sequence(Sequence sequence, List<Integer> inputs) {
        List<Object> numbered = new ArrayList<>();
        inputs.forEach(input -> numbered.add(local(input)));
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
                    toFloatMask();
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
            case Sequence.Step literal when literal.op() == Sequence.Op.FLOAT -> broadcast(literal.literal());
            case Sequence.Step literal -> broadcastInt(literal.literal());
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
