package org.nnlang.compiler.bytecode;

import java.util.Collections;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// A method being written: short names for what kernels are made of, and local variables handed out in order. Each
/// variable has one type for the whole method.
final class MethodCode {
    private static final String VECTORS = "jdk/incubator/vector/";

    private final MethodVisitor visitor;
    private int nextLocal;
    private int line;

    MethodCode(MethodVisitor visitor, int parameters) {
        this.visitor = visitor;
        nextLocal = parameters;
    }

    /// What a local variable holds, as far as loading and storing it goes.
    enum Type {
        INT(Opcodes.ILOAD, Opcodes.ISTORE),
        FLOAT(Opcodes.FLOAD, Opcodes.FSTORE),
        REFERENCE(Opcodes.ALOAD, Opcodes.ASTORE);

        private final int load;
        private final int store;

        Type(int load, int store) {
            this.load = load;
            this.store = store;
        }
    }

    /// A local variable.
    record Local(int index, Type type) {}

    MethodVisitor visitor() {
        return visitor;
    }

    /// A new variable with what is on the stack.
    Local store(Type type) {
        Local local = new Local(nextLocal++, type);
        store(local);
        return local;
    }

    void store(Local local) {
        visitor.visitVarInsn(local.type.store, local.index);
    }

    void load(Local local) {
        visitor.visitVarInsn(local.type.load, local.index);
    }

    void op(int opcode) {
        visitor.visitInsn(opcode);
    }

    void constant(int value) {
        if (value >= -1 && value <= 5) {
            op(Opcodes.ICONST_0 + value);
        } else if (value == (byte) value) {
            visitor.visitIntInsn(Opcodes.BIPUSH, value);
        } else if (value == (short) value) {
            visitor.visitIntInsn(Opcodes.SIPUSH, value);
        } else {
            visitor.visitLdcInsn(value);
        }
    }

    /// Pushes the float with these bits; all NaNs are one.
    void floatConstant(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (bits == 0 || value == 1f || value == 2f) {
            op(Opcodes.FCONST_0 + (int) value);
        } else {
            visitor.visitLdcInsn(value);
        }
    }

    void increment(Local local, int amount) {
        visitor.visitIincInsn(local.index, amount);
    }

    Label label() {
        Label label = new Label();
        visitor.visitLabel(label);
        return label;
    }

    void place(Label label) {
        visitor.visitLabel(label);
    }

    void jump(int opcode, Label target) {
        visitor.visitJumpInsn(opcode, target);
    }

    /// Says that what follows stems from a line of the source; 0 says nothing.
    void line(int number) {
        if (number > 0 && number != line) {
            line = number;
            visitor.visitLineNumber(number, label());
        }
    }

    /// Calls a static method. Owners and types may be short: `F`, `I` and `M` stand for float vector, int vector and mask.
    void invokeStatic(String owner, String name, String descriptor) {
        visitor.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
    }

    void invoke(String owner, String name, String descriptor) {
        visitor.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, name, descriptor, false);
    }

    void invokeInterface(String owner, String name, String descriptor) {
        visitor.visitMethodInsn(Opcodes.INVOKEINTERFACE, owner, name, descriptor, true);
    }

    void constantField(String owner, String name, String type) {
        visitor.visitFieldInsn(Opcodes.GETSTATIC, owner, name, type);
    }

    /// Pushes a constant of `VectorOperators`: a comparison, an operation or a conversion.
    void vectorOperator(String name, String kind) {
        constantField(VECTORS + "VectorOperators", name, "L" + VECTORS + "VectorOperators$" + kind + ";");
    }

    /// The descriptor of a vector method from short names: F float vector, I int vector, M mask, V any vector, S species,
    /// C comparison, B binary operator, X conversion; f, i, z and v are float, int, boolean and void; a trailing
    /// letter in brackets is an array.
    static String descriptor(String parameters, String result) {
        StringBuilder descriptor = new StringBuilder("(");
        for (int i = 0; i < parameters.length(); i++) {
            descriptor.append(type(parameters.charAt(i)));
        }
        return descriptor.append(')').append(type(result.charAt(0))).toString();
    }

    private static String type(char letter) {
        return switch (letter) {
            case 'F' -> "L" + VECTORS + "FloatVector;";
            case 'I' -> "L" + VECTORS + "IntVector;";
            case 'M' -> "L" + VECTORS + "VectorMask;";
            case 'V' -> "L" + VECTORS + "Vector;";
            case 'S' -> "L" + VECTORS + "VectorSpecies;";
            case 'C' -> "L" + VECTORS + "VectorOperators$Comparison;";
            case 'B' -> "L" + VECTORS + "VectorOperators$Binary;";
            case 'X' -> "L" + VECTORS + "VectorOperators$Conversion;";
            case 'f' -> "F";
            case 'i' -> "I";
            case 'z' -> "Z";
            case 'v' -> "V";
            case 'p' -> "[F";
            case 'q' -> "[I";
            default -> throw new IllegalArgumentException("no type is called " + letter);
        };
    }

    /// The internal name of a vector class.
    static String vectorClass(char letter) {
        String type = type(letter);
        return type.substring(1, type.length() - 1);
    }

    /// Copies of a letter, for descriptors.
    static String times(String letter, int count) {
        return String.join("", Collections.nCopies(count, letter));
    }
}
