package org.nnlang.cli.repl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.ModelUse;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.SessionFrontEnd;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// A training in a session. Layers of the session begin with the weights that they have there, and keep those that they
/// learn; models that the training makes itself can be bound afterwards.
final class TrainingEntry {
    private final TrainingProgram program;
    private final SessionFrontEnd front;
    private final Trainer trainer;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();

    TrainingEntry(TrainingProgram program, SessionFrontEnd front, DataSources data, Team team, Path folder) {
        this.program = program;
        this.front = front;
        this.trainer = new Trainer(
                BackEnd.training(program).plan(), data, team, new TrainerOptions(null, folder));
        Evaluation.set(trainer.memory(), front.variables());
    }

    void interrupt() {
        trainer.interrupt();
    }

    void run(TrainingListener listener) {
        TrainingResult result = trainer.run(listener);
        for (Variable variable : trainer.memory().variables()) {
            if (variable.segment() != Segment.SLOTS) {
                weights.put(variable.name(), trainer.memory().tensor(variable));
            }
        }
        Path kept = result.checkpoint();
        if (kept != null && !kept.equals(result.resumable())) {
            Checkpoint best = Checkpoint.read(kept);
            weights.replaceAll((name, tensor) -> best.tensors().getOrDefault(name, tensor));
        }
        for (String name : front.declared().keySet()) {
            String owner = front.owner(name);
            if (owner != null) {
                front.learnt(owner, owner, weights);
            }
        }
    }

    /// Gives a model that was bound in the session the weights that it has learnt.
    void give(Learnt model) {
        front.learnt(model.layer(), String.valueOf(front.owner(model.name())), weights);
    }

    /// A model that the training made.
    ///
    /// @param layer what its weights' names begin with in the training
    /// @param name what it is called in the program
    /// @param text as the language makes it
    record Learnt(String layer, String name, String text) {}

    List<Learnt> learnt() {
        var models = new ArrayList<Learnt>();
        for (ModelUse use : program.models()) {
            String text = text(use);
            if (text != null && !use.name().contains(".") && !isOwned(use.name())) {
                // Where the session has that name for something of its own, the training's has got a number.
                String shorter = use.name().replaceFirst("\\d+$", "");
                models.add(new Learnt(use.name(), isOwned(shorter) ? shorter : use.name(), text));
            }
        }
        return models;
    }

    private boolean isOwned(String layer) {
        return front.declared().keySet().stream().anyMatch(name -> layer.equals(front.owner(name)));
    }

    private static @Nullable String text(ModelUse use) {
        return use.hyperparameters().containsValue(ModelUse.UNWRITTEN)
                ? null
                : use.hyperparameters().entrySet().stream()
                        .map(parameter -> parameter.getKey() + " = " + parameter.getValue())
                        .collect(Collectors.joining(", ", use.model() + "(", ")"));
    }
}
