package org.nnlang.compiler.bytecode;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Step;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Writes a procedure as a class: `run` calls a static method for each step, in order, and each calls the runtime's kernels.
/// Methods are named after what they compute and have the line of the source that asked for it, so that a stack trace and
/// a profile point into the model.
public final class ProgramClassEmitter {
    private static final String PROGRAM = "org/nnlang/runtime/program/CompiledProgram";
    private static final String FRAME = "org/nnlang/runtime/program/Frame";
    private static final String LAUNCH = "org/nnlang/runtime/fused/FusedLaunch";
    private static final String GEMM = "org/nnlang/runtime/kernel/Gemm";
    private static final String TEAM = "Lorg/nnlang/runtime/kernel/Team;";
    private static final String EPILOGUE = "Lorg/nnlang/runtime/kernel/Epilogue;";
    private static final String HELD = "Lorg/nnlang/runtime/kernel/HeldFactor;";
    private static final String KERNELS = "Lorg/nnlang/runtime/fused/GeneratedKernels;";
    private static final String STEP = "(L" + FRAME + ";)V";
    private static final String BATCHED = "(" + TEAM + "ZZIII[FIII[FIII" + HELD + "[FIIIIZ" + EPILOGUE + ")V";

    /// Steps that get a method of their own. A class file holds 64 KB a method and 65,535 constants; the steps behind these run
    /// as the image lists them, which is the same but for the stack trace.
    static final int MOST_METHODS = 4_000;

    private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    private final String owner;

    private ProgramClassEmitter(String name) {
        owner = name.replace('.', '/');
    }

    /// Writes the class of an image.
    ///
    /// @param name the class's name with dots
    /// @param kernels the name with dots of the class that has code for the image's loops, or null
    public static byte[] emit(String name, Image image, @Nullable String kernels) {
        return new ProgramClassEmitter(name).emit(image, kernels);
    }

    private byte[] emit(Image image, @Nullable String kernels) {
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER;
        writer.visit(Opcodes.V25, access, owner, null, "java/lang/Object", new String[] {PROGRAM});
        String source = source(image);
        if (source != null) {
            writer.visitSource(source, null);
        }
        MethodVisitor constructor = method(Opcodes.ACC_PUBLIC, "<init>", "()V");
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        end(constructor, Opcodes.RETURN);
        if (kernels != null) {
            String type = kernels.replace('.', '/');
            MethodVisitor method = method(Opcodes.ACC_PUBLIC, "kernels", "()" + KERNELS);
            method.visitTypeInsn(Opcodes.NEW, type);
            method.visitInsn(Opcodes.DUP);
            method.visitMethodInsn(Opcodes.INVOKESPECIAL, type, "<init>", "()V", false);
            end(method, Opcodes.ARETURN);
        }
        MethodVisitor run = method(Opcodes.ACC_PUBLIC, "run", STEP);
        emitSteps(run, image, 0, image.steps().size(), source);
        end(run, Opcodes.RETURN);
        int roundsEnd = 0;
        for (int step = 0; step < Math.min(image.steps().size(), MOST_METHODS); step++) {
            if (image.steps().get(step) instanceof Step.Repeat repeat) {
                roundsEnd = Math.max(roundsEnd, step + 1 + repeat.steps());
            } else {
                emitStep(image, step, source, step < roundsEnd);
            }
        }
        writer.visitEnd();
        return writer.toByteArray();
    }

