package org.nnlang.runtime.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.data.Framing;
import org.nnlang.runtime.data.Vocabulary;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// What the data that a model learnt from tell whoever asks it: how a text becomes an input, and what the classes of an output are called.
///
/// An input of tokens, i32\[b, length\], stands for the field of its name, or else for the first field of texts that no other input stands for.
public final class Learnt {
    private final Image model;
    private final @Nullable DataHeader data;
    private final Map<String, Field> texts = new LinkedHashMap<>();

    private Learnt(Image model, @Nullable DataHeader data) {
        this.model = model;
        this.data = data;
        if (data == null) {
            return;
        }
        List<Port> tokens = model.inputs().stream()
                .filter(port -> port.dtype() == DType.I32 && port.shape().size() == 2).toList();
        var left = new ArrayList<>(data.fields());
        left.removeIf(field -> model.inputs().stream().anyMatch(port -> port.name().equals(field.name())));
        left.removeIf(field -> !isText(field));
        for (Port port : tokens) {
            Field named = data.field(port.name());
            if (named == null && !left.isEmpty()) {
                texts.put(port.name(), left.removeFirst());
            } else if (named != null && isText(named)) {
                texts.put(port.name(), named);
            }
        }
    }

    /// What a checkpoint tells about the data of its training: nothing where it has none.
    public static Learnt of(Image model, Checkpoint checkpoint) {
        return new Learnt(model, TrainingCheckpoint.data(checkpoint));
    }

    static Learnt nothing(Image model) {
        return new Learnt(model, null);
    }

    private static boolean isText(Field field) {
        return field.vocabulary() != null && field.shape().size() == 1;
    }

    /// The field of texts that an input stands for, or null where it stands for none.
    public @Nullable Field text(String input) {
        return texts.get(input);
    }

    /// The tokens of a text, as the training made them: cut, framed and filled up as its texts were, a batch of one.
    ///
    /// @throws org.nnlang.runtime.NnException NN0825 where the input did not stand for texts, NN0716 for a character that the vocabulary lacks, where
    ///     it has no token for what is unknown, NN0855 for a text that the model cannot take
    Tensor encode(String input, String text) {
        Field field = texts.get(input);
        Vocabulary vocabulary = field == null ? null : field.vocabulary();
        if (vocabulary == null) {
            throw noText(input);
        }
        int[] tokens = framed(input, vocabulary.encode(text));
        return Tensor.of(tokens, 1, tokens.length);
    }

    /// What to throw where a text is given for an input that stands for none.
    public NnException noText(String input) {
        List<String> names = model.inputs().stream().map(Port::name).toList();
        return names.contains(input)
                ? ModelErrors.noText(model.name(), input, Model.type(model, model.inputs().get(names.indexOf(input))))
                : ModelErrors.unknownInput(model.name(), input, names);
    }

    /// What becomes of the tokens of a text for an input that [stands for texts][#text].
    ///
    /// @throws org.nnlang.runtime.NnException NN0855 where none are left or the model takes so many others, NN0825 where the checkpoint does not
    ///     tell what became of the training's
    public int[] framed(String input, int[] tokens) {
        Field field = texts.get(input);
        Framing framing = field == null ? null : field.framing();
        if (framing == null) {
            throw ModelErrors.noFraming(model.name(), input);
        }
        int[] framed = framing.apply(tokens);
        if (framed.length == 0) {
            throw ModelErrors.noTokens(model.name(), input);
        }
        long length = length(input);
        if (length < 0 || framed.length == length) {
            return framed;
        }
        Vocabulary vocabulary = field == null ? null : field.vocabulary();
        if (framed.length > length || vocabulary == null || !vocabulary.hasSpecials()) {
            throw ModelErrors.wrongLength(model.name(), input, framed.length, length);
        }
        // As a batch is filled up to its longest text.
        return Arrays.copyOf(framed, (int) length);
    }

    /// How many tokens an input takes, or -1 where that is open.
    private long length(String input) {
        for (Port port : model.inputs()) {
            if (port.name().equals(input)) {
                return constant(port.shape().get(1));
            }
        }
        return -1;
    }

    private long constant(int index) {
        Extent extent = model.extents().get(index);
        return extent.terms().stream().allMatch(term -> term.symbols().isEmpty())
                ? extent.evaluate(new long[model.symbols().size()])
                : -1;
    }

    /// The field that an output tells of: of scores the one with as many names as their last axis has elements, of whole numbers the only one with
    /// names; fields that no input stands for come first. Null where there is none.
    public @Nullable Field classes(String output) {
        if (data == null) {
            return null;
        }
        Set<String> given = new HashSet<>(model.inputs().stream().map(Port::name).toList());
        texts.values().forEach(field -> given.add(field.name()));
        for (Port port : model.outputs()) {
            if (port.name().equals(output) && port.dtype().isFloat() && !port.shape().isEmpty()) {
                long count = constant(port.shape().getLast());
                Stream<Field> named = data.fields().stream().filter(field -> field.names().size() == count);
                List<Field> found = named.filter(field -> count > 0).toList();
                return found.stream().filter(field -> !given.contains(field.name())).findFirst()
                        .orElse(found.isEmpty() ? null : found.getFirst());
            }
            if (port.name().equals(output)) {
                List<Field> found = data.fields().stream()
                        .filter(field -> !field.names().isEmpty() && !given.contains(field.name())).toList();
                return found.size() == 1 ? found.getFirst() : null;
            }
        }
        return null;
    }
}
