package org.nnlang;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.train.TrainingResult;

/// What a training has learnt.
public final class Trained {
    private final Program program;
    private final TrainingResult result;
    private final Checkpoint last;

    Trained(Program program, TrainingResult result, Checkpoint last) {
        this.program = program;
        this.result = result;
        this.last = last;
    }

    /// How it went: epochs, metrics, why it ended, where its checkpoints are.
    public TrainingResult result() {
        return result;
    }

    /// The weights: those of the best epoch where the program keeps a checkpoint with a measure,
    /// `checkpoint("out", highest = validate.accuracy)`, else those at the end.
    ///
    /// @throws org.nnlang.runtime.NnException NN08xx where the best checkpoint is gone meanwhile
    public Checkpoint checkpoint() {
        Path kept = result.checkpoint();
        return kept == null || kept.equals(result.resumable()) ? last : Checkpoint.read(kept);
    }

    /// The program's only model, with [these weights][#checkpoint()].
    ///
    /// @throws org.nnlang.runtime.NnException NN0822 where the training did not train it
    public Model model() {
        return model(null, checkpoint());
    }

    /// A model of the program, with [these weights][#checkpoint()]. To compute with several threads, or with other
    /// hyper-parameters, take `program.model(name).threads(4).from(trained.checkpoint())`.
    ///
    /// @throws org.nnlang.runtime.NnException NN0822 where the training did not train it
    public Model model(String name) {
        return model(name, checkpoint());
    }

    /// Writes the weights to a file, which `program.model(name, file)` and `nn run --checkpoint` read.
    ///
    /// @throws org.nnlang.runtime.NnException NN0804 where it can't be written
    public void save(Path file) {
        checkpoint().write(file);
    }

    private Model model(@Nullable String name, Checkpoint checkpoint) {
        return new ModelLoader(program, name).from(checkpoint);
    }
}
