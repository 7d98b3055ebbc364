package org.nnlang;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.cache.PreparedTraining;
import org.nnlang.cache.ProgramCache;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.MemoryLimit;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.files.ProgramSources;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.train.Evaluation;
import org.nnlang.runtime.train.Evaluator;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingFootprint;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;
import org.nnlang.runtime.train.TrainingResult;

/// A run of a `train`: first its settings, then [#run()]. Each method that sets something returns this object.
///
/// The same program, settings, data and seed give the same numbers, bit by bit, with any number of threads and on any
/// machine. Not safe for several threads, but for [#interrupt()].
public final class Training {
    private final Program program;
    private final @Nullable String name;
    private final Settings settings = new Settings();
    private final Map<String, Map<String, Dataset>> given = new LinkedHashMap<>();
    private final List<TrainingListener> listeners = new ArrayList<>();
    private @Nullable Accelerator accelerator;
    private int threads = Runtime.getRuntime().availableProcessors();
    private long memory = -1;
    private Path output = Path.of("");
    private @Nullable Path from;
    private boolean resumed;
    private @Nullable Trainer trainer;
    private boolean interrupted;

    Training(Program program, @Nullable String name) {
        this.program = program;
        this.name = name;
    }

    /// Gives a hyper-parameter another value than its default. `epochs` or `steps`, `batch` and `seed` can be set even
    /// where the program does not declare them.
    ///
    /// @param value a number, a boolean, a text, or a list of these
    /// @throws IllegalArgumentException for a value of another class
    public Training set(String hyperparameter, Object value) {
        settings.set(hyperparameter, value);
        return this;
    }

    /// Gives a hyper-parameter the value of an expression of the language, as `nn train --set` does: `noam(512)`.
    public Training expression(String hyperparameter, String text) {
        settings.expression(hyperparameter, text);
        return this;
    }

    /// Hands in the data for a hyper-parameter of type `Data`. The program does with them what it does with a file:
    /// `flowers.standardize().split(0.8)`. Their fields must be what its `step` expects; see [Dataset#columns()].
    public Training data(String hyperparameter, Dataset data) {
        return given(hyperparameter, Map.of("", data));
    }

    /// Hands in data of several parts, `digits.train` and `digits.test` in the program.
    ///
    /// @param parts by name, all with the same fields
    public Training data(String hyperparameter, Map<String, Dataset> parts) {
        return given(hyperparameter, new LinkedHashMap<>(parts));
    }

    private Training given(String hyperparameter, Map<String, Dataset> parts) {
        given.put(hyperparameter, parts);
        return expression(hyperparameter, "given(" + Settings.quoted(hyperparameter) + ")");
    }

