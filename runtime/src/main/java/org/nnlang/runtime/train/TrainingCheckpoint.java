package org.nnlang.runtime.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;

/// What a checkpoint of a training holds, besides its tensors, which are called as the variables. Nothing in it depends
/// on the clock or the machine.
///
/// | text              | is                                                                       |
/// |-------------------|--------------------------------------------------------------------------|
/// | `format`          | `nnlang 1`                                                               |
/// | `train`           | the training's name                                                      |
/// | `hyperparameters` | JSON, as the run had them                                                |
/// | `models`          | JSON: name → `model` and `hyperparameters`, as a program writes them     |
/// | `seed`, `batch`   | numbers                                                                  |
/// | `data`            | JSON: the header of what was learnt from, with class names and vocabulary |
/// | `metrics`         | JSON: `epoch`, `train`, `validate`; in the best model's file             |
/// | `state`           | JSON: everything needed to go on; in the last state's file               |
/// | `examples`, `fingerprint` | how many examples there were, and a number that depends on all of them |
/// | `slots`           | JSON: the names of the tensors that are an optimizer's memory           |
/// | `tally`           | JSON: the sums of an epoch that was broken off                           |
///
/// Numbers by which data were standardised or filled are tensors `data/FIELD/mean`, `data/FIELD/deviation` and
/// `data/FIELD/fill`.
public final class TrainingCheckpoint {
    static final String FORMAT = "nnlang 1";

    private TrainingCheckpoint() {}

    /// The state from which the run can go on.
    static Checkpoint last(TrainingPlan plan, Memory memory, BoundLoop step, TrainingState state) {
        var metadata = metadata(plan, step);
        metadata.put("state", state.toJson().toString());
        metadata.put("tally", step.tally().toJson().toString());
        metadata.put("examples", Integer.toString(step.examples()));
        metadata.put("fingerprint", step.fingerprint());
        List<String> slots = memory.variables().stream()
                .filter(variable -> variable.segment() == Segment.SLOTS)
                .map(Variable::name)
                .sorted()
                .toList();
        metadata.put("slots", Json.of(slots).toString());
        return new Checkpoint(tensors(memory, step, true), metadata);
    }

    /// The model as it is: parameters and states, without the optimizers' memory.
    static Checkpoint best(TrainingPlan plan, Memory memory, BoundLoop step, TrainingState state) {
        var metadata = metadata(plan, step);
        var metrics = new LinkedHashMap<String, Object>();
        metrics.put("epoch", state.epoch);
        metrics.put("step", state.step);
        metrics.put("train", state.train);
        metrics.put("validate", state.validate);
        metadata.put("metrics", Json.of(metrics).toString());
        return new Checkpoint(tensors(memory, step, false), metadata);
    }

    private static Map<String, String> metadata(TrainingPlan plan, BoundLoop step) {
        var metadata = new TreeMap<String, String>();
        metadata.put("format", FORMAT);
        metadata.put("train", plan.name());
        metadata.put("hyperparameters", Json.of(plan.hyperparameters()).toString());
        var models = new TreeMap<String, Object>();
        for (TrainingPlan.TrainedModel model : plan.models()) {
            // In an order of its own: that of Map.of differs from process to process, and files must not.
            var recorded = new LinkedHashMap<String, Object>();
            recorded.put("model", model.model());
            recorded.put("hyperparameters", model.hyperparameters());
            models.put(model.name(), recorded);
        }
        metadata.put("models", Json.of(models).toString());
        metadata.put("seed", Long.toString(plan.seed()));
        metadata.put("batch", Integer.toString(plan.batch()));
        Dataset data = step.data();
        if (data != null) {
            metadata.put("data", data.header().toJson().toString());
        }
        return metadata;
    }

    private static Map<String, Tensor> tensors(Memory memory, BoundLoop step, boolean slots) {
        var tensors = new TreeMap<String, Tensor>();
        for (Variable variable : memory.variables()) {
            if (slots || variable.segment() != Segment.SLOTS) {
                tensors.put(variable.name(), memory.tensor(variable));
            }
        }
        Dataset data = step.data();
        if (data != null) {
            data.fitted().forEach(fitted -> fitted(fitted, tensors));
        }
        return tensors;
    }

    private static void fitted(Fitted fitted, Map<String, Tensor> tensors) {
        put(tensors, fitted.field(), "fill", fitted.fill());
        put(tensors, fitted.field(), "mean", fitted.mean());
        put(tensors, fitted.field(), "deviation", fitted.deviation());
    }

    private static void put(Map<String, Tensor> tensors, String field, String what, float @Nullable [] values) {
        if (values != null) {
            tensors.put("data/" + field + "/" + what, Tensor.of(values.clone(), values.length));
        }
    }

    /// The file that a path means: of a training's folder the best model, or its last state where nothing told which is best.
    public static Path file(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        Path best = path.resolve("best.safetensors");
        return Files.exists(best) ? best : path.resolve("last.safetensors");
    }

