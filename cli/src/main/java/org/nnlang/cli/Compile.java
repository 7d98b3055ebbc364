package org.nnlang.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledModel;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.model.Weights;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;
import picocli.CommandLine;

/// `nn compile FILE`: makes classes, or a jar, of a model; with a checkpoint its weights are in it. What comes out needs
/// the runtime's jar alone.
final class Compile implements Callable<Integer> {
    final Usage usage = new Usage(this, "compile", "Make classes or a jar of a model.").footer("",
            "For example:",
            "  nn compile digits.nn --checkpoint out/digits --output digits.jar",
            "and in Java, with digits.jar and the runtime's jar on the class path:",
            "  Model.load(\"Reader\", getClass().getClassLoader(), Team.of(1)).predict(inputs)");

    /// What every entry of a jar is dated: the same input makes the same bytes.
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0, 0);

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> name =
            usage.option(String.class, "--model", "NAME", "Which model, where the program has several.");

    private final Given<Map<String, String>> settings = usage.pairs(String.class, "--set", "NAME=VALUE",
            "Another value for a hyper-parameter than its default, or than the one it had in training.");

    private final Given<@Nullable Path> checkpoint =
            usage.option(Path.class, "--checkpoint", "PATH", "Put the weights of this checkpoint beside the class.");

    private final Given<String> packageName = usage.option(String.class, "models", "--package", "NAME",
            "The Java package of the class; models, unless given.");

    private final Given<Path> output = usage.required(Path.class, "-o --output", "PATH", "A .jar, or a folder.");

    @Override
    public Integer call() {
        if (!packageName.get().matches("[a-zA-Z_]\\w*(\\.[a-zA-Z_]\\w*)*") || packageName.get().startsWith("java.")) {
            throw usage.misuse("`" + packageName.get() + "` is no package name");
        }
        SourceFile source = program.read();
        Recorded recorded = checkpoint.get() == null ? null : Recorded.at(checkpoint.get());
        CompiledModel model = BackEnd.model(
                console.require(FrontEnd.model(
                        source,
                        program.sources(),
                        name.get(),
                        settings.get(),
                        called -> recorded == null
                                ? Map.of()
                                : recorded.hyperparameters(called, settings.get().keySet()))),
                packageName.get());
        try {
            SortedMap<String, byte[]> files = files(model, model.source().name(), recorded);
            try (var results = new Replacement()) {
                if (output.get().toString().endsWith(".jar")) {
                    results.write(output.get(), jar(files));
                } else {
                    for (var entry : files.entrySet()) {
                        results.write(output.get().resolve(entry.getKey()), entry.getValue());
                    }
                }
                results.finish();
            }
        } catch (IOException e) {
            throw Unwritable.of(output.get(), e);
        }
        System.out.println("compiled " + model.source().name() + " to " + output.get()
                + (checkpoint.get() == null ? ", without weights" : ", with its weights"));
        return CommandLine.ExitCode.OK;
    }

    /// What a compiled model consists of, by path.
    ///
    /// @param resource what [Model#load] finds it by
    /// @param recorded its weights, or null
    static SortedMap<String, byte[]> files(CompiledModel model, String resource, @Nullable Recorded recorded)
            throws IOException {
        var code = model.apply().code();
        String base = Model.FOLDER + resource;
        SortedMap<String, byte[]> files = new TreeMap<>();
        code.files().forEach((className, bytes) -> files.put(className.replace('.', '/') + ".class", bytes));
        files.put(base + ".class-name", code.name().getBytes(StandardCharsets.UTF_8));
        var image = new ByteArrayOutputStream();
        model.apply().image().encode(image);
        files.put(base + ".image", image.toByteArray());
        if (recorded != null) {
            files.put(base + ".safetensors", weights(model, recorded));
        }
        return files;
    }

    /// The model's own weights, and by what its inputs are treated, without what else the training needed.
    private static byte[] weights(CompiledModel model, Recorded recorded) throws IOException {
        var memory = new Memory(model.apply().image().variables());
        String prefix =
                Weights.load(memory, recorded.checkpoint(), model.source().name(), recorded.file().toString());
        Map<String, Tensor> tensors = new TreeMap<>();
        Map<String, Storage> storage = new TreeMap<>();
        for (Variable variable : memory.variables()) {
            tensors.put(variable.name(), memory.tensor(variable));
            Storage stored = recorded.checkpoint().storage().get(prefix + variable.name());
            if (stored != null) {
                storage.put(variable.name(), stored);
            }
        }
        // What the training did to its data, the model does to its inputs.
        Map<String, String> metadata = new TreeMap<>(Map.of("model", model.source().name()));
        String data = recorded.checkpoint().metadata().get("data");
        if (data != null) {
            metadata.put("data", data);
            recorded.checkpoint().tensors().forEach((called, tensor) -> {
                if (called.startsWith("data/")) {
                    tensors.put(called, tensor);
                }
            });
        }
        var bytes = new ByteArrayOutputStream();
        new Checkpoint(tensors, metadata, storage).write(bytes);
        return bytes.toByteArray();
    }

    private static byte[] jar(SortedMap<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            for (var entry : files.entrySet()) {
                var header = new JarEntry(entry.getKey());
                header.setTimeLocal(DATE);
                jar.putNextEntry(header);
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
