package org.nnlang.compiler.bytecode;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;

/// A procedure's classes: the program, and beside it code for its fused loops, which alone links to the vector module.
/// They are written when they are asked for.
public final class ProgramClass {
    private final String name;
    private final Image image;
    private @Nullable ProgramCode code;

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

    static @Nullable String source(Image image) {
        return image.notes().stream()
                .map(note -> note.source())
                .filter(file -> !file.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /// Its instructions as text, for people.
    public String listing() {
        return ProgramListing.of(files());
    }

    /// Loads the program into this virtual machine, as [ProgramCode] says.
    public CompiledProgram load() {
        return code().load(image);
    }

    /// The code to load: without that for loops, which is written when it is wanted.
    public ProgramCode code() {
        ProgramCode known = code;
        if (known == null) {
            var emittable = new BitSet();
            for (int program = 0; program < image.programs().size(); program++) {
                emittable.set(program, EmittableLoops.contain(image.programs().get(program)));
            }
            known = new ProgramCode(name, ProgramClassEmitter.emit(name, image, null), emittable);
            code = known;
        }
        return known;
    }
}