    /// Calls the steps from `from` up to `to`; those of a round in a loop.
    private void emitSteps(MethodVisitor run, Image image, int from, int to, @Nullable String source) {
        for (int step = from; step < to; step++) {
            if (step >= MOST_METHODS) {
                run.visitVarInsn(Opcodes.ALOAD, 1);
                push(run, step);
                push(run, to);
                run.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "run", "(II)V", false);
                return;
            }
            line(run, image.notes().get(step), source);
            if (image.steps().get(step) instanceof Step.Repeat repeat) {
                Label next = new Label();
                Label end = new Label();
                run.visitLabel(next);
                run.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                run.visitVarInsn(Opcodes.ALOAD, 1);
                push(run, step);
                run.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "next", "(I)Z", false);
                run.visitJumpInsn(Opcodes.IFEQ, end);
                emitSteps(run, image, step + 1, step + 1 + repeat.steps(), source);
                run.visitJumpInsn(Opcodes.GOTO, next);
                run.visitLabel(end);
                run.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                step += repeat.steps();
            } else {
                run.visitVarInsn(Opcodes.ALOAD, 1);
                run.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name(image, step), STEP, false);
            }
        }
    }

    /// The file that most steps stem from; line numbers of a class are of one file.
    private static @Nullable String source(Image image) {
        String best = null;
        long most = 0;
        for (String source : image.notes().stream().map(Note::source).distinct().toList()) {
            long count = image.notes().stream().filter(note -> note.source().equals(source)).count();
            if (!source.isEmpty() && count > most) {
                most = count;
                best = source;
            }
        }
        return best;
    }

    private static void line(MethodVisitor method, Note note, @Nullable String source) {
        if (note.line() > 0 && note.source().equals(source)) {
            Label label = new Label();
            method.visitLabel(label);
            method.visitLineNumber(note.line(), label);
        }
    }

    /// `step3_product_add_max`.
    private static String name(Image image, int step) {
        String label = image.notes().get(step).label().toLowerCase(Locale.ROOT);
        return "step" + step + "_" + label.replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
    }

    private MethodVisitor method(int access, String name, String descriptor) {
        MethodVisitor method = writer.visitMethod(access, name, descriptor, null, null);
        method.visitCode();
        return method;
    }

    private static void end(MethodVisitor method, int instruction) {
        method.visitInsn(instruction);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /// @param inRounds whether a loop repeats it: then its bound form knows what is the same in each round
    private void emitStep(Image image, int step, @Nullable String source, boolean inRounds) {
        MethodVisitor method = method(Opcodes.ACC_STATIC, name(image, step), STEP);
        line(method, image.notes().get(step), source);
        switch (image.steps().get(step)) {
            case Step.Loop _ -> {
                method.visitVarInsn(Opcodes.ALOAD, 0);
                push(method, step);
                method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "loop", "(I)L" + LAUNCH + ";", false);
                method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, LAUNCH, "run", "()V", false);
            }
            case Step.Product product when product.outer().isEmpty() && !inRounds -> multiply(method, step, product);
            case Step.Product _, Step.GatherRows _, Step.ScatterRows _, Step.Order _, Step.RunningSums _, Step.Draw _, Step.Move _, Step.Call _, Step.Clear _, Step.Repeat _ -> {
                method.visitVarInsn(Opcodes.ALOAD, 0);
                push(method, step);
                method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "run", "(I)V", false);
            }
        }
        end(method, Opcodes.RETURN);
    }

    private static void multiply(MethodVisitor method, int step, Step.Product product) {
        method.visitVarInsn(Opcodes.ALOAD, 0);
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "team", "()" + TEAM, false);
        method.visitInsn(product.transA() ? Opcodes.ICONST_1 : Opcodes.ICONST_0);
        method.visitInsn(product.transB() ? Opcodes.ICONST_1 : Opcodes.ICONST_0);
        extent(method, product.m());
        extent(method, product.n());
        extent(method, product.k());
        matrix(method, product.a());
        matrix(method, product.b());
        method.visitVarInsn(Opcodes.ALOAD, 0);
        push(method, step);
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "held", "(I)" + HELD, false);
        matrix(method, product.c());
        extent(method, product.count());
        method.visitInsn(Opcodes.ICONST_0);
        method.visitVarInsn(Opcodes.ALOAD, 0);
        push(method, step);
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "epilogue", "(I)" + EPILOGUE, false);
        method.visitMethodInsn(Opcodes.INVOKESTATIC, GEMM, "batched", BATCHED, false);
    }

    private static void matrix(MethodVisitor method, Step.Matrix matrix) {
        method.visitVarInsn(Opcodes.ALOAD, 0);
        push(method, matrix.place().segment().ordinal());
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "floats", "(I)[F", false);
        extent(method, matrix.place().offset());
        extent(method, matrix.rowStride());
        extent(method, matrix.itemStride());
    }

    private static void extent(MethodVisitor method, int index) {
        method.visitVarInsn(Opcodes.ALOAD, 0);
        push(method, index);
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAME, "extent", "(I)I", false);
    }

    private static void push(MethodVisitor method, int value) {
        if (value >= -1 && value <= 5) {
            method.visitInsn(Opcodes.ICONST_0 + value);
        } else if (value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE) {
            method.visitIntInsn(Opcodes.BIPUSH, value);
        } else if (value >= Short.MIN_VALUE && value <= Short.MAX_VALUE) {
            method.visitIntInsn(Opcodes.SIPUSH, value);
        } else {
            method.visitLdcInsn(value);
        }
    }
}
