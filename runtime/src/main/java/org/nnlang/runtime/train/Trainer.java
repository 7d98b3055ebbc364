package org.nnlang.runtime.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingPlan.CheckpointRule;
import org.nnlang.runtime.train.TrainingPlan.Loop;
import org.nnlang.runtime.train.TrainingResult.Ending;

/// Runs a training: epochs of batches, validation, early stopping, checkpoints, and a test of what it ends with.
///
/// The same plan, data and seed give the same bits, whether the run is resumed or not, killed in between or not, with
/// any number of threads. Between two events a step allocates nothing.
public final class Trainer {
    /// In a run of steps, the state is kept this often, too.
    static final int STEPS_BETWEEN_CHECKPOINTS = 1000;

    /// Without data, a run of steps reports and validates this often.
    private static final int PASSES_WITHOUT_DATA = 10;

    private static final long NANOS_BETWEEN_EVENTS = 100_000_000;

    private final TrainingPlan plan;
    private final TrainerOptions options;
    private final Memory memory;
    private final BoundLoop step;
    private final @Nullable BoundLoop validation;
    private final @Nullable BoundLoop test;
    private final TrainingState state;
    private volatile boolean interrupted;
    private long startNanos;
    private long firstStep;
    private long epochNanos;
    private long eventNanos;
    private long epochItems;

    /// Reads the data, lays out the memory and gives every variable its first value, or with [TrainerOptions#resume] its
    /// last.
    ///
    /// @throws org.nnlang.runtime.NnException NN07xx for data, NN08xx for a checkpoint that cannot be resumed from or
    ///     will not be writable
    public Trainer(TrainingPlan plan, DataSources sources, Team team, TrainerOptions options) {
        this.plan = plan;
        this.options = options;
        this.memory = new Memory(plan.variables(), options.device());
        this.state = new TrainingState(plan);
        try {
            firstValues(plan, memory, team);
            this.step = new BoundLoop(plan, plan.step(), memory, sources, team);
            this.validation = judge(plan.validate(), sources, team);
            this.test = judge(plan.test(), sources, team);
            Path resume = options.resume();
            if (resume == null) {
                Path from = options.from();
                if (from != null) {
                    Path file = TrainingCheckpoint.file(from);
                    TrainingCheckpoint.adopt(file.toString(), Checkpoint.read(file), memory);
                }
                step.start(1);
            } else {
                Path file = Files.isDirectory(resume) ? resume.resolve("last.safetensors") : resume;
                TrainingCheckpoint.restore(file.toString(), Checkpoint.read(file), plan, memory, step, state);
            }
            for (CheckpointRule rule : plan.checkpoints()) {
                Checkpoint.prepare(file(rule, "last"));
            }
        } catch (RuntimeException | Error e) {
            // A device may serve others after this.
            memory.release();
            throw e;
        }
    }

    /// Gives every variable its first value.
    static void firstValues(TrainingPlan plan, Memory memory, Team team) {
        Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
        init.seed(plan.seed());
        init.step(0);
        init.run();
        init.release();
    }

    private @Nullable BoundLoop judge(@Nullable Loop loop, DataSources sources, Team team) {
        if (loop == null) {
            return null;
        }
        var bound = new BoundLoop(plan, loop, memory, sources, team);
        checkTreatment(step.data(), bound.data(), loop.name());
        return bound;
    }

    /// What the training data were standardised and filled with must hold for what judges the model, too.
    private static void checkTreatment(@Nullable Dataset learnt, @Nullable Dataset judged, String loop) {
        if (learnt == null || judged == null) {
            return;
        }
        for (Fitted fitted : learnt.fitted()) {
            if (judged.header().field(fitted.field()) != null && !judged.fitted().contains(fitted)) {
                throw TrainErrors.otherTreatment(loop, fitted.field());
            }
        }
    }

    /// The variables.
    public Memory memory() {
        return memory;
    }

    /// The models as they are now: parameters and states, without the optimizers' memory. Not while a run goes on,
    /// except from its listener.
    public Checkpoint checkpoint() {
        return TrainingCheckpoint.best(plan, memory, step, state);
    }

    /// Shows every training step to somebody. To be called before the run, and not for one on a device.
    public void observe(StepObserver observer) {
        step.observe(observer);
    }

