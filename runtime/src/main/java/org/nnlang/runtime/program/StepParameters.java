package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which parameters each step of an [Instance] works on: reads, writes, or finds the gradient of. This is how people find a layer
/// again, because many layers stem from one line of the source.
public final class StepParameters {
    private final TreeMap<Integer, Variable> byOffset = new TreeMap<>();
    private final Frame frame;

    StepParameters(Instance instance) {
        frame = instance.frame();
        for (Variable variable : instance.image().variables()) {
            if (variable.segment() == Segment.PARAMETERS && variable.size() > 0) {
                byOffset.put(variable.offset(), variable);
            }
        }
    }

    /// The parameters of each step, by name, in alphabetical order.
    public static List<List<String>> of(Instance instance) {
        var found = new StepParameters(instance);
        List<List<String>> all = new ArrayList<>();
        for (Step step : instance.image().steps()) {
            var names = new TreeSet<String>();
            for (Place place : places(step)) {
                found.add(place, 1, names);
            }
            if (step instanceof Step.Loop loop) {
                loop.operands().forEach(operand -> found.add(operand.place(), found.length(loop, operand), names));
            }
            all.add(List.copyOf(names));
        }
        return all;
    }

    /// How far the elements of a loop's operand reach: updates of many parameters are one loop over flat memory.
    int length(Step.Loop loop, Step.Binding operand) {
        int length = 1 + (frame.extent(loop.columns()) - 1) * Math.abs(frame.extent(operand.columnStride()));
        for (int axis = 0; axis < loop.outer().size(); axis++) {
            length += (frame.extent(loop.outer().get(axis)) - 1)
                    * Math.abs(frame.extent(operand.outerStrides().get(axis)));
        }
        return length;
    }

    /// Adds the parameters that lie, or whose gradients lie, in a stretch of memory.
    void add(Place place, int length, Collection<String> names) {
        if (place.ints() || place.segment() != Segment.PARAMETERS && place.segment() != Segment.GRADIENTS) {
            return;
        }
        int from = frame.extent(place.offset());
        Integer first = byOffset.floorKey(from);
        byOffset.subMap(first == null ? from : first, true, from + length - 1, true).values().stream()
                .filter(variable -> variable.offset() + variable.size() > from)
                .forEach(variable -> names.add(variable.name()));
    }

    private static List<Place> places(Step step) {
        return switch (step) {
            case Step.Loop loop -> loop.operands().stream().map(Step.Binding::place).toList();
            case Step.Product product -> {
                var places = new ArrayList<>(
                        List.of(product.a().place(), product.b().place(), product.c().place()));
                Step.Loop epilogue = product.epilogue();
                if (epilogue != null) {
                    places.addAll(places(epilogue));
                }
                yield places;
            }
            case Step.GatherRows gather -> List.of(gather.table(), gather.result());
            case Step.ScatterRows scatter -> List.of(scatter.updates(), scatter.result());
            case Step.Order order -> List.of(order.source(), order.result());
            case Step.RunningSums sums -> List.of(sums.source(), sums.result());
            case Step.Draw draw -> List.of(draw.result());
            case Step.Move move -> List.of(move.source(), move.target());
            case Step.Call call -> {
                List<Place> places = new ArrayList<>();
                call.operands().forEach(operand -> places.add(operand.place()));
                call.results().forEach(result -> places.add(result.tensor().place()));
                Step.Loop epilogue = call.epilogue();
                if (epilogue != null) {
                    places.addAll(places(epilogue));
                }
                yield places;
            }
            case Step.Clear clear -> List.of(clear.target());
            case Step.Repeat _ -> List.of();
        };
    }
}
