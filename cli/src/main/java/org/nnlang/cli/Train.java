package org.nnlang.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.cache.PreparedTraining;
import org.nnlang.cache.ProgramCache;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.train.StepObserver;
import org.nnlang.runtime.train.StepProfile;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;
import picocli.CommandLine;

/// `nn train FILE`: runs a `train`, shows how it goes, and keeps its checkpoints.
final class Train implements Callable<Integer> {
    final Usage usage = new Usage(this, "train", "Train as a `train` of the program says.").footer("",
            "For example:",
            "  nn train digits.nn --set lr=3e-4 --set width=256 --epochs 5",
            "  nn train digits.nn --resume",
            "  nn train judge.nn --from out/pretrained",
            "  nn train digits.nn --report digits.html",
            "  nn train digits.nn --watch");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> name =
            usage.option(String.class, "--train", "NAME", "Which `train`, where the program has several.");

    private final Given<Map<String, String>> settings = usage.pairs(String.class, "--set", "NAME=VALUE",
            "Another value for a hyper-parameter, as the language writes it. May be repeated.");

    private final Given<@Nullable Integer> epochs =
            usage.option(Integer.class, "--epochs", "N", "Short for --set epochs=N.");

    private final Given<@Nullable Long> seed = usage.option(Long.class, "--seed", "N", "Short for --set seed=N.");

    private final ThreadsOption threads = ThreadsOption.all(usage);

    private final Given<@Nullable Path> resume = usage.option(Path.class, "--resume", "PATH",
            "Go on from where an earlier run stopped: from its last checkpoint, or the one given.",
            option -> option.arity("0..1").fallbackValue(""));

    private final Given<@Nullable Path> from = usage.option(Path.class, "--from", "PATH",
            "Begin with the weights of a checkpoint, or of a folder's best one, where names are the same; the rest begins as always.");

    private final Given<Path> output = usage.option(Path.class, Path.of(""), "--output", "FOLDER",
            "The folder from which paths of checkpoints count; the current one, unless given.");

    private final DeviceOption device = new DeviceOption(usage);

    private final MemoryOption memory = new MemoryOption(usage);

    private final Given<@Nullable Path> report = usage.option(Path.class, "--report", "PATH",
            "Write a page about the run, an .html file: curves, the model, and how to do it again.");

    private final Given<@Nullable Integer> watch = usage.option(Integer.class, "--watch", "PORT",
            "Serve that page to browsers on this machine while the training goes on; at port 7077, unless given.",
            option -> option.arity("0..1").fallbackValue("7077").parameterConsumer(new PortConsumer()));

    private final Given<@Nullable Path> tensorboard = usage.option(Path.class, "--tensorboard", "FOLDER",
            "Write event files for TensorBoard: losses and reports, the learning rate, norms of gradients and weights.");

    private final Given<Boolean> debugNans = usage.flag("--debug-nans",
            "Name the place in the program where the first NaN or infinity arises. Steps are slower.");

    private final Given<Boolean> profile = usage.flag("--profile",
            "Measure each thing that a step does, and tell at the end where the time went. Steps are a little slower.");

    private final Given<Boolean> noCache = usage.flag("--no-cache",
            "Compile the program, also where an earlier run has left it compiled, and leave nothing.");

    private final Given<Boolean> json =
            usage.flag("--json", "Print one JSON object an epoch, and a last one when done.");