    /// Shows every batch of every validation to somebody. To be called before the run.
    public void observeValidation(StepObserver observer) {
        if (validation != null) {
            validation.observe(observer);
        }
    }

    /// Gives back what it has on a device, which may go on to serve others; on the processor there is nothing to do. The
    /// trainer is of no use afterwards.
    public void release() {
        memory.release();
    }

    /// Asks a run to end after the step at hand. May be called from any thread.
    public void interrupt() {
        interrupted = true;
    }

    /// Trains to the end. To be called once.
    ///
    /// @throws org.nnlang.runtime.NnException NN0810 where the loss is not finite; NN0804 where a checkpoint cannot be
    ///     written; whatever the program itself finds wrong
    public TrainingResult run(TrainingListener listener) {
        startNanos = System.nanoTime();
        firstStep = state.step;
        listener.started(started());
        Ending ending = null;
        while (ending == null) {
            ending = ending();
            if (ending == null) {
                ending = epoch(listener);
            }
        }
        Map<String, Double> tested = ending == Ending.INTERRUPTED ? Map.of() : test();
        TrainingResult result =
                result(tested == null ? Ending.INTERRUPTED : ending, tested == null ? Map.of() : tested);
        listener.finished(result);
        return result;
    }

    /// The metrics of the model that a user will take; null where the run was interrupted meanwhile. The variables are as
    /// before.
    private @Nullable Map<String, Double> test() {
        BoundLoop judge = test;
        if (judge == null) {
            return Map.of();
        }
        Path best = best();
        if (best == null) {
            return judge.judge(state.epoch - 1, state.step, this::isInterrupted);
        }
        Checkpoint now = checkpoint();
        TrainingCheckpoint.adopt(best.toString(), Checkpoint.read(best), memory);
        try {
            return judge.judge(state.bestEpoch, state.step, this::isInterrupted);
        } finally {
            TrainingCheckpoint.adopt("", now, memory);
        }
    }

    private boolean isInterrupted() {
        return interrupted;
    }

    /// Why there is nothing more to do before the next epoch, or null.
    private @Nullable Ending ending() {
        if (state.patienceIsOver(plan)) {
            return Ending.EARLY_STOP;
        }
        boolean done = plan.epochs() >= 0 ? state.epoch > plan.epochs() : state.step >= plan.steps();
        return done ? Ending.COMPLETE : null;
    }

    /// Runs an epoch, or the rest of one, and returns the ending where that breaks it off.
    private @Nullable Ending epoch(TrainingListener listener) {
        epochNanos = System.nanoTime();
        epochItems = step.tally().items();
        while (!passIsOver()) {
            if (interrupted) {
                return brokenOff(listener);
            }
            if (!step.next(state.epoch, state.step + 1)) {
                break;
            }
            state.step++;
            state.consumed = step.data() == null ? state.consumed + 1 : step.consumed();
            checkLoss();
            progress(listener);
            if (plan.steps() >= 0 && state.step % STEPS_BETWEEN_CHECKPOINTS == 0 && !passIsOver()) {
                saveLast(listener);
            }
        }
        settle();
        state.train = step.tally().metrics();
        var validated = validate();
        if (validated == null) {
            return brokenOff(listener);
        }
        state.validate = validated;
        epochEnded(listener);
        return null;
    }

    /// Whether the steps of this epoch are done, whatever batches there are.
    private boolean passIsOver() {
        if (plan.steps() >= 0 && state.step >= plan.steps()) {
            return true;
        }
        return step.data() == null ? state.consumed >= stepsPerPass() : state.consumed >= step.examples();
    }

    private long stepsPerPass() {
        if (step.data() != null) {
            return step.batchesPerEpoch();
        }
        return plan.steps() >= 0 ? Math.max(1, plan.steps() / PASSES_WITHOUT_DATA) : 1;
    }

    private void checkLoss() {
        BoundLoop.Broken broken = step.broken();
        if (broken != null) {
            throw TrainErrors.brokenLoss(
                    plan.name(),
                    plan.step().reports().get(broken.report()).name(),
                    broken.value(),
                    broken.step(),
                    state.epoch,
                    broken.before(),
                    step.brokenInput(broken.step()));
        }
    }

    /// Before anything is kept, all steps must have run, and run well.
    private void settle() {
        step.settle();
        checkLoss();
    }

