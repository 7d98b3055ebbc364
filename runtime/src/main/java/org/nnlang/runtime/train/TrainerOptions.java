package org.nnlang.runtime.train;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Accelerator;

/// How to run a training, apart from what it is.
///
/// @param resume a `last.safetensors` to go on from, or its folder; null to begin anew
/// @param from the weights to begin with, where names agree: a checkpoint, or its folder; null to begin with first values
/// @param output the folder from which paths of checkpoints count
/// @param device what computes, open as long as the training is used; null for the processor that runs Java
public record TrainerOptions(
        @Nullable Path resume, @Nullable Path from, Path output, @Nullable Accelerator device) {
    /// With first values, or a run to go on with.
    public TrainerOptions(@Nullable Path resume, Path output, @Nullable Accelerator device) {
        this(resume, null, output, device);
    }

    /// On the processor that runs Java.
    public TrainerOptions(@Nullable Path resume, Path output) {
        this(resume, null, output, null);
    }
}
