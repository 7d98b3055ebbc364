package org.nnlang.runtime.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Is told how a training goes, on the thread that trains. Metrics are in the order in which the program reports them.
public interface TrainingListener {

    /// Before the first step.
    default void started(Started event) {}

    /// Now and then during an epoch, at most some ten times a second.
    default void progressed(Progress event) {}

    /// After an epoch and its validation; in a run of `steps`, after each pass over the data.
    default void epochEnded(EpochEnded event) {}

    /// After a checkpoint was written whole.
    default void checkpointed(Checkpointed event) {}

    /// After the last step. Not called where the run fails.
    default void finished(TrainingResult result) {}

    /// Tells several listeners, in this order.
    static TrainingListener all(List<? extends TrainingListener> listeners) {
        List<TrainingListener> all = List.copyOf(listeners);
        return new TrainingListener() {
            @Override
            public void started(Started event) {
                all.forEach(listener -> listener.started(event));
            }

            @Override
            public void progressed(Progress event) {
                all.forEach(listener -> listener.progressed(event));
            }

            @Override
            public void epochEnded(EpochEnded event) {
                all.forEach(listener -> listener.epochEnded(event));
            }

            @Override
            public void checkpointed(Checkpointed event) {
                all.forEach(listener -> listener.checkpointed(event));
            }

            @Override
            public void finished(TrainingResult result) {
                all.forEach(listener -> listener.finished(result));
            }
        };
    }

    /// What a run is about to do.
    ///
    /// @param examples how many the step learns from, or -1 without data
    /// @param validationExamples how many it is judged by, or -1 without validation
    /// @param testExamples how many it is tested by in the end, or -1 without a test
    /// @param parameters how many numbers are trained
    /// @param memoryBytes what variables, gradients and intermediate results take
    /// @param epochs how many there will be, or -1 in a run of steps
    /// @param steps how many there will be in all, or -1 where that is not known
    /// @param resumedEpoch the epoch in which a resumed run goes on, or 0 for a fresh one
    record Started(
            String name,
            int examples,
            int validationExamples,
            int testExamples,
            long parameters,
            long memoryBytes,
            int epochs,
            long steps,
            int resumedEpoch) {}

    /// How far an epoch is.
    ///
    /// @param epoch from 1
    /// @param step within the epoch, from 1
    /// @param stepsPerEpoch how many the epoch has
    /// @param train the running means of this epoch
    /// @param itemsPerSecond examples (steps, without data) in a second
    /// @param secondsLeft an estimate for the whole run
    record Progress(
            int epoch,
            long step,
            long stepsPerEpoch,
            Map<String, Double> train,
            double itemsPerSecond,
            double secondsLeft) {}

    /// What an epoch gave.
    ///
    /// @param epoch from 1
    /// @param step the steps done since the start of the training
    /// @param validate empty without validation
    /// @param seconds the epoch took, with its validation
    record EpochEnded(
            int epoch,
            long step,
            Map<String, Double> train,
            Map<String, Double> validate,
            double seconds,
            double itemsPerSecond) {}

    /// A checkpoint that is in its place.
    ///
    /// @param best whether it is the best model so far, and not only the latest
    record Checkpointed(Path path, boolean best) {}
}
