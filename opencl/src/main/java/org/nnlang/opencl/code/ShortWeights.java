package org.nnlang.opencl.code;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.program.WrittenPlaces;

/// Finds the weights of a model that its kernels can read from two bytes each. Loops, products, convolutions, lookups and moves read such;
/// what anything else reads, and what anything writes, stays as it is.
public final class ShortWeights {
    private final Image image;
    private final Map<Integer, Integer> moved = new HashMap<>();
    private final Set<Variable> others = new HashSet<>();

    private ShortWeights(Image image) {
        this.image = image;
        for (Step step : image.steps()) {
            if (step instanceof Step.Repeat repeat) {
                repeat.shifts().forEach(shift -> moved.put(shift.extent(), shift.from()));
            }
        }
        image.steps().forEach(this::look);
        // What is written may be several variables at once, and what is read then may be as well.
        WrittenPlaces.forEach(image, place -> {
            if (place.segment().isShared() && !place.ints()) {
                others.addAll(image.variables());
            }
        });
    }

    /// Those of `held` that can stay as they were held.
    ///
    /// @param held how a checkpoint holds variables
    public static Map<String, Storage> of(Image image, Map<String, Storage> held) {
        var weights = new ShortWeights(image);
        var found = new HashMap<String, Storage>();
        for (Variable variable : image.variables()) {
            Storage storage = held.get(variable.name());
            if ((storage == Storage.F16 || storage == Storage.BF16) && variable.dtype().isFloat()
                    && !weights.others.contains(variable)) {
                found.put(variable.name(), storage);
            }
        }
        return found;
    }

    /// Takes note of what a step reads that must hold floats as they are.
    private void look(Step step) {
        switch (step) {
            case Step.ScatterRows scatter -> other(scatter.updates());
            case Step.Order order -> other(order.source());
            case Step.RunningSums sums -> other(sums.source());
            case Step.Call call -> {
                List<Step.Tensor> operands = call.operands();
                for (int i = 0; i < operands.size(); i++) {
                    if (i != 1 || call.kernel() != LibraryKernel.CONVOLUTION) {
                        other(operands.get(i).place());
                    }
                }
            }
            case Step.Loop _, Step.Product _, Step.GatherRows _, Step.Draw _, Step.Move _, Step.Clear _, Step.Repeat _ -> {
            }
        }
    }

    /// Takes note of a place that must hold floats as they are.
    private void other(Place place) {
        if (!place.segment().isShared() || place.ints()) {
            return;
        }
        int number = place.offset();
        while (moved.containsKey(number)) {
            number = moved.get(number);
        }
        Extent extent = image.extents().get(number);
        // Where it lies may depend on sizes.
        boolean open = extent.terms().stream().anyMatch(term -> !term.symbols().isEmpty());
        long element = open ? 0 : extent.evaluate(new long[image.symbols().size()]);
        for (Variable variable : image.variables()) {
            if (variable.segment() == place.segment() && (open || variable.offset() <= element
                    && element < (long) variable.offset() + variable.size())) {
                others.add(variable);
            }
        }
    }
}
