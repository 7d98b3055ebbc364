package org.nnlang.runtime.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.tensor.Tensor;

/// What can be wrong with a model's inputs and weights.
final class ModelErrors {
    private ModelErrors() {}

    static NnException missingInput(String model, String name, Collection<String> given) {
        return new NnException(
                "NN0820",
                "`" + model + "` needs its input `" + name + "`",
                given.isEmpty()
                        ? "give it by its name: Map.of(\"" + name + "\", tensor)"
                        : "given are " + listed(given));
    }

    static NnException noText(String model, String name, String type) {
        return new NnException(
                "NN0825",
                "`" + name + "` of `" + model + "` is " + type + ", and nothing tells how a text becomes that",
                "a checkpoint of a training on `texts`, `pairs`, `chars` or `bpe` keeps the vocabulary for inputs of tokens,"
                        + " i32[b, length]");
    }

    static NnException noFraming(String model, String name) {
        return new NnException(
                "NN0825",
                "the checkpoint of `" + model + "` does not tell what became of the tokens of `" + name + "`",
                "an earlier nn wrote it: `nn train … --resume` writes it anew, with what it lacks");
    }

    static NnException noTokens(String model, String name) {
        return new NnException(
                "NN0855",
                "the text has no tokens, and `" + name + "` of `" + model
                        + "` learnt from texts of one at least",
                "leave empty texts out");
    }

    static NnException wrongLength(String model, String name, int tokens, long expected) {
        return new NnException(
                "NN0855",
                "the text has " + tokens + " tokens, and `" + name + "` of `" + model + "` takes " + expected,
                "a model that leaves the length open, `" + name + ": i32[b, length]`, takes texts of any length");
    }

    static NnException nullInput(String model, String name) {
        return new NnException(
                "NN0820",
                "the input `" + name + "` of `" + model + "` is null",
                "give a tensor; one of no examples has a size of 0");
    }

    static NnException unknownInput(String model, String name, Collection<String> inputs) {
        return new NnException(
                "NN0820",
                "`" + model + "` has no input `" + name + "`",
                Nearest.of(name, inputs).map(near -> "did you mean `" + near + "`?")
                        .orElse("it has " + listed(inputs)));
    }

    static NnException unknownOutput(String model, String name, Collection<String> outputs) {
        return new NnException(
                "NN0820",
                "`" + model + "` has no output `" + name + "`",
                Nearest.of(name, outputs).map(near -> "did you mean `" + near + "`?")
                        .orElse("it has " + listed(outputs)));
    }

    static NnException wrongInput(String model, String name, String expected, Tensor given) {
        return new NnException(
                "NN0821",
                "the input `" + name + "` of `" + model + "` is " + expected + ", and the tensor given is "
                        + type(given),
                "give a tensor of that type and shape; sizes that are names may be any, but the same wherever they stand");
    }

    static NnException wrongRank(String model, String name, String expected, int rank, Tensor given) {
        if (given.rank() != rank - 1) {
            return wrongInput(model, name, expected, given);
        }
        String sizes = Arrays.stream(given.shape()).mapToObj(size -> ", " + size).collect(Collectors.joining());
        return new NnException(
                "NN0821",
                "the input `" + name + "` of `" + model + "` is " + expected + ", and the tensor given is "
                        + type(given),
                "an axis is missing; a single example is a batch of one: Tensor.of(numbers, 1" + sizes + ")");
    }

    static NnException otherModel(String file, String model, String missing, @Nullable String nearest) {
        return new NnException(
                "NN0822",
                "`" + file + "` is no checkpoint of `" + model + "`: it has no `" + missing + "`",
                nearest == null
                        ? "give a checkpoint of a training of this model, with the hyper-parameters it had there"
                        : "it has " + nearest + ": was the model given other hyper-parameters there?");
    }

    static NnException noSuchModel(String name) {
        return new NnException(
                "NN0823",
                "there is no compiled model `" + name + "` on the class path",
                "`nn compile FILE --model NAME --output model.jar` makes one");
    }

    static NnException noWeights(String name) {
        return new NnException(
                "NN0823",
                "the compiled model `" + name + "` came without weights",
                "compile it with them, `nn compile … --checkpoint PATH`, in a Maven build <weights>; or load it with a checkpoint");
    }

    static NnException unreadable(String name, Exception cause) {
        return new NnException(
                "NN0823",
                "the compiled model `" + name + "` can't be loaded: " + cause,
                "compile it again with the version of nnlang that runs it",
                cause);
    }

    static String type(Tensor tensor) {
        return tensor.dtype() + Arrays.toString(tensor.shape());
    }

    private static String listed(Collection<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
