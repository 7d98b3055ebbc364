package org.nnlang.runtime.train;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Accelerator;

/// How to run a training, apart from what it is.
///
/// @param resume a `last.safetensors` to go on from, or its folder; null to begin anew
/// @param output the folder from which paths of checkpoints count
/// @param device what computes, open as long as the training is used; null for the processor that runs Java
public record TrainerOptions(@Nullable Path resume, Path output, @Nullable Accelerator device) {
    /// On the processor that runs Java.
    public TrainerOptions(@Nullable Path resume, Path output) {
        this(resume, output, null);
    }
}
