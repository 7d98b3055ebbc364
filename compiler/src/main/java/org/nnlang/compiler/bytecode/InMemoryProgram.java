package org.nnlang.compiler.bytecode;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedArguments;
import org.nnlang.runtime.fused.FusedScratch;
import org.nnlang.runtime.fused.GeneratedKernels;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Frame;
import org.nnlang.runtime.program.Image;

/// A program that runs where it was compiled. Code for its loops is written when the first of them has proved hot.
final class InMemoryProgram implements CompiledProgram {
    private final CompiledProgram program;
    private final Kernels kernels;

    InMemoryProgram(String name, Image image, CompiledProgram program) {
        this.program = program;
        kernels = new Kernels(ProgramClass.kernelsName(name), image);
    }

    @Override
    public void run(Frame frame) {
        program.run(frame);
    }

    @Override
    public GeneratedKernels kernels() {
        return kernels;
    }

    private static final class Kernels implements GeneratedKernels {
        private final String name;
        private final Image image;
        private volatile @Nullable GeneratedKernels loaded;

        Kernels(String name, Image image) {
            this.name = name;
            this.image = image;
        }

        @Override
        public boolean has(int program) {
            return FusedKernelEmitter.isEmittable(image.programs().get(program));
        }

        @Override
        public void run(
                int program,
                FusedArguments arguments,
                FusedScratch scratch,
                int phase,
                int rowFrom,
                int rowTo,
                int columnFrom,
                int columnTo) {
            GeneratedKernels current = loaded;
            if (current == null) {
                current = load();
            }
            current.run(program, arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
        }

        private synchronized GeneratedKernels load() {
            GeneratedKernels current = loaded;
            if (current == null) {
                var emitted = new FusedKernelEmitter().emit(name, ProgramClass.source(image), image.programs());
                current = ProgramClass.load(name, emitted.bytes(), GeneratedKernels.class);
                loaded = current;
            }
            return current;
        }
    }
}
