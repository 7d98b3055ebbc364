package org.nnlang.runtime.train;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.train.TrainingPlan.Loop;

/// Judges the models in a checkpoint by the `validate` and the `test` of their training. Nothing is trained.
///
/// The same plan, data and checkpoint give the same bits with any number of threads: those that the training itself found
/// when it kept the checkpoint.
public final class Evaluator {
    private final Memory memory;
    private final Map<String, BoundLoop> judges = new LinkedHashMap<>();
    private final int epoch;
    private final long step;
    private volatile boolean interrupted;

    /// Takes over the weights and reads the data by which they are judged.
    ///
    /// @param file of the checkpoint, for messages
    /// @param device what computes, open as long as this is used; null for the processor that runs Java
    /// @throws NnException NN0805 for the checkpoint of another training, NN0720 and NN0806 where the data do not mean what
    ///     they meant in training, NN0864 where the program has neither `validate` nor `test`, NN07xx for the data themselves
    public Evaluator(
            TrainingPlan plan,
            DataSources sources,
            Team team,
            String file,
            Checkpoint checkpoint,
            @Nullable Accelerator device) {
        if (plan.judges().isEmpty()) {
            throw TrainErrors.nothingJudges(plan.name());
        }
        TrainingCheckpoint.checkTrain(file, checkpoint, plan);
        memory = new Memory(plan.variables(), device);
        try {
            // Metrics with a memory begin with it, and it is no part of every checkpoint.
            Trainer.firstValues(plan, memory, team);
            for (Loop loop : plan.judges()) {
                var bound = new BoundLoop(plan, loop, memory, sources, team);
                TrainingCheckpoint.checkMeaning(file, checkpoint, loop.name(), bound.data());
                judges.put(loop.name(), bound);
            }
            TrainingCheckpoint.load(file, checkpoint, memory, ownMemory(plan));
            epoch = TrainingCheckpoint.epoch(file, checkpoint);
            step = TrainingCheckpoint.step(file, checkpoint);
        } catch (RuntimeException | Error e) {
            // A device may serve others after this.
            memory.release();
            throw e;
        }
    }

    /// What the metrics remember, which every pass sets back.
    private static Set<String> ownMemory(TrainingPlan plan) {
        var names = new HashSet<String>();
        plan.step().reports().forEach(report -> names.addAll(report.resetVariables()));
        plan.judges().forEach(loop -> loop.reports().forEach(report -> names.addAll(report.resetVariables())));
        return names;
    }

    /// Goes through the data once.
    ///
    /// @throws CancellationException where it was interrupted
    public Evaluation run() {
        var metrics = new LinkedHashMap<String, Map<String, Double>>();
        judges.forEach((name, judge) -> {
            Map<String, Double> found = judge.judge(epoch, step, () -> interrupted);
            if (found == null) {
                throw new CancellationException("interrupted");
            }
            metrics.put(name, found);
        });
        return new Evaluation(
                metrics.getOrDefault("validate", Map.of()), metrics.getOrDefault("test", Map.of()));
    }

    /// How many examples a loop goes through, or -1 where it has no data.
    ///
    /// @param loop `validate` or `test`
    public int examples(String loop) {
        BoundLoop judge = judges.get(loop);
        return judge == null ? -1 : judge.examples();
    }

    /// The epoch after which the checkpoint was kept, from 1.
    public int epoch() {
        return epoch;
    }

    /// Asks a run to end after the batch at hand. May be called from any thread.
    public void interrupt() {
        interrupted = true;
    }

    /// Gives back what it has on a device. It is of no use afterwards.
    public void release() {
        memory.release();
    }
}
