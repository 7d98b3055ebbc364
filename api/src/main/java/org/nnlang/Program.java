package org.nnlang;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.files.FileSources;
import org.nnlang.files.ProgramSources;
import org.nnlang.files.ResourceSources;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// A `.nn` program: what it takes to check it, to train it and to ask its models.
///
/// ```java
/// Program program = Program.load(Path.of("iris.nn"));
/// program.check().forEach(System.err::println);
///
/// Trained trained = program.training("Species")
///         .set("epochs", 40)
///         .data("flowers", Dataset.columns().floats("features", measurements, 4).labels("label", species).build())
///         .run();
/// Model iris = trained.model("Iris");
/// Tensor logits = iris.predict(Map.of("features", Tensor.of(flower, 1, 4))).get("out");   // f32[1, 3]
/// ```
///
/// A program is immutable and safe for several threads. It needs no flag of the JVM, and is many times faster with
/// `--add-modules jdk.incubator.vector`, which it says once, through `System.Logger`, where that module is missing.
public final class Program {
    private final SourceFile source;
    private final Supplier<ProgramSources> sources;

    private Program(SourceFile source, Supplier<ProgramSources> sources) {
        this.source = source;
        this.sources = sources;
    }

    /// Reads a file. What it imports, and its data, lie beside it.
    ///
    /// @throws org.nnlang.runtime.NnException NN0851 where it can't be read
    public static Program load(Path file) {
        return new Program(FileSources.around(file).program(file), () -> FileSources.around(file));
    }

    /// Takes a text. It imports from the standard library and, like its data, from the current folder.
    public static Program of(String text) {
        return new Program(new SourceFile("program.nn", text), () -> new FileSources(Path.of("")));
    }

    /// A text that was made, not written.
    static Program made(String name, String text) {
        return new Program(new SourceFile(name + ".nn", text), () -> new FileSources(Path.of("")));
    }

    /// Reads a resource of the class path. What it imports lies beside it; its data are files, from the current folder.
    ///
    /// @param name from the root of the class path, with slashes: `com/example/digits.nn`
    /// @param loader sees it: `getClass().getClassLoader()`
    /// @throws org.nnlang.runtime.NnException NN0851 where there is none
    public static Program resource(String name, ClassLoader loader) {
        return new Program(new ResourceSources(loader).program(name), () -> new ResourceSources(loader));
    }

    /// The same program, which may also call these operations, besides those on the path.
    ///
    /// @throws org.nnlang.runtime.NnException NN0870, NN0871 where one cannot be used
    public Program with(Operation... operations) {
        Operations given = Operations.of(List.of(operations));
        return new Program(source, () -> new GivenOperations(sources.get(), given));
    }

    /// What its mistakes are called after: the path of the file.
    public String name() {
        return source.name();
    }

    /// Finds every mistake, in what runs and in what nothing calls, without running anything. Headers of data are read.
    ///
    /// @return by place in the program; empty where all is well. Warnings have
    ///     [WARNING][org.nnlang.compiler.diagnostic.Severity#WARNING].
    public List<Diagnostic> check() {
        return FrontEnd.check(source, sources()).diagnostics().sorted();
    }

    /// The names of its `train`s, in their order.
    public List<String> trainings() {
        return Parser.parse(source).module().declarations().stream()
                .filter(Declaration.Train.class::isInstance)
                .map(declaration -> ((Declaration.Train) declaration).name().text())
                .toList();
    }

    /// The names of its `model`s, in their order.
    public List<String> models() {
        return Parser.parse(source).module().declarations().stream()
                .filter(declaration -> declaration instanceof Declaration.Layer layer
                        && layer.kind() == Declaration.LayerKind.MODEL)
                .map(declaration -> ((Declaration.Layer) declaration).name().text())
                .toList();
    }

    /// A run of its only `train`, to be set up.
    public Training training() {
        return new Training(this, null);
    }

    /// A run of the `train` of that name, to be set up.
    public Training training(String name) {
        return new Training(this, Objects.requireNonNull(name, "name"));
    }

    /// The only `model`, to be loaded with weights.
    public ModelLoader model() {
        return new ModelLoader(this, null);
    }

    /// The `model` of that name, to be loaded with weights.
    public ModelLoader model(String name) {
        return new ModelLoader(this, Objects.requireNonNull(name, "name"));
    }

    /// A model with the weights of a checkpoint, computing on the calling thread.
    ///
    /// @param checkpoint a file, or the folder of a training's: then its best model
    /// @throws ProgramException where the program has mistakes
    /// @throws org.nnlang.runtime.NnException NN0801 where there is no checkpoint, NN0822 where it is of another model
    public Model model(String name, Path checkpoint) {
        return model(name).from(checkpoint);
    }

    SourceFile source() {
        return source;
    }

    /// Fresh ones: data handed to a run are not known to the next.
    ProgramSources sources() {
        return sources.get();
    }

    /// What the compiler made.
    ///
    /// @throws ProgramException where there are errors
    static <T> T require(Elaborated<T> elaborated) {
        @Nullable
        T program = elaborated.program();
        if (program == null || elaborated.diagnostics().hasErrors()) {
            throw new ProgramException(elaborated.diagnostics().sorted());
        }
        return program;
    }

    /// The file's name.
    @Override
    public String toString() {
        return name();
    }
}
