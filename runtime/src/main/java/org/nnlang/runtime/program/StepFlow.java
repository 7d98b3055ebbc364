package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which steps of an [Instance] read what others of the same run made.
public final class StepFlow {
    private final Image image;
    private final Frame frame;
    private final StepParameters parameters;

    /// The steps that wrote to a place, in order.
    private final Map<Object, List<Integer>> writers = new HashMap<>();

    private StepFlow(Instance instance) {
        image = instance.image();
        frame = instance.frame();
        parameters = new StepParameters(instance);
    }

    private record Access(Object place, boolean writes) {}

    /// For each step, those it depends on, in order. What an earlier run left in a variable is nobody's result, and a round of a loop
    /// depends on earlier steps alone.
    public static List<List<Integer>> of(Instance instance) {
        var flow = new StepFlow(instance);
        List<List<Integer>> sources = new ArrayList<>();
        for (int step = 0; step < flow.image.steps().size(); step++) {
            sources.add(flow.sources(step));
        }
        return sources;
    }

    private List<Integer> sources(int step) {
        Set<Integer> sources = new TreeSet<>();
        List<Access> accesses = accesses(image.steps().get(step));
        for (Access access : accesses) {
            if (!access.writes()) {
                List<Integer> wrote = writers.getOrDefault(access.place(), List.of());
                // What is put together of parts has been moved there part by part.
                for (int i = wrote.size() - 1; i >= 0; i--) {
                    sources.add(wrote.get(i));
                    if (!(image.steps().get(wrote.get(i)) instanceof Step.Move)) {
                        break;
                    }
                }
            }
        }
        for (Access access : accesses) {
            if (access.writes()) {
                writers.computeIfAbsent(access.place(), _ -> new ArrayList<>()).add(step);
            }
        }
        return List.copyOf(sources);
    }

    private List<Access> accesses(Step step) {
        List<Access> accesses = new ArrayList<>();
        switch (step) {
            case Step.Loop loop -> loop(loop, accesses);
            case Step.Product product -> {
                add(product.a().place(), false, accesses);
                add(product.b().place(), false, accesses);
                Step.Loop epilogue = product.epilogue();
                if (epilogue != null) {
                    loop(epilogue, accesses);
                    Object own = key(product.c().place());
                    accesses.removeIf(access -> !access.writes() && access.place().equals(own));
                }
                add(product.c().place(), true, accesses);
            }
            case Step.GatherRows gather -> {
                add(gather.table(), false, accesses);
                add(gather.indices(), false, accesses);
                add(gather.result(), true, accesses);
            }
            case Step.ScatterRows scatter -> {
                add(scatter.indices(), false, accesses);
                add(scatter.updates(), false, accesses);
                add(scatter.result(), true, accesses);
            }
            case Step.Order order -> {
                add(order.source(), false, accesses);
                add(order.result(), true, accesses);
            }
            case Step.RunningSums sums -> {
                add(sums.source(), false, accesses);
                add(sums.result(), true, accesses);
            }
            case Step.Draw draw -> add(draw.result(), true, accesses);
            case Step.Move move -> {
                add(move.source(), false, accesses);
                add(move.target(), true, accesses);
            }
            case Step.Call call -> {
                call.operands().forEach(operand -> add(operand.place(), false, accesses));
                call.results().forEach(result -> add(result.tensor().place(), true, accesses));
            }
            case Step.Clear clear -> add(clear.target(), true, accesses);
            case Step.Repeat _ -> {
            }
        }
        return accesses;
    }

    private void loop(Step.Loop loop, List<Access> accesses) {
        var program = image.programs().get(loop.program());
        for (int i = 0; i < loop.operands().size(); i++) {
            Step.Binding operand = loop.operands().get(i);
            boolean writes = program.writes(i);
            Place place = operand.place();
            if (!place.ints() && place.segment() == Segment.GRADIENTS) {
                // Updates of many parameters are one loop over flat memory.
                var names = new LinkedHashSet<String>();
                parameters.add(place, parameters.length(loop, operand), names);
                names.forEach(name -> accesses.add(new Access(name, writes)));
            } else {
                add(place, writes, accesses);
            }
        }
    }

    private void add(Place place, boolean writes, List<Access> accesses) {
        accesses.add(new Access(key(place), writes));
    }

    /// What a place belongs to: a buffer, a parameter's gradient, or where it lies.
    private Object key(Place place) {
        if (!place.ints() && place.segment() == Segment.GRADIENTS) {
            var names = new LinkedHashSet<String>();
            parameters.add(place, 1, names);
            if (!names.isEmpty()) {
                return names.iterator().next();
            }
        }
        int buffer = image.extents().get(place.offset()).buffer();
        return buffer >= 0
                ? List.of(buffer)
                : List.of(place.segment(), place.ints(), frame.extent(place.offset()));
    }
}
