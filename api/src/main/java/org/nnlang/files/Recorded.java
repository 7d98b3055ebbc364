package org.nnlang.files;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nnlang.compiler.lower.Hyperparameter;
import org.nnlang.compiler.lower.ModelUse;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// A checkpoint, and what it says about the model in it.
///
/// @param file the checkpoint's
public record Recorded(Path file, Checkpoint checkpoint) {
    private static final String DATA = "Data";

    /// Reads the file that a path means: of a training's folder the best model, or the last where there is no measure.
    public static Recorded at(Path path) {
        Path file = TrainingCheckpoint.file(path);
        return new Recorded(file, Checkpoint.read(file));
    }

    /// The hyper-parameters that a training had, as a program writes them: those that `train` still declares, and `batch` and
    /// `seed`. Not how long it ran, and not its data, whose paths mean something else elsewhere.
    public Map<String, String> hyperparameters(Declaration.Train train) {
        var settings = new LinkedHashMap<String, String>();
        for (String known : List.of("batch", "seed")) {
            String value = checkpoint.metadata().get(known);
            if (value != null) {
                settings.put(known, value);
            }
        }
        Map<String, Json> recorded = recordedValues();
        for (Parameter parameter : train.hyperparameters()) {
            String name = parameter.name().text();
            Json value = recorded.get(name);
            String type = parameter.type() == null ? "" : parameter.type().span().text();
            if (value != null && !type.equals(DATA) && !name.equals("epochs") && !name.equals("steps")) {
                settings.put(name, text(value, type));
            }
        }
        return settings;
    }

    /// Refuses data that are not those of the training, where nobody asked for others.
    ///
    /// @param set the hyper-parameters that the caller gives, whatever they were
    /// @throws NnException NN0806
    public void checkData(TrainingProgram training, Set<String> set) {
        Map<String, Json> recorded = recordedValues();
        for (Hyperparameter hyperparameter : training.hyperparameters()) {
            String name = hyperparameter.name();
            Json before = recorded.get(name);
            if (hyperparameter.type().equals(DATA) && !set.contains(name) && before != null
                    && !before.text().equals(hyperparameter.text())) {
                throw new NnException(
                        "NN0806",
                        "`" + file + "` was trained with `" + name + "` as `" + before.text()
                                + "`, and the program has `" + hyperparameter.text() + "`",
                        "say which data to judge by: `--set '" + name + "=…'`, in Java `.data(\"" + name + "\", …)`");
            }
        }
    }

    private Map<String, Json> recordedValues() {
        return checkpoint.metadata().containsKey("hyperparameters")
                ? checkpoint.json("hyperparameters").members()
                : Map.of();
    }

    /// A value as the language writes it. What is a text there and no String is an expression.
    private static String text(Json value, String type) {
        return switch (value) {
            case Json.Text(String text) when !type.equals("String") -> text;
            case Json.Array(List<Json> items) ->
                items.stream().map(item -> text(item, "String")).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString().replace("$", "\\$");
        };
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
