package org.nnlang.compiler.bytecode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

/// A procedure's classes: the program, and beside it code for its fused loops, which alone links to the vector module.
/// They are written when they are asked for.
public final class ProgramClass {
    private final String name;
    private final Image image;

    private ProgramClass(String name, Image image) {
        this.name = name;
        this.image = image;
    }

    /// The classes of an image.
    ///
    /// @param name of the program's class, with dots, in a package that is not the runtime's
    public static ProgramClass of(String name, Image image) {
        return new ProgramClass(name, image);
    }

    /// The name of the program's class, with dots.
    public String name() {
        return name;
    }

    /// The class files by class name, to be kept beside [Image#encode]'s bytes.
    public Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        var kernels = new FusedKernelEmitter().emit(kernelsName(name), source(image), image.programs());
        boolean any = !kernels.programs().isEmpty();
        files.put(name, ProgramClassEmitter.emit(name, image, any ? kernels.name() : null));
        if (any) {
            files.put(kernels.name(), kernels.bytes());
        }
        return files;
    }

    static String kernelsName(String program) {
        return program + "Kernels";
    }

    static @org.jspecify.annotations.Nullable String source(Image image) {
        return image.notes().stream()
                .map(note -> note.source())
                .filter(file -> !file.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /// Its instructions as text, for people.
    public String listing() {
        var text = new StringWriter();
        new TreeMap<>(files()).values().forEach(bytes -> new ClassReader(bytes)
                .accept(new TraceClassVisitor(null, new Textifier(), new PrintWriter(text)), 0));
        return text.toString();
    }

    /// Loads the program into this virtual machine. Code for its loops is written when the first of them has proved hot, so
    /// that a short run does not wait for what it never uses.
    public CompiledProgram load() {
        byte[] bytes = ProgramClassEmitter.emit(name, image, null);
        return new InMemoryProgram(name, image, load(name, bytes, CompiledProgram.class));
    }

    static <T> T load(String name, byte[] bytes, Class<T> type) {
        try {
            return type.cast(new Loader(name, bytes).loadClass(name).getConstructor().newInstance());
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new LinkageError("the class " + name + " does not load", e);
        }
    }

    private static final class Loader extends ClassLoader {
        private final String only;
        private final byte[] bytes;

        Loader(String only, byte[] bytes) {
            super(CompiledProgram.class.getClassLoader());
            this.only = only;
            this.bytes = bytes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.equals(only)) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
