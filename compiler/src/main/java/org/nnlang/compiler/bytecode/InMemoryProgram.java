package org.nnlang.compiler.bytecode;

import java.util.BitSet;
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

    InMemoryProgram(String name, Image image, BitSet emittable, CompiledProgram program) {
        this.program = program;
        kernels = new Kernels(name, image, emittable);
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
        private final BitSet emittable;
        private volatile @Nullable GeneratedKernels loaded;

        Kernels(String name, Image image, BitSet emittable) {
            this.name = name;
            this.image = image;
            this.emittable = emittable;
        }

        @Override
        public boolean has(int program) {
            return emittable.get(program);
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
                String kernels = ProgramClass.kernelsName(name);
                var emitted = new FusedKernelEmitter().emit(kernels, ProgramClass.source(image), image.programs());
                current = ProgramCode.load(kernels, emitted.bytes(), GeneratedKernels.class);
                loaded = current;
            }
            return current;
        }
    }
}
