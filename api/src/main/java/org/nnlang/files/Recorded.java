package org.nnlang.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.lower.ModelUse;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// A checkpoint, and what it says about the model in it.
///
/// @param file the checkpoint's
public record Recorded(Path file, Checkpoint checkpoint) {
    /// Reads the file that a path means: of a training's folder the best model, or the last where there is no measure.
    public static Recorded at(Path path) {
        Path file = path;
        if (Files.isDirectory(path)) {
            Path best = path.resolve("best.safetensors");
            file = Files.exists(best) ? best : path.resolve("last.safetensors");
        }
        return new Recorded(file, Checkpoint.read(file));
    }

    /// The hyper-parameters that a model had in training.
    ///
    /// @param set those that the caller gives, whatever they were
    /// @throws NnException NN0856 where one cannot be written down, and is not given either
    public Map<String, String> hyperparameters(String model, Set<String> set) {
        Map<String, String> recorded = TrainingCheckpoint.hyperparameters(checkpoint, model);
        recorded.forEach((name, text) -> {
            if (text.equals(ModelUse.UNWRITTEN) && !set.contains(name)) {
                throw new NnException(
                        "NN0856",
                        "`" + file + "` cannot tell what `" + name + "` of `" + model + "` was in training: a function"
                                + " without a name has no text",
                        "say it as the training's program does: `--set " + name + "=…`, or in Java `.expression(\""
                                + name + "\", \"…\")`");
            }
        });
        return recorded;
    }
}
