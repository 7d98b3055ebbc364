package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;

/// A `train`, elaborated: what to compute, over which data, and when to stop.
///
/// @param hyperparameters in the order of the declaration, with the values they have in this run
/// @param variables       everything that lasts from step to step, in the order in which the program makes it
/// @param init            no inputs; one update for each variable: its first value
/// @param batch           how many examples make a full batch
/// @param layers          the layers that its loops apply, each before those in it
/// @param models          those of them that are models
public record TrainingProgram(
        String name,
        List<Hyperparameter> hyperparameters,
        List<ProgramVariable> variables,
        Procedure init,
        Loop step,
        @Nullable Loop validate,
        @Nullable Loop test,
        Length length,
        int batch,
        long seed,
        List<EarlyStop> earlyStops,
        List<Checkpoint> checkpoints,
        List<LayerUse> layers,
        List<ModelUse> models) {
    /// The free dimension in every loop over data: how many examples the batch at hand has.
    public static final String BATCH = "batch";

    /// The scalar i32 input that counts steps from 1; present in a procedure that uses it.
    public static final String STEP = "step";

    /// The scalar i32 input that counts epochs from 1; present in a procedure that uses it.
    public static final String EPOCH = "epoch";

    public TrainingProgram {
        hyperparameters = List.copyOf(hyperparameters);
        variables = List.copyOf(variables);
        earlyStops = List.copyOf(earlyStops);
        checkpoints = List.copyOf(checkpoints);
        layers = List.copyOf(layers);
        models = List.copyOf(models);
    }

    /// What judges the models: its `validate` and `test`, as far as it has them.
    public List<Loop> judges() {
        return Stream.of(validate, test).filter(Objects::nonNull).toList();
    }

    /// How long it runs.
    public sealed interface Length {
        record Epochs(int count) implements Length {}

        record Steps(long count) implements Length {}
    }

    /// A `step`, `validate` or `test`: its procedure runs once for each batch of the data.
    ///
    /// Procedure inputs: one for each of `fields`, of type `dtype[batch, shape…]`, then [#STEP] and [#EPOCH] where they
    /// are used. Outputs: one for each report, of its name, f32 scalars. Updates: parameters, slots, states.
    ///
    /// @param data   null where the loop has none; then there are no fields and no free dimension
    /// @param header of `data`
    /// @param constraints what must hold once [#BATCH] is known
    /// @param observations what can be told of it besides, from the same inputs
    public record Loop(
            Procedure procedure,
            @Nullable DataExpression data,
            @Nullable DataHeader header,
            List<Field> fields,
            List<Report> reports,
            List<Constraint> constraints,
            List<Observation> observations) {
        public Loop {
            fields = List.copyOf(fields);
            reports = List.copyOf(reports);
            constraints = List.copyOf(constraints);
            observations = List.copyOf(observations);
        }
    }

    /// Which field of an example (by its place in the header) feeds the procedure input called `input`.
    public record Field(String input, String field, int index) {}

    /// A scalar output of a loop and what becomes of it over an epoch.
    ///
    /// @param resets the states that take their first value again when an epoch of this loop begins
    public record Report(String name, Kind kind, List<String> resets) {
        public Report {
            resets = List.copyOf(resets);
        }

        public enum Kind {
            /// What a `minimize` minimizes: averaged like `MEAN`; a value that is not finite ends the run.
            LOSS,
            /// The mean over the batches, weighted by their numbers of examples.
            MEAN,
            /// The value after the last batch: a layer that remembers.
            LAST
        }
    }

    /// A number that an epoch ends with.
    ///
    /// @param judged whether it is one of the `validate`, and not of the `step`
    public record Metric(boolean judged, String name) {
        /// `validate.accuracy`.
        @Override
        public String toString() {
            return (judged ? "validate." : "train.") + name;
        }
    }

    /// Ends the run after `patience` epochs in a row without a better value.
    public record EarlyStop(Metric metric, boolean highest, int patience) {}

    /// Where to save, and when: after every epoch that gave a better value; after every epoch where `metric` is null.
    public record Checkpoint(String path, @Nullable Metric metric, boolean highest) {}
}
