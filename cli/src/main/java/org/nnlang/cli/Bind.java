package org.nnlang.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.binding.ModelClass;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.diagnostic.JsonRenderer;
import org.nnlang.compiler.diagnostic.Severity;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledModel;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.files.FileSources;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.runtime.json.Json;
import picocli.CommandLine;

/// `nn bind FILE…`: makes a Java class of each closed model, and the resources that it needs: what a build tool runs.
final class Bind implements Callable<Integer> {
    final Usage usage = new Usage(this, "bind", "Make typed Java classes of models.",
            "Each model that is closed (all sizes but those of its inputs are known) becomes a class in the package that its folder names.")
            .footer("",
                    "For example, with a model Iris in src/main/nn/com/example/iris.nn, and perhaps its weights in Iris.safetensors beside it:",
                    "  nn bind --root src/main/nn --sources target/java --resources target/classes src/main/nn/com/example/iris.nn",
                    "and in Java:  Tensor logits = Iris.load().predict(Iris.features(5.1f, 3.5f, 1.4f, 0.2f));");

    /// What is told.
    enum Format {
        /// For people.
        TEXT,
        /// For programs: `{"diagnostics": […], "models": […], "templates": {…}}` on one line.
        JSON
    }

    private final Given<List<Path>> files = usage.parameters(Path.class, "FILE", "Programs, .nn files.");

    private final Given<Path> root = usage.option(Path.class, Path.of(""), "--root", "FOLDER",
            "The folder whose sub-folders name packages; the current one, unless given.");

    private final Given<String> packageName = usage.option(String.class, "models", "--package", "NAME",
            "The package of programs that lie in the root itself; models, unless given.");

    private final Given<Path> sources = usage.required(Path.class, "--sources", "FOLDER", "Where the .java files go.");

    private final Given<Path> resources = usage.required(Path.class, "--resources", "FOLDER",
            "Where compiled models and their weights go: into the jar.");

    private final Given<Map<String, Path>> weights = usage.pairs(Path.class, "--weights", "MODEL=PATH",
            "A checkpoint to package with a model; else MODEL.safetensors beside its program, if that is there. May be repeated.");

    private final Given<Format> format =
            usage.option(Format.class, Format.TEXT, "--format", "FORMAT", "text (default) or json.");

    private final Console console = usage.console();

    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final Map<String, Path> models = new LinkedHashMap<>();
    private final Map<String, String> templates = new LinkedHashMap<>();
    private final SortedMap<Path, byte[]> made = new TreeMap<>();

    @Override
    public Integer call() {
        files.get().forEach(this::bind);
        boolean wrong = diagnostics.stream().anyMatch(diagnostic -> diagnostic.severity() == Severity.ERROR);
        for (String unknown : weights.get().keySet()) {
            if (!wrong && models.keySet().stream().noneMatch(model -> model.endsWith("." + unknown))) {
                throw usage.misuse("there is no model " + unknown + " to give weights to; there is "
                        + (models.isEmpty() ? "none" : String.join(", ", models.keySet())));
            }
        }
        if (!wrong) {
            write();
        }
        switch (format.get()) {
            case TEXT -> {
                System.out.print(new HumanRenderer(console.colored()).render(diagnostics));
                if (!wrong) {
                    models.forEach((model, file) -> System.out.println(file + ": " + model));
                    templates.forEach((model, why) -> System.out.println("left out " + model + ": " + why));
                }
            }
            case JSON -> {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("diagnostics", Json.parse(new JsonRenderer().render(diagnostics)).get("diagnostics"));
                told.put("models", List.copyOf(models.keySet()));
                told.put("templates", templates);
                System.out.println(Json.of(told));
            }
        }
        return wrong ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private void bind(Path file) {
        var around = FileSources.around(file);
        SourceFile source = around.program(file);
        Parsed parsed = Parser.parse(source);
        if (parsed.diagnostics().hasErrors()) {
            diagnostics.addAll(parsed.diagnostics().sorted());
            return;
        }
        for (Declaration declaration : parsed.module().declarations()) {
            if (declaration instanceof Declaration.Layer layer
                    && layer.kind() == Declaration.LayerKind.MODEL
                    && !layer.header().isPrivate()) {
                model(file, source, around, layer);
            }
        }
    }

    private void model(Path file, SourceFile source, FileSources around, Declaration.Layer layer) {
        String name = layer.name().text();
        Recorded recorded = recorded(file, name);
        Elaborated<ModelProgram> elaborated = FrontEnd.model(
                source, around, name, Map.of(),
                model -> recorded == null ? Map.of() : recorded.hyperparameters(model, Set.of()));
        List<Diagnostic> found = elaborated.diagnostics().sorted();
        ModelProgram program = elaborated.program();
        if (program != null) {
            diagnostics.addAll(found);
            made(packageOf(file), program, recorded);
            return;
        }
        List<String> open = layer.hyperparameters().stream().filter(parameter -> parameter.fallback() == null)
                .map(parameter -> "`" + parameter.name().text() + "`").toList();
        if (recorded == null && !open.isEmpty()) {
            templates.put(name, String.join(", ", open) + " must be given");
        } else if (found.stream().allMatch(diagnostic -> diagnostic.code() == Code.FREE_PARAMETER_SHAPE)) {
            templates.put(name, found.getFirst().message());
        } else {
            diagnostics.addAll(found);
        }
    }

    private @Nullable Recorded recorded(Path file, String model) {
        Path given = weights.get().get(model);
        if (given != null) {
            return Recorded.at(given);
        }
        Path beside = file.resolveSibling(model + ".safetensors");
        return Files.exists(beside) ? Recorded.at(beside) : null;
    }

    /// The package that the folder of a program names.
    private String packageOf(Path file) {
        Path folder = root.get().toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize()).getParent();
        String name = folder == null || folder.toString().isEmpty()
                ? packageName.get()
                : Arrays.stream(folder.toString().split("[/\\\\]")).collect(Collectors.joining("."));
        if (!SourceVersion.isName(name) || name.startsWith("java.")) {
            throw new NnException(
                    "NN0857",
                    "`" + name + "` can be no package of Java, and " + file + " is to be one of its classes",
                    "name the folder otherwise, or move the program to another");
        }
        return name;
    }

    private void made(String packageOf, ModelProgram program, @Nullable Recorded recorded) {
        String name = program.name();
        if (!SourceVersion.isName(name)) {
            throw new NnException("NN0857", "`" + name + "` can be no class of Java", "rename the model");
        }
        String resource = ModelClass.resource(packageOf, name);
        CompiledModel model = BackEnd.modelAs(program, packageOf + "." + name + "_Compiled");
        Path java = sources.get().resolve(packageOf.replace('.', '/')).resolve(name + ".java");
        if (models.putIfAbsent(resource, java) != null) {
            throw new NnException(
                    "NN0857", "two models are called " + name + " in " + packageOf, "rename one, or move its program");
        }
        made.put(java, ModelClass.source(packageOf, program, model.apply().image()).getBytes(StandardCharsets.UTF_8));
        try {
            Compile.files(model, resource, recorded)
                    .forEach((path, bytes) -> made.put(resources.get().resolve(path), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes all, or nothing; what is there already stays: what is newer than its class is compiled again.
    private void write() {
        Path at = sources.get();
        try (var results = new Replacement()) {
            for (var file : made.entrySet()) {
                at = file.getKey();
                if (!Files.isRegularFile(at) || !Arrays.equals(Files.readAllBytes(at), file.getValue())) {
                    results.write(at, file.getValue());
                }
            }
            results.finish();
        } catch (IOException e) {
            throw Unwritable.of(at, e);
        }
    }
}
