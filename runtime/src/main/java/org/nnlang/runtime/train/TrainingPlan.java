package org.nnlang.runtime.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Variable;

/// A training, compiled: what a [Trainer] runs.
///
/// @param hyperparameters in the order of the declaration; values that have a [org.nnlang.runtime.json.Json]
/// @param models what can be built again from a checkpoint
/// @param epochs how many, or -1 where `steps` says how long it runs
/// @param steps how many in all, or -1
/// @param batch how many examples a full batch has
/// @param variables everything that lasts from step to step, laid out for one shared memory
/// @param init has no data; writes the first value of every variable
/// @param validate runs after each epoch, if there is one
/// @param test runs once, behind the last epoch, if there is one
public record TrainingPlan(
        String name,
        Map<String, Object> hyperparameters,
        List<TrainedModel> models,
        long seed,
        int epochs,
        long steps,
        int batch,
        List<Variable> variables,
        Loop init,
        Loop step,
        @Nullable Loop validate,
        @Nullable Loop test,
        List<EarlyStop> earlyStops,
        List<CheckpointRule> checkpoints) {
    public TrainingPlan {
        hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
        models = List.copyOf(models);
        variables = List.copyOf(variables);
        earlyStops = List.copyOf(earlyStops);
        checkpoints = List.copyOf(checkpoints);
        if ((epochs < 0) == (steps < 0)) {
            throw new IllegalArgumentException("a training runs for epochs or for steps");
        }
    }

    /// Where the code of a plan that is read comes from.
    @FunctionalInterface
    public interface Programs {
        /// The program of a loop.
        ///
        /// @param loop its name
        /// @throws IOException where there is none
        CompiledProgram of(String loop, Image image) throws IOException;
    }

    /// Writes everything but the programs.
    ///
    /// @throws IOException where a hyper-parameter's value has no written form, too
    public void encode(OutputStream out) throws IOException {
        TrainingPlanCodec.write(this, out);
    }

    /// Reads what [#encode] wrote.
    ///
    /// @throws IOException where the bytes are no plan, or damaged
    public static TrainingPlan decode(InputStream in, Programs programs) throws IOException {
        return TrainingPlanCodec.read(in, programs);
    }

    /// What judges the models: `validate` and `test`, as far as there are any.
    public List<Loop> judges() {
        return Stream.of(validate, test).filter(Objects::nonNull).toList();
    }

    /// The same training, whose steps another program runs.
    public TrainingPlan running(CompiledProgram program) {
        return with(new Loop(
                step.name(), step.image(), program, step.data(), step.inputs(), step.batchSymbol(),
                step.reports()));
    }

    /// The same training, with other steps that do the same.
    public TrainingPlan with(Loop steps) {
        return new TrainingPlan(
                name, hyperparameters, models, seed, epochs, this.steps, batch, variables, init, steps, validate,
                test, earlyStops, checkpoints);
    }

    /// A model in the training.
    ///
    /// @param name what its weights' names begin with
    /// @param model its declaration's name
    /// @param hyperparameters by name, as a program writes them; empty for one that no program can write
    public record TrainedModel(String name, String model, Map<String, String> hyperparameters) {
        public TrainedModel {
            hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
        }
    }

    /// A procedure that runs once for each batch of its data, or once for each step where it has none.
    ///
    /// @param name `step`, `validate` or `test`: metrics are called `train.…` and `validate.…` after it
    /// @param inputs which field of an example feeds which input
    /// @param batchSymbol the image's symbol for the number of examples at hand, or null where it has none
    public record Loop(
            String name,
            Image image,
            CompiledProgram program,
            @Nullable DataExpression data,
            Map<String, String> inputs,
            @Nullable String batchSymbol,
            List<Report> reports) {
        public Loop {
            inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
            reports = List.copyOf(reports);
        }
    }

    /// A scalar output of a loop and what becomes of it over an epoch.
    ///
    /// @param output its name in the image
    /// @param resetVariables states that take their first value again when an epoch of this loop begins
    public record Report(String name, String output, Kind kind, List<String> resetVariables) {
        public Report {
            resetVariables = List.copyOf(resetVariables);
        }

        /// How values of batches become the value of an epoch.
        public enum Kind {
            /// Averaged like `MEAN`; a value that is not finite ends the run.
            LOSS,
            /// The mean over the batches, weighted by their numbers of examples.
            MEAN,
            /// The value after the last batch.
            LAST
        }
    }

    /// Ends the run after `patience` epochs in a row without a better value.
    ///
    /// @param metric such as `validate.accuracy`
    public record EarlyStop(String metric, boolean highest, int patience) {}

    /// What to keep, in a folder: `last.safetensors` to go on from, and with a metric `best.safetensors`, the model of the
    /// best epoch.
    public record CheckpointRule(String path, @Nullable String metric, boolean highest) {}
}
