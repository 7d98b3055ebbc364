package org.nnlang.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.train.Evaluation;
import org.nnlang.runtime.train.Evaluator;
import picocli.CommandLine;

/// `nn evaluate FILE`: judges what was trained by the `validate` and `test` of its `train`.
final class Evaluate implements Callable<Integer> {
    final Usage usage =
            new Usage(this, "evaluate", "Judge a trained model by the `validate` and `test` of its `train`.")
                    .footer("",
                            "For example:",
                            "  nn evaluate digits.nn --checkpoint out/digits",
                            "  nn evaluate digits.nn --checkpoint out/digits/last.safetensors --json");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> name =
            usage.option(String.class, "--train", "NAME", "Which `train`, where the program has several.");

    private final Given<Map<String, String>> settings = usage.pairs(String.class, "--set", "NAME=VALUE",
            "Another value for a hyper-parameter than the one it had in training, which the checkpoint tells. May be repeated.");

    private final Given<Path> checkpoint = usage.required(Path.class, "--checkpoint", "PATH",
            "A checkpoint, or the folder of a training's: then its best model.");

    private final ThreadsOption threads = ThreadsOption.all(usage);

    private final DeviceOption device = new DeviceOption(usage);

    private final Given<Boolean> json = usage.flag("--json", "Print one JSON object.");

    @Override
    public Integer call() {
        SourceFile source = program.read();
        Recorded recorded = Recorded.at(checkpoint.get());
        TrainingProgram training = console.require(FrontEnd.training(
                source, program.sources(), name.get(), settings.get(), recorded::hyperparameters));
        recorded.checkData(training, settings.get().keySet());
        Console.announceScalarKernels();
        try (Team team = threads.team();
                Accelerator accelerator = device.open()) {
            var evaluator = new Evaluator(
                    BackEnd.training(training).plan(), program.sources().data(), team, recorded.file().toString(),
                    recorded.checkpoint(), accelerator);
            var interrupt = Interrupt.of(evaluator::interrupt);
            try {
                Evaluation found = evaluator.run();
                if (json.get()) {
                    System.out.println(json(recorded, evaluator, found));
                } else {
                    System.out.println(training.name() + " after epoch " + evaluator.epoch() + ", " + recorded.file());
                    print("validate", evaluator, found.validate());
                    print("test", evaluator, found.test());
                }
            } catch (CancellationException _) {
                System.out.println("interrupted");
            } finally {
                interrupt.done();
                evaluator.release();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private static void print(String loop, Evaluator evaluator, Map<String, Double> metrics) {
        if (!metrics.isEmpty()) {
            int examples = evaluator.examples(loop);
            System.out.println(String.format("%-8s  ", loop) + TextDisplay.metrics(metrics)
                    + (examples < 0
                            ? ""
                            : "  of " + TextDisplay.count(examples) + (examples == 1 ? " example" : " examples")));
        }
    }

    private static Json json(Recorded recorded, Evaluator evaluator, Evaluation found) {
        var members = new LinkedHashMap<String, Object>();
        members.put("checkpoint", recorded.file().toString());
        members.put("epoch", evaluator.epoch());
        for (var loop : List.of(Map.entry("validate", found.validate()), Map.entry("test", found.test()))) {
            if (!loop.getValue().isEmpty()) {
                members.put(loop.getKey(), JsonDisplay.finite(loop.getValue()));
            }
        }
        return Json.of(members);
    }
}