    /// How many threads compute; as many as there are processors, unless said. The result does not depend on it.
    ///
    /// @throws IllegalArgumentException for less than one
    public Training threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a training needs at least one thread, not " + count);
        }
        threads = count;
        return this;
    }

    /// The most bytes that variables, gradients, batches and what lies between inputs and outputs may take; no limit, unless
    /// said. Where keeping everything takes more, a step computes values again. The result does not depend on it.
    ///
    /// @throws IllegalArgumentException for less than one
    public Training memory(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a training needs some memory, not " + bytes + " bytes");
        }
        memory = bytes;
        return this;
    }

    /// What computes: a device that stays open as long as the training runs, or null for the processor that runs Java, as
    /// `Devices.probe().open("auto")` answers.
    public Training on(@Nullable Accelerator device) {
        accelerator = device;
        return this;
    }

    /// The folder from which the paths of the program's checkpoints count; the current one, unless said.
    public Training output(Path folder) {
        output = folder;
        return this;
    }

    /// Goes on from where an earlier run of the same settings stopped: from the last state in the program's first
    /// `checkpoint`.
    public Training resume() {
        resumed = true;
        from = null;
        return this;
    }

    /// Goes on from a `last.safetensors`, or the one in a folder.
    public Training resume(Path checkpoint) {
        resumed = true;
        from = checkpoint;
        return this;
    }

    /// Tells `listener` how the run goes, on the thread that trains.
    public Training listen(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /// Trains to the end, on the calling thread and those that help it. To be called once.
    ///
    /// @throws ProgramException where the program has mistakes, or the settings or the data don't fit it
    /// @throws NnException NN07xx for data, NN0810 where the loss is not finite, NN0814 where the limit of memory is too
    ///     low, NN08xx for checkpoints
    public Trained run() {
        ProgramSources sources = program.sources();
        given.forEach((data, parts) -> give(sources.data(), data, parts));
        TrainingPlan plan = memory < 0
                ? Program.require(PreparedTraining.of(
                        program.source(), sources, name, settings.texts(), ProgramCache.standard()))
                : within(sources);
        Machine.announce();
        try (Team team = Team.of(threads)) {
            var running = new Trainer(plan, sources.data(), team, options(plan));
            synchronized (this) {
                trainer = running;
                if (interrupted) {
                    running.interrupt();
                }
            }
            try {
                TrainingResult result = running.run(TrainingListener.all(listeners));
                return new Trained(program, result, running.checkpoint());
            } finally {
                running.release();
            }
        }
    }

    /// Judges the models in a checkpoint of this training by its `validate` and `test`, without training. Hyper-parameters that
    /// were not set here have the values that they had then; data are those of the program, or those handed in.
    ///
    /// @param checkpoint a file, or a training's folder: then its best model
    /// @throws ProgramException where the program has mistakes, or the settings or the data don't fit it
    /// @throws NnException NN0805 for the checkpoint of another training, NN0720 and NN0806 where the data do not mean what they
    ///     meant in training, NN0864 where the program has neither `validate` nor `test`, NN07xx for data, NN08xx for files
    public Evaluation evaluate(Path checkpoint) {
        ProgramSources sources = program.sources();
        given.forEach((data, parts) -> give(sources.data(), data, parts));
        Recorded recorded = Recorded.at(checkpoint);
        TrainingProgram training = Program.require(FrontEnd.training(
                program.source(), sources, name, settings.texts(), recorded::hyperparameters));
        recorded.checkData(training, settings.texts().keySet());
        TrainingPlan plan = BackEnd.training(training).plan();
        Machine.announce();
        try (Team team = Team.of(threads)) {
            var evaluator = new Evaluator(
                    plan, sources.data(), team, recorded.file().toString(), recorded.checkpoint(), accelerator);
            try {
                return evaluator.run();
            } finally {
                evaluator.release();
            }
        }
    }

    /// Compiled for the limit at hand, which no cache knows.
    private TrainingPlan within(ProgramSources sources) {
        TrainingProgram training =
                Program.require(FrontEnd.training(program.source(), sources, name, settings.texts()));
        var limit = new MemoryLimit(memory, TrainingFootprint.Shapes.of(sources.data(), training.batch()));
        return BackEnd.training(training, limit).plan();
    }

    /// Asks the run to end after the step at hand; its last state is kept, if the program keeps checkpoints. May be
    /// called from any thread, and before [#run()].
    public synchronized void interrupt() {
        interrupted = true;
        if (trainer != null) {
            trainer.interrupt();
        }
    }

    private static void give(DataSources sources, String name, Map<String, Dataset> parts) {
        Dataset whole = parts.get("");
        if (whole == null) {
            sources.give(name, parts);
        } else {
            sources.give(name, whole);
        }
    }

    private TrainerOptions options(TrainingPlan plan) {
        if (!resumed || from != null) {
            return new TrainerOptions(from, output, accelerator);
        }
        if (plan.checkpoints().isEmpty()) {
            throw new NnException(
                    "NN0853",
                    "there is nothing to resume: `train " + plan.name() + "` keeps no checkpoint",
                    "let it keep one: `checkpoint(\"out/" + plan.name().toLowerCase(Locale.ROOT) + "\")`");
        }
        return new TrainerOptions(output.resolve(plan.checkpoints().getFirst().path()), output, accelerator);
    }
}
