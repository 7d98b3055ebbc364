package org.nnlang.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// New examples for a model, from files, treated as its training data were.
final class Examples {
    /// Up to here a float holds every whole number.
    private static final float EXACT = 1 << 24;

    private final String name;
    private final Image model;
    private final Checkpoint checkpoint;
    private final @Nullable DataHeader learnt;

    /// @param name what the model is called
    /// @param model the image of its program
    /// @param checkpoint what the model's weights come from
    Examples(String name, Image model, Checkpoint checkpoint) {
        this.name = name;
        this.model = model;
        this.checkpoint = checkpoint;
        this.learnt = TrainingCheckpoint.data(checkpoint);
    }

    /// The names of the classes, where the training data had `count` of them, else none.
    List<String> classes(int count) {
        if (learnt == null) {
            return List.of();
        }
        return learnt.fields().stream().map(DataHeader.Field::names).filter(names -> names.size() == count).findFirst()
                .orElse(List.of());
    }

    /// Reads the inputs.
    ///
    /// @param files `PATH`, or `NAME=PATH` for a model of several inputs
    /// @throws NnException where a file is missing, malformed, or of another shape than the model's input
    Map<String, Tensor> read(List<String> files) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (String file : files) {
            int equals = file.indexOf('=');
            Port port = port(equals < 0 ? "" : file.substring(0, equals), file);
            inputs.put(port.name(), read(port, Path.of(equals < 0 ? file : file.substring(equals + 1))));
        }
        for (Port port : model.inputs()) {
            if (!inputs.containsKey(port.name())) {
                throw new NnException(
                        "NN0820",
                        "`" + name + "` needs its input `" + port.name() + "`",
                        "give its examples, .csv or .npy: `--input "
                                + (model.inputs().size() == 1 ? "" : port.name() + "=") + "PATH`");
            }
        }
        return inputs;
    }

    private Port port(String input, String file) {
        List<Port> inputs = model.inputs();
        if (input.isEmpty() && inputs.size() == 1) {
            return inputs.getFirst();
        }
        return inputs.stream().filter(port -> port.name().equals(input)).findFirst().orElseThrow(() -> new NnException(
                "NN0854",
                "`--input " + file + "` does not say which input of `" + name + "` it is for",
                "write " + inputs.stream().map(port -> "`--input " + port.name() + "=PATH`")
                        .collect(Collectors.joining(", "))));
    }

    private Tensor read(Port port, Path path) {
        if (!Files.exists(path)) {
            throw new NnException("NN0701", "there is no file `" + path + "`", FileSources.whereToLook(path));
        }
        Dataset data = open(port, path);
        DataHeader.Field field = data.header().fields().getFirst();
        int size = elements(port);
        if (field.size() != size) {
            throw new NnException(
                    "NN0855",
                    "an example in `" + path + "` has " + field.size() + " numbers, and `" + port.name() + "` of `"
                            + name + "` takes " + size,
                    field.columns().isEmpty()
                            ? "give examples of the shape the model was trained on"
                            : "its columns are " + String.join(", ", field.columns().stream().limit(12).toList())
                                    + (field.columns().size() > 12 ? ", …" : ""));
        }
        int[] shape = shape(port, data.count());
        if (port.dtype() != DType.F32) {
            int[] values = new int[data.count() * size];
            for (int example = 0; example < data.count(); example++) {
                if (field.type().isFloat()) {
                    wholeNumbers(port, path, data, example, values, size);
                } else {
                    data.read(example, 0, values, example * size);
                }
            }
            return Tensor.of(port.dtype(), values, shape);
        }
        float[] values = new float[data.count() * size];
        Fitted fitted = fitted(port, size);
        for (int example = 0; example < data.count(); example++) {
            data.read(example, 0, values, example * size);
            if (fitted != null) {
                fitted.apply(values, example * size);
            }
        }
        return Tensor.of(values, shape);
    }

    private Dataset open(Port port, Path path) {
        try {
            return new DataSources(Path.of("")).open(source(port, path));
        } catch (NnException e) {
            if (!e.code().equals("NN0708")) {
                throw e;
            }
            // What the reader advises is an argument that only a program can give.
            throw new NnException(
                    e.code(),
                    String.valueOf(e.getMessage()),
                    "write a value there, or leave the row out: a model has no answer to a gap, unless it learnt with `missing ="
                            + " \"mean\"`",
                    e);
        }
    }

    /// Reads an example of a table, whose numbers are floats, as integers.
    private void wholeNumbers(Port port, Path path, Dataset data, int example, int[] values, int size) {
        var numbers = new float[size];
        data.read(example, 0, numbers, 0);
        for (int i = 0; i < size; i++) {
            if (numbers[i] != Math.rint(numbers[i]) || Math.abs(numbers[i]) > EXACT) {
                throw new NnException(
                        "NN0855",
                        "example " + example + " in `" + path + "` has " + numbers[i] + ", and `" + port.name()
                                + "` of `"
                                + name + "` takes whole numbers",
                        "whole numbers of a table may have up to 16,777,216; an .npy file of integers has no such bound");
            }
            values[example * size + i] = (int) numbers[i];
        }
    }

    /// A table of the columns that were learnt from, if the file has them by name, else of all.
    private DataExpression source(Port port, Path path) {
        String file = path.toString();
        if (file.endsWith(".npy")) {
            return new DataExpression.Source("npy", Map.of(DataExpression.PATH, file));
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put(DataExpression.PATH, file);
        Fitted fitted = fitted(port, elements(port));
        if (fitted != null && fitted.fill() != null) {
            // A gap stays one until it is filled with what was learnt.
            arguments.put("missing", Double.NaN);
        }
        DataHeader.Field field = learntAs(port);
        if (field != null && !field.columns().isEmpty()) {
            Map<String, Object> named = new LinkedHashMap<>(arguments);
            named.put("features", List.copyOf(field.columns()));
            var source = new DataExpression.Source("csv", named);
            try {
                new DataSources(Path.of("")).header(source);
                return source;
            } catch (NnException e) {
                if (!e.code().equals("NN0709")) {
                    throw e;
                }
                if (field.columns().stream().anyMatch(column -> column.contains("="))) {
                    // Words can be found by name alone.
                    throw new NnException(
                            e.code(),
                            "`" + path + "` has not all columns that `" + name + "` learnt from",
                            "it learnt from " + String.join(", ", field.columns()),
                            e);
                }
                // The file does not have these columns by name.
            }
        }
        return new DataExpression.Source("csv", arguments);
    }

    /// The field of the training data that fed this input: the one of its name, or the only one of its size.
    private DataHeader.@Nullable Field learntAs(Port port) {
        if (learnt == null) {
            return null;
        }
        DataHeader.Field named = learnt.field(port.name());
        if (named != null) {
            return named;
        }
        int size = elements(port);
        List<DataHeader.Field> alike = learnt.fields().stream().filter(field -> field.size() == size).toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    private @Nullable Fitted fitted(Port port, int size) {
        DataHeader.Field field = learntAs(port);
        return field == null || field.size() != size ? null : TrainingCheckpoint.fitted(checkpoint, field.name());
    }

    /// How many numbers one example has.
    private int elements(Port port) {
        int size = 1;
        for (int extent : shape(port, 1)) {
            size *= extent;
        }
        return size;
    }

    /// The shape for `count` examples: the first dimension counts them, the others must be known.
    private int[] shape(Port port, int count) {
        int[] shape = new int[port.shape().size()];
        long[] symbols = new long[model.symbols().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            Extent extent = model.extents().get(port.shape().get(axis));
            if (axis == 0) {
                shape[axis] = count;
            } else if (extent.terms().stream().anyMatch(term -> !term.symbols().isEmpty())) {
                throw new NnException(
                        "NN0855",
                        "the size " + extent.toString(model.symbols()) + " of `" + port.name() + "` is not known",
                        "close it with a model whose inputs have fixed sizes but the first");
            } else {
                shape[axis] = Math.toIntExact(extent.evaluate(symbols));
            }
        }
        return shape;
    }
}
