package org.nnlang.runtime.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.data.Batches;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingPlan.Loop;

/// How many bytes the arrays of a training have, told before one is made. The examples come on top.
///
/// @param parameters of the models
/// @param others slots of optimizers, and states
/// @param gradients of the parameters
/// @param arena for what is made and used up within a step; all loops share the largest
/// @param alive the most bytes of a training step's arena that are in use at one time
/// @param batches inputs, outputs and constants, for every size that batches have
public record TrainingFootprint(long parameters, long others, long gradients, long arena, long alive, long batches) {

    /// The sizes that the batches of a loop may have.
    @FunctionalInterface
    public interface Shapes {
        List<Batches.Shape> of(Loop loop);

        /// As the data will be, which are read only where lengths differ from example to example or their number is not known
        /// before.
        ///
        /// @param batch how many examples a full batch has
        static Shapes of(DataSources sources, int batch) {
            return loop -> {
                DataExpression data = loop.data();
                if (data == null) {
                    return List.of(new Batches.Shape(1, Map.of()));
                }
                DataHeader header = sources.header(data);
                if (header.free().isEmpty() && header.count() >= 0) {
                    return Batches.shapes(header.count(), batch);
                }
                return new Batches(sources.open(data), batch).shapes();
            };
        }
    }

    /// What a plan takes.
    public static TrainingFootprint of(TrainingPlan plan, Shapes shapes) {
        Footprint init = Footprint.of(plan.init().image(), Map.of());
        long parameters = 0;
        for (Variable variable : plan.variables()) {
            parameters += variable.segment() == Segment.PARAMETERS ? (long) variable.size() * Float.BYTES : 0;
        }
        List<Footprint> all = new ArrayList<>();
        long alive = 0;
        for (Footprint step : footprints(plan.step(), shapes)) {
            alive = Math.max(alive, step.alive());
            all.add(step);
        }
        plan.judges().forEach(judge -> all.addAll(footprints(judge, shapes)));
        long floats = init.floatArena();
        long ints = init.intArena();
        long batches = 0;
        for (Footprint each : all) {
            floats = Math.max(floats, each.floatArena());
            ints = Math.max(ints, each.intArena());
            batches += each.own();
        }
        return new TrainingFootprint(
                parameters, init.variables() - parameters, init.gradients(), floats + ints, alive, batches);
    }

    private static List<Footprint> footprints(Loop loop, Shapes shapes) {
        return shapes.of(loop).stream().map(shape -> Footprint.of(loop.image(), sizes(loop, shape))).toList();
    }

    /// The sizes of an image's free dimensions for a batch.
    public static Map<String, Integer> sizes(Loop loop, Batches.Shape shape) {
        var sizes = new LinkedHashMap<>(shape.lengths());
        if (loop.batchSymbol() != null) {
            sizes.put(loop.batchSymbol(), shape.size());
        }
        return sizes;
    }

    /// The sizes of the largest batch.
    public static Map<String, Integer> largest(Loop loop, Shapes shapes) {
        Image image = loop.image();
        Map<String, Integer> largest = Map.of();
        long most = -1;
        for (Batches.Shape shape : shapes.of(loop)) {
            Map<String, Integer> sizes = sizes(loop, shape);
            long arena = Footprint.of(image, sizes).arena();
            if (arena > most) {
                most = arena;
                largest = sizes;
            }
        }
        return largest;
    }

    /// Everything.
    public long total() {
        return parameters + others + gradients + arena + batches;
    }
}
