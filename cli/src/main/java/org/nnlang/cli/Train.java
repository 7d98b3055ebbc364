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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nn train FILE`: runs a `train`, shows how it goes, and keeps its checkpoints.
@Command(name = "train", mixinStandardHelpOptions = true, description = "Train as a `train` of the program says.", footer = {
    "",
    "For example:",
    "  nn train digits.nn --set lr=3e-4 --set width=256 --epochs 5",
    "  nn train digits.nn --resume",
    "  nn train judge.nn --from out/pretrained",
    "  nn train digits.nn --report digits.html",
    "  nn train digits.nn --watch"})
final class Train implements Callable<Integer> {
    @Mixin
    private Program program = new Program();

    @Mixin
    private Console console = new Console();

    @Option(names = "--train", paramLabel = "NAME", description = "Which `train`, where the program has several.")
    private @Nullable String name;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Another value for a hyper-parameter, as the language writes it. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--epochs", paramLabel = "N", description = "Short for --set epochs=N.")
    private @Nullable Integer epochs;

    @Option(names = "--seed", paramLabel = "N", description = "Short for --set seed=N.")
    private @Nullable Long seed;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with; as many as there are processors, unless given. Results do not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--resume", paramLabel = "PATH", arity = "0..1", fallbackValue = "", description = "Go on from where an earlier run stopped: from its last checkpoint, or the one given.")
    private @Nullable Path resume;

    @Option(names = "--from", paramLabel = "PATH", description = "Begin with the weights of a checkpoint, or of a folder's best one, where names are the same; the rest begins as always.")
    private @Nullable Path from;

    @Option(names = "--output", paramLabel = "FOLDER", defaultValue = "", description = "The folder from which paths of checkpoints count; the current one, unless given.")
    private Path output = Path.of("");

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private MemoryOption memory = new MemoryOption();

    @Option(names = "--report", paramLabel = "PATH", description = "Write a page about the run, an .html file: curves, the model, and how to do it again.")
    private @Nullable Path report;

    @Option(names = "--watch", paramLabel = "PORT", arity = "0..1", fallbackValue = "7077", parameterConsumer = PortConsumer.class, description = "Serve that page to browsers on this machine while the training goes on; at port 7077, unless given.")
    private @Nullable Integer watch;

    @Option(names = "--tensorboard", paramLabel = "FOLDER", description = "Write event files for TensorBoard: losses and reports, the learning rate, norms of gradients and weights.")
    private @Nullable Path tensorboard;

    @Option(names = "--debug-nans", description = "Name the place in the program where the first NaN or infinity arises. Steps are slower.")
    private boolean debugNans;

    @Option(names = "--profile", description = "Measure each thing that a step does, and tell at the end where the time went. Steps are a little slower.")
    private boolean profile;

    @Option(names = "--no-cache", description = "Compile the program, also where an earlier run has left it compiled, and leave nothing.")
    private boolean noCache;

    @Option(names = "--json", description = "Print one JSON object an epoch, and a last one when done.")
    private boolean json;

    @Override
    public Integer call() {
        if (threads < 1) {
            throw new CommandLine.ParameterException(console.command(), "--threads must be at least 1");
        }
        if (from != null && resume != null) {
            throw new CommandLine.ParameterException(
                    console.command(), "--resume goes on with a run, and --from begins one: give one of them");
        }
        SourceFile source = program.read();
        Map<String, String> values = new LinkedHashMap<>(settings);
        if (epochs != null) {
            values.put("epochs", epochs.toString());
        }
        if (seed != null) {
            values.put("seed", seed.toString());
        }
        Console.announceScalarKernels();
        TextDisplay text = new TextDisplay(System.out, Console.isTerminal());
        List<TrainingListener> listeners = new ArrayList<>(List.of(json ? new JsonDisplay(System.out) : text));
        try (Team team = Team.of(threads);
                Accelerator accelerator = device.open()) {
            // What looks at the program itself takes it from the compiler; the rest is content with what was kept.
            boolean looks = report != null || watch != null || tensorboard != null;
            TrainingProgram training = looks || debugNans || memory.isGiven()
                    ? console.require(FrontEnd.training(source, program.sources(), name, values))
                    : null;
            CompiledTraining compiled = training == null
                    ? null
                    : BackEnd.training(training, memory.of(training, program.sources().data()));
            TrainingPlan plan = compiled != null
                    ? compiled.plan()
                    : console.require(PreparedTraining.of(
                            source, program.sources(), name, values,
                            noCache ? ProgramCache.off() : ProgramCache.standard()));
            if (profile && (accelerator != null || debugNans)) {
                throw new CommandLine.ParameterException(
                        console.command(),
                        "--profile looks at steps as they run on this processor, without --device and --debug-nans");
            }
            TrainingPlan.Loop step = plan.step();
            var profiled = new StepProfile(step.image(), step.program());
            boolean measures = profile || accelerator == null && (report != null || watch != null);
            var trainer = new Trainer(
                    measures ? plan.running(profiled) : plan, program.sources().data(), team,
                    options(plan, accelerator));
            List<StepObserver> observers = new ArrayList<>();
            if (debugNans && training != null) {
                if (accelerator != null) {
                    throw new CommandLine.ParameterException(
                            console.command(), "--debug-nans looks at steps on this processor, without --device");
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
                            compiled, audience.log(), team, measures ? profiled : null, !profile);
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
            if (profile && json) {
                System.out.println(CostTable.json(profiled, team));
            } else if (profile) {
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
        List<String> command = console.command().getParent().getParseResult().originalArgs();
        var page = new ReportPage(
                source, compiled, log, command, new ReportPage.Settings(threads, device.name()));
        return new Audience(log, page, report, watch, tensorboard, compiled.source().step().data() != null);
    }

    private TrainerOptions options(TrainingPlan plan, @Nullable Accelerator accelerator) {
        if (resume == null || !resume.toString().isEmpty()) {
            return new TrainerOptions(resume, from, output, accelerator);
        }
        if (plan.checkpoints().isEmpty()) {
            throw new NnException(
                    "NN0853",
                    "there is nothing to resume: `train " + plan.name() + "` keeps no checkpoint",
                    "let it keep one: `checkpoint(\"out/" + plan.name().toLowerCase(Locale.ROOT) + "\")`");
        }
        return new TrainerOptions(
                output.resolve(plan.checkpoints().getFirst().path()), null, output, accelerator);
    }
}
