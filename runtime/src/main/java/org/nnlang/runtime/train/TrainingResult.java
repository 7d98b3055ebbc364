package org.nnlang.runtime.train;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a training ended.
///
/// @param epochs how many were done, those before a resume among them
/// @param steps likewise
/// @param train metrics of the last epoch
/// @param validate the validation metrics of the best epoch, by the measure of the first checkpoint that has one;
///     without such a measure, those of the last; empty without validation
/// @param test what the `test` found of the model in `checkpoint`, or without one at the end; empty without a `test`, and where
///     the run was interrupted
/// @param bestEpoch the epoch of `validate`, or 0 without validation, and where no such measure tells which is best
/// @param checkpoint the model to use: the best, or without a measure the last; null where the program keeps none
/// @param resumable the state from which the run can go on, or null where the program keeps none
public record TrainingResult(
        int epochs,
        long steps,
        Map<String, Double> train,
        Map<String, Double> validate,
        Map<String, Double> test,
        int bestEpoch,
        double seconds,
        Ending ending,
        @Nullable Path checkpoint,
        @Nullable Path resumable) {

    /// Why there are no more steps.
    public enum Ending {
        /// All epochs or steps are done.
        COMPLETE,
        /// An early stop's patience is over.
        EARLY_STOP,
        /// The caller asked for it: `Trainer.interrupt()`.
        INTERRUPTED
    }
}
