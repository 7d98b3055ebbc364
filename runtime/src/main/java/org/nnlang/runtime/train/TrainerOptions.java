package org.nnlang.runtime.train;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How to run a training, apart from what it is.
///
/// @param resume a `last.safetensors` to go on from, or its folder; null to begin anew
/// @param output the folder from which paths of checkpoints count
public record TrainerOptions(@Nullable Path resume, Path output) {}
