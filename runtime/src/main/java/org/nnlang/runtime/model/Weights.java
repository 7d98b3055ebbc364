package org.nnlang.runtime.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;

/// Takes a model's weights out of a checkpoint. In a training the model is bound to a name (`net`), which the names of
/// its weights begin with; alone it has no such name.
public final class Weights {
    private Weights() {}

    /// Fills a model's memory from a checkpoint of it or of a training that holds it; returns what stands before the
    /// names of its weights there, such as `net.`.
    ///
    /// @param file for messages
    /// @throws org.nnlang.runtime.NnException NN0822 where the checkpoint holds no such model
    public static String load(Memory memory, Checkpoint checkpoint, String model, String file) {
        List<Variable> wanted = wanted(memory.variables());
        String prefix = prefix(wanted, checkpoint, model, file);
        for (Variable variable : wanted) {
            Tensor saved = checkpoint.tensors().get(prefix + variable.name());
            if (saved == null) {
                throw ModelErrors.otherModel(file, model, prefix + describe(variable), null);
            }
            if (variable.dtype().isFloat()) {
                memory.set(variable.name(), saved.floats());
            } else {
                memory.set(variable.name(), saved.ints());
            }
        }
        return prefix;
    }

    /// How a checkpoint holds those weights of a model that it does not hold as they are.
    ///
    /// @param file for messages
    /// @throws org.nnlang.runtime.NnException NN0822 where the checkpoint holds no such model
    public static Map<String, Storage> storage(
            List<Variable> variables, Checkpoint checkpoint, String model, String file) {
        List<Variable> wanted = wanted(variables);
        String prefix = prefix(wanted, checkpoint, model, file);
        return wanted.stream()
                .filter(variable -> checkpoint.storage(prefix + variable.name()) != Storage.F32)
                .collect(Collectors.toMap(Variable::name, variable -> checkpoint.storage(prefix + variable.name())));
    }

    /// A model has no use for what optimizers remember.
    private static List<Variable> wanted(List<Variable> variables) {
        return variables.stream().filter(variable -> variable.segment() != Segment.SLOTS).toList();
    }

    /// What stands before the names of the model's weights in the checkpoint: the first prefix, in the order of the
    /// alphabet, under which all of them are there.
    private static String prefix(List<Variable> wanted, Checkpoint checkpoint, String model, String file) {
        if (wanted.isEmpty()) {
            return "";
        }
        Variable first = wanted.getFirst();
        List<String> prefixes = new ArrayList<>();
        @Nullable
        String nearest = null;
        for (String name : checkpoint.tensors().keySet()) {
            if (name.equals(first.name()) || name.endsWith("." + first.name())) {
                prefixes.add(name.substring(0, name.length() - first.name().length()));
                nearest = "`" + name + "` as " + ModelErrors.type(checkpoint.tensors().get(name));
            }
        }
        for (String prefix : prefixes) {
            if (wanted.stream()
                    .allMatch(variable -> fits(variable, checkpoint.tensors().get(prefix + variable.name())))) {
                return prefix;
            }
        }
        for (String prefix : prefixes) {
            for (Variable variable : wanted) {
                Tensor saved = checkpoint.tensors().get(prefix + variable.name());
                if (saved != null && !fits(variable, saved)) {
                    nearest = "`" + prefix + variable.name() + "` as " + ModelErrors.type(saved);
                    throw ModelErrors.otherModel(file, model, describe(variable), nearest);
                }
            }
        }
        throw ModelErrors.otherModel(file, model, describe(first), nearest);
    }

    private static boolean fits(Variable variable, @Nullable Tensor saved) {
        return saved != null
                && saved.dtype() == variable.dtype()
                && Arrays.equals(
                        saved.shape(), variable.shape().stream().mapToInt(Integer::intValue).toArray());
    }

    private static String describe(Variable variable) {
        return variable.name() + ": " + variable.dtype() + variable.shape();
    }
}
