package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.Predictions;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.model.Weights;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.tensor.Tensor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nn run FILE`: asks a trained model about new examples.
@Command(name = "run", mixinStandardHelpOptions = true, description = "Predict with a trained model.", footer = {
    "",
    "For example:",
    "  nn run digits.nn --checkpoint out/digits --input new.csv --output predictions.csv",
    "  nn run digits.nn --checkpoint out/digits --input new.npy --classes",
    "  nn run vae.nn --model Sheet --checkpoint out/vae --output sheet.png"})
final class Run implements Callable<Integer> {
    @Mixin
    private Program program = new Program();

    @Mixin
    private Console console = new Console();

    @Option(names = "--model", paramLabel = "NAME", description = "Which model, where the program has several.")
    private @Nullable String name;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Another value for a hyper-parameter than the one it had in training, which the checkpoint tells. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--checkpoint", paramLabel = "PATH", description = "A checkpoint, or the folder of a training's: then its best model. A model without weights needs none.")
    private @Nullable Path checkpoint;

    @Option(names = "--input", paramLabel = "[NAME=]PATH", description = "Examples, .csv or .npy; with NAME for a model of several inputs. May be repeated.")
    private List<String> inputs = List.of();

    @Option(names = "--output", paramLabel = "PATH", description = "Write .csv, .npy, .json or, for images, .png here; else CSV is printed.")
    private @Nullable Path output;

    @Option(names = "--classes", description = "Give the class of the largest output instead of the outputs.")
    private boolean classes;

    @Option(names = "--seed", paramLabel = "N", description = "The seed of what the model draws; 0, unless given.")
    private long seed;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Override
    public Integer call() throws IOException {
        if (threads < 1) {
            throw new CommandLine.ParameterException(console.command(), "--threads must be at least 1");
        }
        SourceFile source = program.read();
        Recorded recorded = checkpoint == null ? null : Recorded.at(checkpoint);
        var compiled = BackEnd.model(console.require(FrontEnd.model(
                source,
                program.sources(),
                name,
                settings,
                model -> recorded == null ? Map.of() : recorded.hyperparameters(model, settings.keySet()))));
        Console.announceScalarKernels();
        try (Team team = Team.of(threads);
                Accelerator accelerator = device.open()) {
            var memory = new Memory(compiled.apply().image().variables(), accelerator);
            Checkpoint weights = weights(memory, recorded, compiled.source().name());
            var model = new Model(compiled.apply().image(), compiled.apply().load(), memory, team);
            var examples = new Examples(compiled.source().name(), compiled.apply().image(), weights);
            Map<String, Tensor> outputs = model.predict(examples.read(inputs), seed);
            write(classes ? classes(outputs, examples) : new Predictions(outputs));
        }
        return CommandLine.ExitCode.OK;
    }

    private Checkpoint weights(Memory memory, @Nullable Recorded recorded, String model) {
        if (recorded != null) {
            Weights.load(memory, recorded.checkpoint(), model, recorded.file().toString());
            return recorded.checkpoint();
        }
        if (!memory.variables().isEmpty()) {
            throw new CommandLine.ParameterException(
                    console.command(), "`" + model + "` has weights: say with --checkpoint where they are");
        }
        return new Checkpoint(Map.of(), Map.of());
    }

    private void write(Predictions predictions) throws IOException {
        if (output == null) {
            predictions.write(Predictions.Format.CSV, System.out);
            System.out.flush();
        } else {
            predictions.write(output);
        }
    }

    /// The class of each example's largest output, by its name where the training data had names.
    private static Predictions classes(Map<String, Tensor> outputs, Examples examples) {
        Map<String, Tensor> indices = new LinkedHashMap<>();
        Map<String, List<String>> names = new LinkedHashMap<>();
        outputs.forEach((output, tensor) -> {
            int count = tensor.rank() == 0 ? 0 : tensor.dim(0);
            int width = count == 0 ? 0 : tensor.size() / count;
            int[] largest = new int[count];
            for (int example = 0; example < count; example++) {
                for (int i = 1; i < width; i++) {
                    if (tensor.get(example * width + i) > tensor.get(example * width + largest[example])) {
                        largest[example] = i;
                    }
                }
            }
            String column = outputs.size() == 1 ? "class" : output;
            indices.put(column, Tensor.of(largest, count));
            names.put(column, examples.classes(width));
        });
        return new Predictions(indices, names);
    }
}
