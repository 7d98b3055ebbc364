package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.data.Predictions;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.model.Weights;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Memory;
import picocli.CommandLine;

/// `nn run FILE`: asks a trained model about new examples.
final class Run implements Callable<Integer> {
    final Usage usage = new Usage(this, "run", "Predict with a trained model.").footer("",
            "For example:",
            "  nn run digits.nn --checkpoint out/digits --input new.csv --output predictions.csv",
            "  nn run digits.nn --checkpoint out/digits --input new.npy --classes",
            "  nn run spam.nn --checkpoint out/spam --text \"You have won\" --classes",
            "  nn run spam.nn --checkpoint out/spam --input mails.txt --output spam.csv",
            "  nn run vae.nn --model Sheet --checkpoint out/vae --output sheet.png");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> name =
            usage.option(String.class, "--model", "NAME", "Which model, where the program has several.");

    private final Given<Map<String, String>> settings = usage.pairs(String.class, "--set", "NAME=VALUE",
            "Another value for a hyper-parameter than the one it had in training, which the checkpoint tells. May be repeated.");

    private final Given<@Nullable Path> checkpoint = usage.option(Path.class, "--checkpoint", "PATH",
            "A checkpoint, or the folder of a training's: then its best model. A model without weights needs none.");

    private final Given<List<String>> inputs = usage.texts("--input", "[NAME=]PATH",
            "Examples, .csv or .npy; with NAME for a model of several inputs. Where it learnt from texts: .txt with a text on each"
                    + " line, .csv or .tsv with a column of texts, a folder of files, or - for the standard input's lines. May be"
                    + " repeated.");

    private final Given<List<String>> texts = usage.texts("--text", "[NAME=]TEXT",
            "A text, where the model learnt from texts; with NAME for a model of several inputs. May be repeated.");

    private final Given<@Nullable Path> output = usage.option(Path.class, "--output", "PATH",
            "Write .csv, .npy, .json or, for images, .png here; else CSV is printed.");

    private final Given<Boolean> classes =
            usage.flag("--classes", "Give the class of the largest output instead of the outputs; of tokens the text.");

    private final Given<Long> seed =
            usage.option(Long.class, 0L, "--seed", "N", "The seed of what the model draws; 0, unless given.");

    private final ThreadsOption threads = ThreadsOption.all(usage);

    private final DeviceOption device = new DeviceOption(usage);

    @Override
    public Integer call() throws IOException {
        SourceFile source = program.read();
        Recorded recorded = checkpoint.get() == null ? null : Recorded.at(checkpoint.get());
        var compiled = BackEnd.model(console.require(FrontEnd.model(
                source,
                program.sources(),
                name.get(),
                settings.get(),
                model -> recorded == null ? Map.of() : recorded.hyperparameters(model, settings.get().keySet()))));
        Console.announceScalarKernels();
        try (Team team = threads.team();
                Accelerator accelerator = device.open()) {
            Image image = compiled.apply().image();
            Map<String, Storage> held = recorded == null
                    ? Map.of()
                    : Weights.storage(
                            image.variables(), recorded.checkpoint(), compiled.source().name(),
                            recorded.file().toString());
            var memory = new Memory(image, held, accelerator);
            Checkpoint weights = weights(memory, recorded, compiled.source().name());
            var model = new Model(image, compiled.apply().load(), memory, team);
            var examples = new Examples(compiled.source().name(), image, weights);
            var answers =
                    Answers.of(model, examples.learnt(), examples.read(inputs.get(), texts.get()), seed.get());
            write(classes.get() ? answers.classes() : answers.numbers());
        }
        return CommandLine.ExitCode.OK;
    }

    private Checkpoint weights(Memory memory, @Nullable Recorded recorded, String model) {
        if (recorded != null) {
            Weights.load(memory, recorded.checkpoint(), model, recorded.file().toString());
            return recorded.checkpoint();
        }
        if (!memory.variables().isEmpty()) {
            throw usage.misuse("`" + model + "` has weights: say with --checkpoint where they are");
        }
        return new Checkpoint(Map.of(), Map.of());
    }

    private void write(Predictions predictions) throws IOException {
        if (output.get() == null) {
            predictions.write(Predictions.Format.CSV, System.out);
            System.out.flush();
        } else {
            predictions.write(output.get());
        }
    }
}