    /// The metrics of the validation; null where the run was interrupted meanwhile.
    private @Nullable Map<String, Double> validate() {
        return validation == null ? Map.of() : validation.judge(state.epoch, state.step, this::isInterrupted);
    }

    /// The best models are written before the state that knows of them: killed in between, the run finds them again.
    private void epochEnded(TrainingListener listener) {
        boolean[] best = state.epochEnded(plan);
        double seconds = (System.nanoTime() - epochNanos) * 1e-9;
        listener.epochEnded(new TrainingListener.EpochEnded(
                state.epoch,
                state.step,
                state.train,
                state.validate,
                seconds,
                (step.tally().items() - epochItems) / Math.max(seconds, 1e-9)));
        for (int i = 0; i < best.length; i++) {
            if (best[i]) {
                Path file = file(plan.checkpoints().get(i), "best");
                TrainingCheckpoint.best(plan, memory, step, state).write(file);
                listener.checkpointed(new TrainingListener.Checkpointed(file, true));
            }
        }
        state.epoch++;
        state.consumed = 0;
        step.start(state.epoch);
        saveLast(listener);
    }

    private Ending brokenOff(TrainingListener listener) {
        saveLast(listener);
        return Ending.INTERRUPTED;
    }

    private void saveLast(TrainingListener listener) {
        settle();
        for (CheckpointRule rule : plan.checkpoints()) {
            Path file = file(rule, "last");
            TrainingCheckpoint.last(plan, memory, step, state).write(file);
            listener.checkpointed(new TrainingListener.Checkpointed(file, false));
        }
    }

    private Path file(CheckpointRule rule, String name) {
        return options.output().resolve(rule.path()).resolve(name + ".safetensors");
    }

    private TrainingListener.Started started() {
        long parameters = 0;
        long bytes = step.ownBytes();
        for (BoundLoop judge : new @Nullable BoundLoop[] {validation, test}) {
            bytes += judge == null ? 0 : judge.ownBytes();
        }
        bytes += memory.bytes();
        for (Variable variable : plan.variables()) {
            parameters += variable.segment() == Segment.PARAMETERS ? variable.size() : 0;
        }
        return new TrainingListener.Started(
                plan.name(),
                step.examples(),
                validation == null ? -1 : validation.examples(),
                test == null ? -1 : test.examples(),
                parameters,
                bytes,
                plan.epochs(),
                totalSteps(),
                options.resume() == null ? 0 : state.epoch);
    }

    private long totalSteps() {
        return plan.steps() >= 0 ? plan.steps() : plan.epochs() * stepsPerPass();
    }

    private void progress(TrainingListener listener) {
        long now = System.nanoTime();
        if (now - eventNanos < NANOS_BETWEEN_EVENTS && eventNanos != 0) {
            return;
        }
        eventNanos = now;
        double seconds = Math.max((now - epochNanos) * 1e-9, 1e-9);
        double perStep = (now - startNanos) * 1e-9 / (state.step - firstStep);
        long perPass = stepsPerPass();
        long before = state.step - (step.data() == null ? state.consumed : step.done());
        listener.progressed(new TrainingListener.Progress(
                state.epoch,
                state.step - before,
                plan.steps() >= 0 ? Math.min(perPass, plan.steps() - before) : perPass,
                step.tally().metrics(),
                (step.tally().items() - epochItems) / seconds,
                perStep * (totalSteps() - state.step)));
    }

    /// The file of the best model by the first measure of which there is one.
    private @Nullable Path best() {
        return plan.checkpoints().stream()
                .filter(rule -> rule.metric() != null)
                .map(rule -> file(rule, "best"))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }

    private TrainingResult result(Ending ending, Map<String, Double> tested) {
        Path best = best();
        Path resumable = plan.checkpoints().isEmpty() ? null : file(plan.checkpoints().getFirst(), "last");
        boolean measured = plan.checkpoints().stream().anyMatch(rule -> rule.metric() != null);
        return new TrainingResult(
                state.epoch - 1,
                state.step,
                state.train,
                validation == null ? Map.of() : state.bestValidate,
                tested,
                validation == null || !measured ? 0 : state.bestEpoch,
                (System.nanoTime() - startNanos) * 1e-9,
                ending,
                best == null ? resumable : best,
                resumable);
    }
}
