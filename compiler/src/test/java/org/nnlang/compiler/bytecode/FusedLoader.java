package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.GeneratedKernels;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

/// Emits, verifies and loads generated kernels.
final class FusedLoader extends ClassLoader {
    private static final String NAME = "org.nnlang.compiler.bytecode.Generated";

    private FusedLoader() {
        super(FusedLoader.class.getClassLoader());
    }

    /// A class with code for `programs`, for vectors of `bits` bits; 0 for those the machine prefers.
    static GeneratedKernels load(List<FusedProgram> programs, int bits) {
        FusedKernelEmitter emitter = bits == 0
                ? new FusedKernelEmitter()
                : new FusedKernelEmitter("org/nnlang/compiler/bytecode/Species" + bits);
        byte[] bytes = emitter.emit(NAME, "model.nn", programs).bytes();
        verify(bytes);
        try {
            Class<?> loaded = new FusedLoader().defineClass(NAME, bytes, 0, bytes.length);
            return (GeneratedKernels) loaded.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static void verify(byte[] bytes) {
        StringWriter complaints = new StringWriter();
        CheckClassAdapter.verify(
                new ClassReader(bytes), FusedLoader.class.getClassLoader(), false, new PrintWriter(complaints));
        assertEquals("", complaints.toString());
    }
}
