package org.nnlang.compiler.bytecode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Phase;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Writes the fused programs of an image as a class that implements the runtime's `GeneratedKernels`: a static method
/// for each phase of each program, of Vector API calls.
///
/// It is a class of its own, because a verifier that checks vector code must load the vector module, and a compiled
/// model also runs without it.
public final class FusedKernelEmitter {

    /// The most operations in a loop whose body is written once more, with masks. C2 took a GELU with its derivative, 80 operations, for more than five
    /// seconds so, and under one without.
    private static final int MAX_MASKED = 64;

    private static final String KERNELS = "org/nnlang/runtime/fused/GeneratedKernels";
    private static final String RUN = "(I" + PhaseEmitter.DESCRIPTOR.substring(1).replace(";IIII)", ";IIIII)");

    private final String speciesOwner;

    /// Code for whatever vectors the machine prefers.
    public FusedKernelEmitter() {
        this("org/nnlang/runtime/fused/PreferredSpecies");
    }

    /// Code for the vectors that a class with the constants `FLOATS`, `INTS` and `LENGTH` names.
    FusedKernelEmitter(String speciesOwner) {
        this.speciesOwner = speciesOwner;
    }

    /// A class file, and which programs it has code for.
    ///
    /// @param name the class's name with dots
    /// @param bytes the class file
    /// @param programs the numbers of the programs that have code
    public record Emitted(String name, byte[] bytes, BitSet programs) {}

    /// Writes a class with code for those of `programs` that can have it.
    ///
    /// @param name the class's name with dots
    /// @param source the name of the source file that lines refer to, or null
    public Emitted emit(String name, @Nullable String source, List<FusedProgram> programs) {
        ClassWriter writer = new FrameComputingWriter();
        String owner = name.replace('.', '/');
        writer.visit(
                Opcodes.V25,
                Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER,
                owner,
                null,
                "java/lang/Object",
                new String[] {KERNELS});
        if (source != null) {
            writer.visitSource(source, null);
        }
        emitConstructor(writer);
        BitSet emitted = new BitSet();
        for (int program = 0; program < programs.size(); program++) {
            if (EmittableLoops.contain(programs.get(program))) {
                emitted.set(program);
                emitPhases(writer, owner, program, programs.get(program));
            }
        }
        emitHas(writer, emitted);
        emitRun(writer, owner, emitted);
        writer.visitEnd();
        return new Emitted(name, writer.toByteArray(), emitted);
    }

    private static void emitConstructor(ClassWriter writer) {
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        method.visitCode();
        method.visitVarInsn(Opcodes.ALOAD, 0);
        method.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private void emitPhases(ClassWriter writer, String owner, int number, FusedProgram program) {
        List<Label> labels = new ArrayList<>();
        for (Phase phase : program.phases()) {
            MethodVisitor method = writer.visitMethod(
                    Opcodes.ACC_STATIC, phaseName(number, phase.index()), PhaseEmitter.DESCRIPTOR, null, null);
            boolean masksTails = EmittableLoops.operations(program, phase) <= MAX_MASKED;
            new PhaseEmitter(program, phase, method, speciesOwner, masksTails).emit();
            labels.add(new Label());
        }
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "fused" + number, inner(), null, null);
        method.visitCode();
        Label none = new Label();
        method.visitVarInsn(Opcodes.ILOAD, 2);
        method.visitTableSwitchInsn(0, labels.size() - 1, none, labels.toArray(Label[]::new));
        for (Phase phase : program.phases()) {
            method.visitLabel(labels.get(phase.index()));
            method.visitVarInsn(Opcodes.ALOAD, 0);
            method.visitVarInsn(Opcodes.ALOAD, 1);
            for (int parameter = 3; parameter < 7; parameter++) {
                method.visitVarInsn(Opcodes.ILOAD, parameter);
            }
            method.visitMethodInsn(
                    Opcodes.INVOKESTATIC, owner, phaseName(number, phase.index()), PhaseEmitter.DESCRIPTOR, false);
            method.visitInsn(Opcodes.RETURN);
        }
        method.visitLabel(none);
        throwNew(method);
    }

    private static String inner() {
        return "(" + RUN.substring(2);
    }

    private static String phaseName(int program, int phase) {
        return "fused" + program + "phase" + phase;
    }

    private static void throwNew(MethodVisitor method) {
        method.visitTypeInsn(Opcodes.NEW, "java/lang/IllegalArgumentException");
        method.visitInsn(Opcodes.DUP);
        method.visitMethodInsn(
                Opcodes.INVOKESPECIAL, "java/lang/IllegalArgumentException", "<init>", "()V", false);
        method.visitInsn(Opcodes.ATHROW);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private static void emitHas(ClassWriter writer, BitSet emitted) {
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_PUBLIC, "has", "(I)Z", null, null);
        method.visitCode();
        Label yes = new Label();
        Label no = new Label();
        int[] keys = emitted.stream().toArray();
        Label[] labels = new Label[keys.length];
        Arrays.fill(labels, yes);
        method.visitVarInsn(Opcodes.ILOAD, 1);
        method.visitLookupSwitchInsn(no, keys, labels);
        method.visitLabel(yes);
        method.visitInsn(Opcodes.ICONST_1);
        method.visitInsn(Opcodes.IRETURN);
        method.visitLabel(no);
        method.visitInsn(Opcodes.ICONST_0);
        method.visitInsn(Opcodes.IRETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private static void emitRun(ClassWriter writer, String owner, BitSet emitted) {
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_PUBLIC, "run", RUN, null, null);
        method.visitCode();
        Label none = new Label();
        int[] keys = emitted.stream().toArray();
        Label[] labels = new Label[keys.length];
        Arrays.setAll(labels, i -> new Label());
        method.visitVarInsn(Opcodes.ILOAD, 1);
        method.visitLookupSwitchInsn(none, keys, labels);
        for (int i = 0; i < keys.length; i++) {
            method.visitLabel(labels[i]);
            method.visitVarInsn(Opcodes.ALOAD, 2);
            method.visitVarInsn(Opcodes.ALOAD, 3);
            for (int parameter = 4; parameter < 9; parameter++) {
                method.visitVarInsn(Opcodes.ILOAD, parameter);
            }
            method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, "fused" + keys[i], inner(), false);
            method.visitInsn(Opcodes.RETURN);
        }
        method.visitLabel(none);
        throwNew(method);
    }

    /// Computes frames without loading the classes it meets: where types differ at a join, nothing uses them after it.
    private static final class FrameComputingWriter extends ClassWriter {
        FrameComputingWriter() {
            super(COMPUTE_FRAMES | COMPUTE_MAXS);
        }

        @Override
        protected String getCommonSuperClass(String type1, String type2) {
            return "java/lang/Object";
        }
    }
}