    @Override
    public Integer call() {
        if (from.get() != null && resume.get() != null) {
            throw usage.misuse("--resume goes on with a run, and --from begins one: give one of them");
        }
        SourceFile source = program.read();
        Map<String, String> values = new LinkedHashMap<>(settings.get());
        if (epochs.get() != null) {
            values.put("epochs", epochs.get().toString());
        }
        if (seed.get() != null) {
            values.put("seed", seed.get().toString());
        }
        Console.announceScalarKernels();
        TextDisplay text = new TextDisplay(System.out, Console.isTerminal());
        List<TrainingListener> listeners = new ArrayList<>(List.of(json.get() ? new JsonDisplay(System.out) : text));
        try (Team team = threads.team();
                Accelerator accelerator = device.open()) {
            // What looks at the program itself takes it from the compiler; the rest is content with what was kept.
            boolean looks = report.get() != null || watch.get() != null || tensorboard.get() != null;
            TrainingProgram training = looks || debugNans.get() || memory.isGiven()
                    ? console.require(FrontEnd.training(source, program.sources(), name.get(), values))
                    : null;
            CompiledTraining compiled = training == null
                    ? null
                    : BackEnd.training(training, memory.of(training, program.sources().data()));
            TrainingPlan plan = compiled != null
                    ? compiled.plan()
                    : console.require(PreparedTraining.of(
                            source, program.sources(), name.get(), values,
                            noCache.get() ? ProgramCache.off() : ProgramCache.standard()));
            if (profile.get() && (accelerator != null || debugNans.get())) {
                throw usage.misuse(
                        "--profile looks at steps as they run on this processor, without --device and --debug-nans");
            }
            TrainingPlan.Loop step = plan.step();
            var profiled = new StepProfile(step.image(), step.program());
            boolean measures = profile.get() || accelerator == null && (report.get() != null || watch.get() != null);
            var trainer = new Trainer(
                    measures ? plan.running(profiled) : plan, program.sources().data(), team,
                    options(plan, accelerator));
            List<StepObserver> observers = new ArrayList<>();
            if (debugNans.get() && training != null) {
                if (accelerator != null) {
                    throw usage.misuse("--debug-nans looks at steps on this processor, without --device");
                }
                observers.add(new NanSearch(training, team));
            }
            if (measures) {
                observers.add(profiled);
            }
            // Until all who look on know how it ended.
            var interrupt = Interrupt.of(trainer::interrupt);
            try (Audience audience = looks && compiled != null ? audience(source, compiled) : null) {
                if (audience != null && compiled != null) {
                    var looking = new Looking(
                            compiled, audience.log(), team, measures ? profiled : null, !profile.get());
                    observers.addAll(looking.attach(trainer));
                    listeners.add(looking);
                    listeners.addAll(audience.listeners());
                }
                if (!observers.isEmpty()) {
                    trainer.observe(StepObserver.all(observers));
                }
                trainer.run(TrainingListener.all(listeners));
            } finally {
                interrupt.done();
            }
            if (profile.get() && json.get()) {
                System.out.println(CostTable.json(profiled, team));
            } else if (profile.get()) {
                CostTable.measured(source, profiled, team);
            }
            return CommandLine.ExitCode.OK;
        } finally {
            text.erase();
        }
    }

    /// Who is shown the run.
    private Audience audience(SourceFile source, CompiledTraining compiled) {
        var log = new RunLog();
        List<String> command = usage.commandLine().getParent().getParseResult().originalArgs();
        var page = new ReportPage(
                source, compiled, log, command, new ReportPage.Settings(threads.count(), device.name()));
        return new Audience(log, page, report.get(), watch.get(), tensorboard.get(),
                compiled.source().step().data() != null);
    }

    private TrainerOptions options(TrainingPlan plan, @Nullable Accelerator accelerator) {
        if (resume.get() == null || !resume.get().toString().isEmpty()) {
            return new TrainerOptions(resume.get(), from.get(), output.get(), accelerator);
        }
        if (plan.checkpoints().isEmpty()) {
            throw new NnException(
                    "NN0853",
                    "there is nothing to resume: `train " + plan.name() + "` keeps no checkpoint",
                    "let it keep one: `checkpoint(\"out/" + plan.name().toLowerCase(Locale.ROOT) + "\")`");
        }
        return new TrainerOptions(
                output.get().resolve(plan.checkpoints().getFirst().path()), null, output.get(), accelerator);
    }
}
