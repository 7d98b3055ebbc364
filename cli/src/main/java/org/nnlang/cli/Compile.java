package org.nnlang.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
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
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.model.Weights;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nn compile FILE`: makes classes, or a jar, of a model; with a checkpoint its weights are in it. What comes out needs
/// the runtime's jar alone.
@Command(name = "compile", mixinStandardHelpOptions = true, description = "Make classes or a jar of a model.", footer = {
    "",
    "For example:",
    "  nn compile digits.nn --checkpoint out/digits --output digits.jar",
    "and in Java, with digits.jar and the runtime's jar on the class path:",
    "  Model.load(\"Reader\", getClass().getClassLoader(), Team.of(1)).predict(inputs)"})
final class Compile implements Callable<Integer> {
    /// What every entry of a jar is dated: the same input makes the same bytes.
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0, 0);

    @Mixin
    private Program program = new Program();

    @Mixin
    private Console console = new Console();

    @Option(names = "--model", paramLabel = "NAME", description = "Which model, where the program has several.")
    private @Nullable String name;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Another value for a hyper-parameter than its default, or than the one it had in training.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--checkpoint", paramLabel = "PATH", description = "Put the weights of this checkpoint beside the class.")
    private @Nullable Path checkpoint;

    @Option(names = "--package", paramLabel = "NAME", defaultValue = "models", description = "The Java package of the class; models, unless given.")
    private String packageName = "models";

    @Option(names = {"-o", "--output"}, paramLabel = "PATH", required = true, description = "A .jar, or a folder.")
    private Path output = Path.of("");

    @Override
    public Integer call() {
        if (!packageName.matches("[a-zA-Z_]\\w*(\\.[a-zA-Z_]\\w*)*") || packageName.startsWith("java.")) {
            throw new CommandLine.ParameterException(console.command(), "`" + packageName + "` is no package name");
        }
        SourceFile source = program.read();
        Recorded recorded = checkpoint == null ? null : Recorded.at(checkpoint);
        CompiledModel model = BackEnd.model(
                console.require(FrontEnd.model(
                        source,
                        program.sources(),
                        name,
                        settings,
                        called -> recorded == null
                                ? Map.of()
                                : recorded.hyperparameters(called, settings.keySet()))),
                packageName);
        try {
            SortedMap<String, byte[]> files = files(model, model.source().name(), recorded);
            if (output.toString().endsWith(".jar")) {
                jar(files);
            } else {
                folder(files);
            }
        } catch (IOException e) {
            throw new NnException(
                    "NN0852", "`" + output + "` can't be written: " + e.getMessage(), "name another place", e);
        }
        System.out.println("compiled " + model.source().name() + " to " + output
                + (checkpoint == null ? ", without weights" : ", with its weights"));
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

    private void jar(SortedMap<String, byte[]> files) throws IOException {
        try (OutputStream file = Files.newOutputStream(output);
                var jar = new JarOutputStream(file)) {
            for (var entry : files.entrySet()) {
                var header = new JarEntry(entry.getKey());
                header.setTimeLocal(DATE);
                jar.putNextEntry(header);
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
    }

    private void folder(SortedMap<String, byte[]> files) throws IOException {
        for (var entry : files.entrySet()) {
            Path file = output.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
    }
}
