package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.data.Framing;
import org.nnlang.runtime.data.TextExamples;
import org.nnlang.runtime.data.Vocabulary;
import org.nnlang.runtime.model.Learnt;
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
    private final @Nullable DataHeader data;
    private final Learnt learnt;

    /// @param name what the model is called
    /// @param model the image of its program
    /// @param checkpoint what the model's weights come from
    Examples(String name, Image model, Checkpoint checkpoint) {
        this.name = name;
        this.model = model;
        this.checkpoint = checkpoint;
        this.data = TrainingCheckpoint.data(checkpoint);
        this.learnt = Learnt.of(model, checkpoint);
    }

    /// What the model's training data tell.
    Learnt learnt() {
        return learnt;
    }

    /// Reads the inputs.
    ///
    /// @param files `PATH`, or `NAME=PATH` for a model of several inputs
    /// @param texts `TEXT`, or `NAME=TEXT` for a model of several inputs
    /// @throws NnException where a file is missing, malformed, or of another shape than the model's input
    Map<String, ExampleInput> read(List<String> files, List<String> texts) throws IOException {
        Map<String, ExampleInput> inputs = new LinkedHashMap<>();
        for (String file : files) {
            int equals = file.indexOf('=');
            Port port = port("--input", equals < 0 ? "" : file.substring(0, equals), file, "PATH");
            once(inputs, port, read(port, equals < 0 ? file : file.substring(equals + 1)));
        }
        given(texts).forEach((port, some) -> once(inputs, port, tokens(port, TextExamples.of("--text", some))));
        for (Port port : model.inputs()) {
            if (!inputs.containsKey(port.name())) {
                String named = model.inputs().size() == 1 ? "" : port.name() + "=";
                throw new NnException(
                        "NN0820",
                        "`" + name + "` needs its input `" + port.name() + "`",
                        learnt.text(port.name()) == null
                                ? "give its examples, .csv or .npy: `--input " + named + "PATH`"
                                : "give a text, `--text \"" + named
                                        + "…\"`, or a file with a text on each line, `--input "
                                        + named + "PATH`");
            }
        }
        if (inputs.values().stream().anyMatch(ExampleInput.Tokens.class::isInstance)) {
            requireEqualCounts(inputs);
        }
        return inputs;
    }

    private static void once(Map<String, ExampleInput> inputs, Port port, ExampleInput read) {
        if (inputs.put(port.name(), read) != null) {
            throw new NnException(
                    "NN0854",
                    "the input `" + port.name() + "` is given twice",
                    "put all examples into one file; `--text` may be repeated, but does not go with `--input`");
        }
    }

    private void requireEqualCounts(Map<String, ExampleInput> inputs) {
        String first = model.inputs().getFirst().name();
        int expected = Objects.requireNonNull(inputs.get(first)).count();
        inputs.forEach((input, examples) -> {
            if (examples.count() != expected) {
                throw new NnException(
                        "NN0855",
                        "`" + first + "` of `" + name + "` has " + expected + " examples, and `" + input + "` has "
                                + examples.count(),
                        "example by example they belong together");
            }
        });
    }

    /// The texts of each input. For a model of one input a text is all that is given: it may hold `=`.
    private Map<Port, List<String>> given(List<String> texts) {
        boolean one = model.inputs().size() == 1;
        Map<Port, List<String>> given = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = one ? -1 : text.indexOf('=');
            Port port = port("--text", equals < 0 ? "" : text.substring(0, equals), text, "TEXT");
            given.computeIfAbsent(port, _ -> new ArrayList<>()).add(text.substring(equals + 1));
        }
        return given;
    }

    private ExampleInput.Tokens tokens(Port port, TextExamples texts) {
        DataHeader.Field field = learnt.text(port.name());
        Vocabulary vocabulary = field == null ? null : field.vocabulary();
        if (field == null || vocabulary == null) {
            throw learnt.noText(port.name());
        }
        Framing framing = field.framing();
        var read = new ArrayList<int[]>();
        int cut = 0;
        long all = 0;
        long unknown = 0;
        for (int example = 0; example < texts.count(); example++) {
            int[] tokens = texts.tokens(example, vocabulary);
            all += tokens.length;
            unknown += TextExamples.unknown(tokens, vocabulary);
            cut += framing != null && framing.cuts(tokens.length) ? 1 : 0;
            try {
                read.add(learnt.framed(port.name(), tokens));
            } catch (NnException e) {
                if (!e.code().equals("NN0855")) {
                    throw e;
                }
                throw new NnException(e.code(), texts.place(example) + ": " + e.getMessage(), e.help(), e);
            }
        }
        if (cut > 0 && framing != null) {
            System.err.println("nn: " + cut + " of " + texts.count() + (texts.count() == 1 ? " text is" : " texts are")
                    + " cut to " + framing.most() + " tokens, as in training");
        }
        if (2 * unknown > all) {
            System.err.println("nn: " + unknown + " of " + all + " tokens are unknown to `" + name
                    + "`: the texts that it learnt from had no such " + vocabulary.kind().spelling());
        }
        return new ExampleInput.Tokens(read);
    }

    private Port port(String option, String input, String given, String label) {
        List<Port> inputs = model.inputs();
        if (input.isEmpty() && inputs.size() == 1) {
            return inputs.getFirst();
        }
        return inputs.stream().filter(port -> port.name().equals(input)).findFirst().orElseThrow(() -> new NnException(
                "NN0854",
                "`" + option + " " + given + "` does not say which input of `" + name + "` it is for",
                "write " + inputs.stream().map(port -> "`" + option + " " + port.name() + "=" + label + "`")
                        .collect(Collectors.joining(", "))));
    }

    private ExampleInput read(Port port, String file) throws IOException {
        DataHeader.Field text = learnt.text(port.name());
        if (text != null && file.equals("-")) {
            return tokens(port, TextExamples.lines(System.in.readAllBytes()));
        }
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            throw new NnException("NN0701", "there is no file `" + path + "`", FileSources.whereToLook(path));
        }
        return text != null && !file.endsWith(".npy")
                ? tokens(port, TextExamples.read(path, port.name(), text))
                : new ExampleInput.Numbers(numbers(port, path));
    }

    private Tensor numbers(Port port, Path path) {
        Dataset data = open(port, path);
        DataHeader.Field field = data.header().fields().getFirst();
        // A table has rows of numbers; an array has a shape, which tells what the model leaves open.
        boolean shaped =
                path.toString().endsWith(".npy") && field.shape().size() == port.shape().size() - 1 && open(port);
        int size = shaped ? field.size() : elements(port);
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
        int[] shape = shaped
                ? IntStream.concat(
                        IntStream.of(data.count()), field.shape().stream().mapToInt(Integer::intValue)).toArray()
                : shape(port, data.count());
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
        DataHeader.Field field = learntAs(port, elements(port));
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
    private DataHeader.@Nullable Field learntAs(Port port, int size) {
        if (data == null) {
            return null;
        }
        DataHeader.Field named = data.field(port.name());
        if (named != null) {
            return named;
        }
        List<DataHeader.Field> alike = data.fields().stream().filter(field -> field.size() == size).toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    private @Nullable Fitted fitted(Port port, int size) {
        DataHeader.Field field = learntAs(port, size);
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

    /// Whether an example may be of any size.
    private boolean open(Port port) {
        return port.shape().stream().skip(1).anyMatch(extent -> isOpen(model.extents().get(extent)));
    }

    private static boolean isOpen(Extent extent) {
        return extent.terms().stream().anyMatch(term -> !term.symbols().isEmpty());
    }

    /// The shape for `count` examples: the first dimension counts them, the others must be known.
    private int[] shape(Port port, int count) {
        int[] shape = new int[port.shape().size()];
        long[] symbols = new long[model.symbols().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            Extent extent = model.extents().get(port.shape().get(axis));
            if (axis == 0) {
                shape[axis] = count;
            } else if (isOpen(extent)) {
                throw new NnException(
                        "NN0855",
                        "the size " + extent.toString(model.symbols()) + " of `" + port.name() + "` is not known",
                        "an .npy file tells it by its shape; or close it with a model whose inputs have fixed sizes but the first");
            } else {
                shape[axis] = Math.toIntExact(extent.evaluate(symbols));
            }
        }
        return shape;
    }
}
