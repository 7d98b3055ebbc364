package org.nnlang.runtime.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.tensor.DType;

/// Every message about running a training, in one place.
final class TrainErrors {
    private static final int LISTED = 6;

    private TrainErrors() {}

    static NnException fieldMissing(String loop, String field, DataHeader header) {
        return new NnException(
                "NN0719",
                "the data of `" + loop + "` have no field `" + field + "`",
                "they have " + listed(header.fields().stream().map(one -> "`" + one + "`").toList()));
    }

    static NnException fieldDoesNotFit(String loop, DataHeader.Field field, DType type, int[] shape) {
        return new NnException(
                "NN0719",
                "the data of `" + loop + "` have `" + field + "`, and the program was compiled for batches " + type
                        + Arrays.toString(shape),
                "compile the program for these data");
    }

    static NnException otherTreatment(String loop, String field) {
        return new NnException(
                "NN0720",
                "`" + field + "` of the `" + loop + "` data is not standardised or filled as that of the training data",
                "standardise before the split, `data.standardize().split(0.8)`, or say what to fit on:"
                        + " `held_out.standardize(fitted = learn)`");
    }

    static NnException lengthMissing(String loop, String dimension) {
        return new NnException(
                "NN0719",
                "the program was compiled for data with a free dimension `" + dimension + "`, and the data of `" + loop
                        + "` have none",
                "compile the program for these data");
    }

    static NnException batchDoesNotFit(
            String train, String loop, int size, Map<String, Integer> lengths, ArithmeticException cause) {
        return new NnException(
                "NN0811",
                "a batch of " + size + (size == 1 ? " example" : " examples")
                        + (lengths.isEmpty() ? "" : " with the lengths " + lengths) + " does not fit the `" + loop
                        + "` of `"
                        + train + "`: " + cause.getMessage(),
                "choose a `batch` that divides the number of examples, or leave examples out with `take`",
                cause);
    }

    static NnException notResumable(String file, boolean best) {
        return new NnException(
                "NN0805",
                "`" + file + "` is no state of a training" + (best ? ", but the best model of one" : ""),
                best ? "resume from the `last.safetensors` beside it" : "resume from a `last.safetensors`");
    }

    static NnException otherTrain(String file, String there, String here) {
        return new NnException(
                "NN0805",
                "`" + file + "` belongs to the training `" + there + "`, and this is `" + here + "`",
                "give the checkpoint of this training, or train without `--resume`");
    }

    /// What to do about the checkpoint of another model.
    static final String AS_IT_IS = "give a checkpoint of this program as it is now";

    static NnException nothingJudges(String train) {
        return new NnException(
                "NN0864",
                "`train " + train + "` has neither `validate` nor `test`, so nothing says how its models are judged",
                "add one: `test (x, y) in data { report accuracy(net(x), y) }`");
    }

    static NnException noTraining(String file) {
        return new NnException(
                "NN0805",
                "`" + file + "` does not tell of which training it is",
                "give a checkpoint that `nn train` has kept: a folder, `best.safetensors` or `last.safetensors`");
    }

    static NnException judgedByAnother(String file, String there, String here) {
        return new NnException(
                "NN0805",
                "`" + file + "` belongs to the training `" + there + "`, and this is `" + here + "`",
                "give a checkpoint of this training; the other is judged by the program that has it, with `--train "
                        + there
                        + "`");
    }

    static NnException otherNames(
            String file, String loop, String field, DataHeader.Field then, DataHeader.Field now) {
        boolean columns = !then.columns().equals(now.columns());
        List<String> before = columns ? then.columns() : then.names();
        List<String> after = columns ? now.columns() : now.names();
        return new NnException(
                "NN0806",
                "the numbers of `" + field + "` in the `" + loop + "` data stand for " + listed(after)
                        + ", and in the training of `" + file + "` they stood for " + listed(before),
                columns
                        ? "name the columns in the order of the training: `features = […]`"
                        : "make them from what the training made them from, or name them in its order: `classes = […]`");
    }

    static NnException otherNumbers(String file, String loop, String field) {
        return new NnException(
                "NN0720",
                "`" + field + "` of the `" + loop + "` data is not standardised or filled by the numbers in `" + file
                        + "`, which were taken from the training data",
                "the training data have changed since, or were others: judge with the same, and what is new as a `Data` of its"
                        + " own, `fresh.standardize(fitted = learn)`");
    }

    static NnException otherModel(
            String file, List<String> missing, List<String> extra, List<String> different, String way) {
        var text = new StringBuilder("`" + file + "` belongs to another model:");
        append(text, " it lacks ", missing);
        append(text, " it has besides ", extra);
        append(text, " of another shape are ", different);
        text.setLength(text.length() - 1);
        return new NnException(
                "NN0805",
                text.toString(),
                way);
    }

    static NnException nothingToAdopt(String file, List<String> different) {
        return new NnException(
                "NN0805",
                "`" + file + "` belongs to another model: "
                        + (different.isEmpty()
                                ? "none of its tensors is called like a parameter here"
                                : "of another shape are " + listed(different)),
                "what `--from` takes over has the same name and shape: bind the shared layers to the same names in both, and"
                        + " give them the same hyper-parameters");
    }

    private static void append(StringBuilder text, String what, List<String> names) {
        if (!names.isEmpty()) {
            text.append(what).append(listed(names)).append(';');
        }
    }

    static NnException otherHyperparameters(String file, List<String> differences) {
        return new NnException(
                "NN0806",
                "`" + file + "` was trained with other hyper-parameters: " + listed(differences),
                "resume with the same; only `epochs` and `steps` may change. Without `--resume` the training begins anew");
    }

    static NnException otherData(String file, String there, int here) {
        return new NnException(
                "NN0806",
                "`" + file + "` was trained on " + there + " examples, and the data have " + here + " now",
                "resume with the same data, or train without `--resume`");
    }

    static NnException otherContents(String file, int examples) {
        return new NnException(
                "NN0806",
                "`" + file + "` was trained on other data: there are " + examples
                        + " examples as before, and they or their order have changed",
                "resume with the same data, or train without `--resume`");
    }

    static NnException damagedState(String file, RuntimeException cause) {
        return new NnException(
                "NN0803", "the state in `" + file + "` is damaged: " + cause.getMessage(), "", cause);
    }

    static NnException brokenLoss(
            String train, String loss, float value, long step, int epoch, float before, @Nullable String field) {
        String last = Float.isNaN(before) ? "" : ", after " + before + " in the step before";
        return new NnException(
                "NN0810",
                "the " + (loss.equals("loss") ? "loss" : "loss `" + loss + "`") + " of `" + train + "` is "
                        + (Float.isNaN(value) ? "not a number" : "infinite") + " at step " + step + " (epoch " + epoch
                        + ")"
                        + last,
                field == null
                        ? "a smaller learning rate (`--set lr=…`, in Java `.set(\"lr\", …)`) or `clip by_norm(1.0)` behind the optimizer"
                                + " is the usual cure; a logarithm of zero or less, or a division by zero, does it, too. `--debug-nans` tells where it"
                                + " arises. The last checkpoint is as it was"
                        : "the field `" + field + "` of this batch holds a value that is not finite: correct the data");
    }

    private static String listed(List<String> names) {
        return names.size() <= LISTED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, LISTED)) + ", … (" + names.size() + " in all)";
    }
}
