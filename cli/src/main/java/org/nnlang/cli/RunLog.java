package org.nnlang.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.train.StepProfile;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// What a run has told so far, for all that show it. Written by the thread that trains, and read by any.
final class RunLog implements TrainingListener {
    private final List<EpochEnded> epochs = new ArrayList<>();
    private final List<Moment> moments = new ArrayList<>();
    private @Nullable Started started;
    private @Nullable Progress progress;
    private @Nullable TrainingResult result;
    private @Nullable Verdicts verdicts;
    private @Nullable Kernels kernels;
    private boolean broken;

    /// What was seen of one step.
    ///
    /// @param reports of its batch alone
    /// @param schedules values of the optimizers' Schedules
    /// @param gradients norms, by parameter
    /// @param weights norms, by parameter, before the step
    record Moment(
            int epoch,
            long step,
            Map<String, Double> reports,
            Map<String, Double> schedules,
            Map<String, Double> gradients,
            Map<String, Double> weights) {}

    /// What the kernels of a step took.
    ///
    /// @param instance of which program
    /// @param runs how many were measured
    record Kernels(Instance instance, List<StepProfile.Entry> entries, long runs) {}

    @Override
    public synchronized void started(Started event) {
        started = event;
    }

    @Override
    public synchronized void progressed(Progress event) {
        progress = event;
    }

    @Override
    public synchronized void epochEnded(EpochEnded event) {
        epochs.add(event);
        progress = null;
    }

    @Override
    public synchronized void finished(TrainingResult ended) {
        result = ended;
        progress = null;
    }

    /// The run has failed.
    synchronized void failed() {
        broken = result == null;
    }

    synchronized void add(Moment moment) {
        moments.add(moment);
    }

    synchronized void judged(Verdicts found) {
        verdicts = found;
    }

    synchronized void measured(Kernels found) {
        kernels = found;
    }

    synchronized Optional<Kernels> kernels() {
        return Optional.ofNullable(kernels);
    }

    synchronized List<EpochEnded> epochs() {
        return List.copyOf(epochs);
    }

    synchronized List<Moment> moments() {
        return List.copyOf(moments);
    }

    synchronized Optional<Started> started() {
        return Optional.ofNullable(started);
    }

    synchronized Optional<Progress> progress() {
        return Optional.ofNullable(progress);
    }

    synchronized Optional<TrainingResult> result() {
        return Optional.ofNullable(result);
    }

    /// Answers and truth of the last validation, or of the last step that was seen where there is none.
    synchronized Optional<Verdicts> verdicts() {
        return Optional.ofNullable(verdicts);
    }

    synchronized boolean isBroken() {
        return broken;
    }

    /// Norms of layers, of those of their parameters.
    ///
    /// @param depth how many parts of a name tell layers apart
    static Map<String, Double> byLayer(Map<String, Double> norms, int depth) {
        Map<String, Double> squares = new LinkedHashMap<>();
        norms.forEach((parameter, norm) -> squares.merge(layer(parameter, depth), norm * norm, Double::sum));
        squares.replaceAll((_, sum) -> Math.sqrt(sum));
        return squares;
    }

    /// The layer of a parameter; one outside all layers stands for itself.
    private static String layer(String parameter, int depth) {
        List<String> parts = List.of(parameter.split("\\."));
        return String.join(".", parts.subList(0, Math.clamp(parts.size() - 1, 1, depth)));
    }
}