    /// What was learnt from: fields, names of classes, vocabularies. Null where the training had no data.
    ///
    /// @throws JsonException where the checkpoint is damaged
    public static @Nullable DataHeader data(Checkpoint checkpoint) {
        return checkpoint.metadata().containsKey("data") ? DataHeader.fromJson(checkpoint.json("data")) : null;
    }

    /// What was taken from a field's training data, for later examples of it; null where nothing was. A model that is
    /// asked about new examples fills and standardises them by this.
    public static @Nullable Fitted fitted(Checkpoint checkpoint, String field) {
        float[] fill = numbers(checkpoint, field, "fill");
        float[] mean = numbers(checkpoint, field, "mean");
        float[] deviation = numbers(checkpoint, field, "deviation");
        return fill == null && mean == null ? null : new Fitted(field, fill, mean, deviation);
    }

    /// The hyper-parameters that a model of this name had in the training, as a program writes them: where there were
    /// several, those of the first by name. None where the checkpoint does not tell.
    public static Map<String, String> hyperparameters(Checkpoint checkpoint, String model) {
        if (!checkpoint.metadata().containsKey("models")) {
            return Map.of();
        }
        for (Json trained : new TreeMap<>(checkpoint.json("models").members()).values()) {
            if (trained.get("model").text().equals(model)) {
                var texts = new LinkedHashMap<String, String>();
                trained.get("hyperparameters").members().forEach((name, text) -> texts.put(name, text.text()));
                return texts;
            }
        }
        return Map.of();
    }

    private static float @Nullable [] numbers(Checkpoint checkpoint, String field, String what) {
        Tensor tensor = checkpoint.tensors().get("data/" + field + "/" + what);
        return tensor == null ? null : tensor.floats();
    }

    /// Puts a saved state into place, or says why it is another training's.
    static void restore(
            String file,
            Checkpoint saved,
            TrainingPlan plan,
            Memory memory,
            BoundLoop step,
            TrainingState state) {
        if (!FORMAT.equals(saved.metadata().get("format")) || !saved.metadata().containsKey("state")) {
            throw TrainErrors.notResumable(file, saved.metadata().containsKey("metrics"));
        }
        String train = saved.metadata().getOrDefault("train", "");
        if (!train.equals(plan.name())) {
            throw TrainErrors.otherTrain(file, train, plan.name());
        }
        checkVariables(file, saved, memory);
        try {
            checkHyperparameters(file, saved, plan);
            String examples = saved.metadata().getOrDefault("examples", "");
            if (!examples.equals(Integer.toString(step.examples()))) {
                throw TrainErrors.otherData(file, examples, step.examples());
            }
            if (!step.fingerprint().equals(saved.metadata().get("fingerprint"))) {
                throw TrainErrors.otherContents(file, step.examples());
            }
            state.restore(saved.json("state"));
            step.restore(state.epoch, (int) Math.min(state.consumed, Math.max(0, step.examples())));
            step.tally().restore(saved.json("tally"));
        } catch (JsonException | IllegalArgumentException e) {
            throw TrainErrors.damagedState(file, e);
        }
        for (Variable variable : memory.variables()) {
            Tensor tensor = saved.tensors().get(variable.name());
            if (tensor != null) {
                set(memory, variable.name(), tensor);
            }
        }
    }

    /// Gives parameters and states the values that those of the same name have in a checkpoint, of whatever training.
    /// Others keep theirs; optimizers begin anew.
    static void adopt(String file, Checkpoint saved, Memory memory) {
        var different = new ArrayList<String>();
        var adopted = new ArrayList<Variable>();
        for (Variable variable : memory.variables()) {
            Tensor tensor = saved.tensors().get(variable.name());
            if (tensor != null && variable.segment() != Segment.SLOTS) {
                adopted.add(variable);
                difference(variable, tensor, different);
            }
        }
        if (adopted.isEmpty() || !different.isEmpty()) {
            throw TrainErrors.nothingToAdopt(file, different);
        }
        for (Variable variable : adopted) {
            set(memory, variable.name(), Objects.requireNonNull(saved.tensors().get(variable.name())));
        }
    }

    /// Refuses the checkpoint of something else than this training.
    static void checkTrain(String file, Checkpoint saved, TrainingPlan plan) {
        String train = saved.metadata().get("train");
        if (!FORMAT.equals(saved.metadata().get("format")) || train == null) {
            throw TrainErrors.noTraining(file);
        }
        if (!train.equals(plan.name())) {
            throw TrainErrors.judgedByAnother(file, train, plan.name());
        }
    }

