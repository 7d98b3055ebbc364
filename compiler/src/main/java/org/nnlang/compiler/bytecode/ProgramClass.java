package org.nnlang.compiler.bytecode;

import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;

/// A procedure's classes: the program, and beside it code for its fused loops, which alone links to the vector module.
///
/// @param name of the program's class, with dots
/// @param files class files by class name
public record ProgramClass(String name, Map<String, byte[]> files) {
    public ProgramClass {
        files = Map.copyOf(files);
    }

    /// Writes the program's class alone; its loops run on tiles.
    ///
    /// @param name of the class, with dots, in a package that is not the runtime's
    public static ProgramClass withoutKernels(String name, Image image) {
        return new ProgramClass(name, Map.of(name, ProgramClassEmitter.emit(name, image, null)));
    }

    /// Writes the classes of an image.
    ///
    /// @param name of the program's class, with dots, in a package that is not the runtime's
    public static ProgramClass of(String name, Image image) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String kernels = name + "Kernels";
        String source = image.notes().stream()
                .map(note -> note.source())
                .filter(file -> !file.isEmpty())
                .findFirst()
                .orElse(null);
        var emitted = new FusedKernelEmitter().emit(kernels, source, image.programs());
        boolean any = !emitted.programs().isEmpty();
        if (any) {
            files.put(kernels, emitted.bytes());
        }
        files.put(name, ProgramClassEmitter.emit(name, image, any ? kernels : null));
        return new ProgramClass(name, files);
    }

    /// Loads the program into this virtual machine.
    public CompiledProgram load() {
        try {
            var loader = new Loader(files);
            return (CompiledProgram) loader.loadClass(name).getConstructor().newInstance();
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new LinkageError("the class " + name + " does not load", e);
        }
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> files;

        Loader(Map<String, byte[]> files) {
            super(CompiledProgram.class.getClassLoader());
            this.files = files;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = files.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
