package org.nnlang.runtime.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// What a training did to a field of its data before the model saw it (standardise it, fill its gaps), to be done to new
/// examples, too. A checkpoint tells it.
final class Treatment {
    private Treatment() {}

    /// What to do to which input. An input stands for the field of its name, or else for the only field of its size.
    static Map<String, Fitted> of(Image model, Checkpoint checkpoint) {
        if (!checkpoint.metadata().containsKey("data")) {
            return Map.of();
        }
        DataHeader learnt = DataHeader.fromJson(checkpoint.json("data"));
        var treatments = new LinkedHashMap<String, Fitted>();
        for (Port port : model.inputs()) {
            DataHeader.Field field = field(model, port, learnt);
            Fitted fitted = field == null || !port.dtype().isFloat()
                    ? null
                    : TrainingCheckpoint.fitted(checkpoint, field.name());
            if (fitted != null) {
                treatments.put(port.name(), fitted);
            }
        }
        return treatments;
    }

    /// A copy of an input, treated; its first axis counts the examples.
    static Tensor apply(Fitted fitted, Tensor input) {
        float[] values = input.floats().clone();
        int count = input.rank() == 0 ? 1 : input.dim(0);
        for (int example = 0; example < count; example++) {
            fitted.apply(values, example * (values.length / count));
        }
        return Tensor.of(values, input.shape());
    }

    private static DataHeader.@Nullable Field field(Image model, Port port, DataHeader learnt) {
        long size = size(model, port);
        DataHeader.Field named = learnt.field(port.name());
        if (named != null) {
            return named.size() == size ? named : null;
        }
        List<DataHeader.Field> alike = learnt.fields().stream().filter(field -> field.size() == size).toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    /// How many elements one example has, or -1 where that is open.
    private static long size(Image model, Port port) {
        long size = 1;
        for (int axis = 1; axis < port.shape().size(); axis++) {
            var extent = model.extents().get(port.shape().get(axis));
            if (extent.terms().stream().anyMatch(term -> !term.symbols().isEmpty())) {
                return -1;
            }
            size *= extent.evaluate(new long[model.symbols().size()]);
        }
        return size;
    }
}