    /// Refuses data whose numbers mean something else than those of the training did.
    ///
    /// @param loop for messages
    static void checkMeaning(String file, Checkpoint saved, String loop, @Nullable Dataset judged) {
        DataHeader learnt = data(saved);
        if (learnt == null || judged == null) {
            return;
        }
        for (DataHeader.Field field : judged.header().fields()) {
            DataHeader.Field before = learnt.field(field.name());
            if (before == null) {
                continue;
            }
            if (!before.names().equals(field.names()) || !before.columns().equals(field.columns())) {
                throw TrainErrors.otherNames(file, loop, field.name(), before, field);
            }
            Fitted then = fitted(saved, field.name());
            Fitted now = judged.fitted().stream().filter(fitted -> fitted.field().equals(field.name())).findFirst()
                    .orElse(null);
            if (!Objects.equals(then, now)) {
                throw TrainErrors.otherNumbers(file, loop, field.name());
            }
        }
    }

    /// Gives parameters and states the values they have in a checkpoint of this training, which must have all of them.
    /// Optimizers begin anew.
    ///
    /// @param without states that it need not have
    static void load(String file, Checkpoint saved, Memory memory, Set<String> without) {
        var missing = new ArrayList<String>();
        var different = new ArrayList<String>();
        for (Variable variable : memory.variables()) {
            Tensor tensor = saved.tensors().get(variable.name());
            if (variable.segment() == Segment.SLOTS || without.contains(variable.name())) {
                continue;
            }
            if (tensor == null) {
                missing.add(variable.name());
            } else {
                difference(variable, tensor, different);
            }
        }
        if (!missing.isEmpty() || !different.isEmpty()) {
            throw TrainErrors.otherModel(file, missing, List.of(), different, TrainErrors.AS_IT_IS);
        }
        adopt(file, saved, memory);
    }

    /// The epoch after which it was kept, from 1.
    static int epoch(String file, Checkpoint saved) {
        return (int) Math.max(1, counter(file, saved, "epoch"));
    }

    /// How many steps were done when it was kept.
    static long step(String file, Checkpoint saved) {
        return counter(file, saved, "step");
    }

    private static long counter(String file, Checkpoint saved, String name) {
        try {
            if (saved.metadata().containsKey("metrics")) {
                return saved.json("metrics").get(name).whole();
            }
            long state = saved.metadata().containsKey("state") ? saved.json("state").get(name).whole() : 0;
            // A state tells the epoch at hand, of which nothing may be done.
            return name.equals("epoch") ? state - 1 : state;
        } catch (JsonException e) {
            throw TrainErrors.damagedState(file, e);
        }
    }

    private static void set(Memory memory, String name, Tensor tensor) {
        if (tensor.dtype().isFloat()) {
            memory.set(name, tensor.floats());
        } else {
            memory.set(name, tensor.ints());
        }
    }

    private static void difference(Variable variable, Tensor tensor, List<String> different) {
        List<Integer> shape = Arrays.stream(tensor.shape()).boxed().toList();
        if (!shape.equals(variable.shape()) || tensor.dtype() != variable.dtype()) {
            different.add(variable.name() + " (" + tensor.dtype() + shape + " there, " + variable.dtype()
                    + variable.shape() + " here)");
        }
    }

    private static void checkVariables(String file, Checkpoint saved, Memory memory) {
        var missing = new ArrayList<String>();
        var different = new ArrayList<String>();
        for (Variable variable : memory.variables()) {
            Tensor tensor = saved.tensors().get(variable.name());
            if (tensor == null) {
                missing.add(variable.name());
            } else {
                difference(variable, tensor, different);
            }
        }
        var extra = new ArrayList<String>();
        for (String name : saved.tensors().keySet()) {
            if (!name.startsWith("data/") && memory.find(name) == null) {
                extra.add(name);
            }
        }
        if (!missing.isEmpty() || !extra.isEmpty() || !different.isEmpty()) {
            throw TrainErrors.otherModel(file, missing, extra, different,
                    TrainErrors.AS_IT_IS + ", or train without `--resume`");
        }
    }

    /// All must be the same, but a run may become longer.
    private static void checkHyperparameters(String file, Checkpoint saved, TrainingPlan plan) {
        Map<String, Json> there = saved.json("hyperparameters").members();
        Map<String, Json> here = Json.of(plan.hyperparameters()).members();
        var differences = new ArrayList<String>();
        here.forEach((name, value) -> {
            Json old = there.get(name);
            if (!name.equals("epochs") && !name.equals("steps") && !value.equals(old)) {
                differences.add("`" + name + "` was " + (old == null ? "absent" : old) + " and is " + value);
            }
        });
        there.forEach((name, old) -> {
            if (!here.containsKey(name)) {
                differences.add("`" + name + "` was " + old + " and is absent");
            }
        });
        differ(saved, "seed", Long.toString(plan.seed()), differences, here);
        differ(saved, "batch", Integer.toString(plan.batch()), differences, here);
        if (!differences.isEmpty()) {
            throw TrainErrors.otherHyperparameters(file, differences);
        }
    }

    private static void differ(
            Checkpoint saved, String name, String value, List<String> differences, Map<String, Json> here) {
        String old = saved.metadata().getOrDefault(name, "");
        if (!here.containsKey(name) && !value.equals(old)) {
            differences.add("`" + name + "` was " + old + " and is " + value);
        }
    }
}
