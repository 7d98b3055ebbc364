package org.nnlang.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Framing;
import org.nnlang.runtime.data.Predictions;
import org.nnlang.runtime.data.Vocabulary;
import org.nnlang.runtime.model.Learnt;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.tensor.Tensor;

/// What a model says of examples, and how it is written.
final class Answers {
    /// How many texts of one length are computed at once.
    private static final int BATCH = 64;

    private final String model;
    private final Learnt learnt;
    private final List<Batch> batches = new ArrayList<>();

    /// Examples that were computed together: where they stand among all, and the outputs, whose first axis counts them.
    private record Batch(int[] places, Map<String, Tensor> outputs) {}

    private Answers(Model model, Learnt learnt) {
        this.model = model.name();
        this.learnt = learnt;
    }

    /// Asks a model. Examples with texts are computed with others of the same lengths alone, so that nothing is filled up: what it says of a text
    /// depends on no other.
    static Answers of(Model model, Learnt learnt, Map<String, ExampleInput> inputs, long seed) {
        var answers = new Answers(model, learnt);
        if (inputs.values().stream().allMatch(ExampleInput.Numbers.class::isInstance)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            inputs.forEach((name, input) -> tensors.put(name, input.all()));
            answers.batches.add(new Batch(new int[0], model.predict(tensors, seed)));
            return answers;
        }
        for (int[] places : batches(inputs)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            inputs.forEach((name, input) -> tensors.put(name, input.some(places)));
            Map<String, Tensor> outputs = model.predict(tensors, seed);
            outputs.forEach((name, output) -> {
                if (output.rank() == 0 || output.dim(0) != places.length) {
                    throw new NnException(
                            "NN0855",
                            "the output `" + name + "` of `" + model.name() + "` does not tell examples apart",
                            "texts are asked about in batches, so the first axis of each output counts them");
                }
            });
            answers.batches.add(new Batch(places, outputs));
        }
        return answers;
    }

    /// Examples of the same lengths, at most [#BATCH] of them together, the shortest first.
    private static List<int[]> batches(Map<String, ExampleInput> inputs) {
        int count = inputs.values().iterator().next().count();
        Map<List<Integer>, List<Integer>> alike = new TreeMap<>((a, b) -> Arrays.compare(
                a.toArray(Integer[]::new), b.toArray(Integer[]::new)));
        for (int example = 0; example < count; example++) {
            var lengths = new ArrayList<Integer>();
            for (ExampleInput input : inputs.values()) {
                lengths.add(input.length(example));
            }
            alike.computeIfAbsent(lengths, _ -> new ArrayList<>()).add(example);
        }
        var batches = new ArrayList<int[]>();
        for (List<Integer> places : alike.values()) {
            for (int from = 0; from < places.size(); from += BATCH) {
                batches.add(places.subList(from, Math.min(places.size(), from + BATCH)).stream()
                        .mapToInt(Integer::intValue).toArray());
            }
        }
        return batches;
    }

    /// The outputs as they are.
    Predictions numbers() {
        var predictions = new Predictions.Builder();
        outputs().forEach(output -> add(predictions, output, tensors(output), List.of()));
        return predictions.build();
    }

    /// The classes of the largest scores along the last axis, by their names where the training data had names; tokens as the text that they make. An
    /// output of whole numbers tells classes or tokens itself.
    Predictions classes() {
        var predictions = new Predictions.Builder();
        for (String output : outputs()) {
            String column = outputs().size() == 1 ? "class" : output;
            List<Tensor> tensors = tensors(output).stream().map(Answers::largest).toList();
            DataHeader.Field field = learnt.classes(output);
            Vocabulary vocabulary = field == null ? null : field.vocabulary();
            if (field != null && vocabulary != null && tensors.stream().allMatch(tensor -> tensor.rank() == 2)) {
                predictions.texts(column, each(tensors).stream().map(tokens -> text(field, tokens.ints())).toList());
            } else {
                add(predictions, column, tensors, field == null ? List.of() : field.names());
            }
        }
        return predictions.build();
    }

    /// The text that tokens make: up to its end where the training's had one, else as many as there are.
    private static String text(DataHeader.Field field, int[] tokens) {
        Vocabulary vocabulary = Objects.requireNonNull(field.vocabulary());
        Framing framing = field.framing();
        if (framing == null || framing.framed()) {
            return vocabulary.decode(tokens);
        }
        var names = new ArrayList<String>();
        for (int token : tokens) {
            names.add(vocabulary.tokens().get(token));
        }
        return String.join(vocabulary.kind() == Vocabulary.Kind.WORDS ? " " : "", names);
    }

    private List<String> outputs() {
        return batches.isEmpty() ? List.of() : List.copyOf(batches.getFirst().outputs().keySet());
    }

    /// An output, batch by batch.
    private List<Tensor> tensors(String output) {
        return batches.stream().map(batch -> Objects.requireNonNull(batch.outputs().get(output))).toList();
    }

    private void add(Predictions.Builder predictions, String column, List<Tensor> tensors, List<String> names) {
        if (batches.getFirst().places().length == 0) {
            if (tensors.getFirst().rank() == 0) {
                throw new NnException(
                        "NN0855",
                        "the output `" + column + "` of `" + model + "` does not tell examples apart",
                        "the first axis of an output counts them");
            }
            predictions.tensor(column, tensors.getFirst(), names);
        } else {
            predictions.tensors(column, each(tensors), names);
        }
    }

    /// The tensors of examples, in their order.
    private List<Tensor> each(List<Tensor> tensors) {
        int count = 0;
        for (Tensor tensor : tensors) {
            count += tensor.dim(0);
        }
        @Nullable
        Tensor[] each = new Tensor[count];
        int next = 0;
        for (int b = 0; b < tensors.size(); b++) {
            Tensor tensor = tensors.get(b);
            int[] places = batches.get(b).places();
            int size = tensor.dim(0) == 0 ? 0 : tensor.size() / tensor.dim(0);
            int[] shape = Arrays.copyOfRange(tensor.shape(), 1, tensor.rank());
            for (int i = 0; i < tensor.dim(0); i++) {
                each[places.length == 0 ? next++ : places[i]] = tensor.dtype().isFloat()
                        ? Tensor.of(Arrays.copyOfRange(tensor.floats(), i * size, (i + 1) * size), shape)
                        : Tensor.of(
                                tensor.dtype(), Arrays.copyOfRange(tensor.ints(), i * size, (i + 1) * size), shape);
            }
        }
        return Arrays.stream(each).map(Objects::requireNonNull).toList();
    }

    /// The indices of the largest elements along the last axis; whole numbers are such indices.
    private static Tensor largest(Tensor scores) {
        if (!scores.dtype().isFloat() || scores.rank() == 0) {
            return scores;
        }
        int[] shape = Arrays.copyOf(scores.shape(), Math.max(1, scores.rank() - 1));
        int width = scores.rank() == 1 ? 1 : scores.dim(scores.rank() - 1);
        int[] largest = new int[width == 0 ? 0 : scores.size() / width];
        for (int place = 0; place < largest.length; place++) {
            for (int i = 1; i < width; i++) {
                if (scores.get(place * width + i) > scores.get(place * width + largest[place])) {
                    largest[place] = i;
                }
            }
        }
        return Tensor.of(largest, shape);
    }
}
