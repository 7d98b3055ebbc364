package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The products in a loop's rounds whose right operand is the same matrix in each, as an LSTM's weights are: those are packed
/// once for all rounds.
final class HeldFactors {
    private final Image image;
    private final Set<Integer> moving = new HashSet<>();
    private final Set<Integer> others = new HashSet<>();

    private HeldFactors(Image image) {
        this.image = image;
    }

    /// Their steps, in one repeat; those of a repeat inside of it are that one's.
    static List<Integer> of(Image image, int repeat) {
        var factors = new HeldFactors(image);
        int end = repeat + 1 + ((Step.Repeat) image.steps().get(repeat)).steps();
        for (int step = repeat; step < end; step++) {
            factors.read(image.steps().get(step));
        }
        var found = new ArrayList<Integer>();
        for (int step = repeat + 1; step < end; step++) {
            switch (image.steps().get(step)) {
                case Step.Repeat inner -> step += inner.steps();
                case Step.Product product when factors.isHeld(product) -> found.add(step);
                case Step.Product _, Step.Loop _, Step.GatherRows _, Step.ScatterRows _, Step.Order _, Step.RunningSums _, Step.Draw _, Step.Move _, Step.Call _, Step.Clear _ ->
                    {
                    }
            }
        }
        return found;
    }

    private boolean isHeld(Step.Product product) {
        int offset = product.b().place().offset();
        int buffer = buffer(product.b().place());
        return product.outer().isEmpty() && !moving.contains(offset) && buffer >= 0 && !others.contains(buffer);
    }

    private int buffer(Place place) {
        return image.extents().get(place.offset()).buffer();
    }

    /// Notes what a step does but read a right operand.
    private void read(Step step) {
        switch (step) {
            case Step.Repeat repeat -> repeat.shifts().forEach(shift -> moving.add(shift.extent()));
            case Step.Loop loop -> loop(loop);
            case Step.Product product -> {
                others.add(buffer(product.a().place()));
                others.add(buffer(product.c().place()));
                loop(product.epilogue());
            }
            case Step.GatherRows gather -> add(gather.table(), gather.indices(), gather.result());
            case Step.ScatterRows scatter -> add(scatter.indices(), scatter.updates(), scatter.result());
            case Step.Order order -> add(order.source(), order.result());
            case Step.RunningSums sums -> add(sums.source(), sums.result());
            case Step.Draw draw -> add(draw.result());
            case Step.Move move -> add(move.source(), move.target());
            case Step.Call call -> {
                call.operands().forEach(operand -> add(operand.place()));
                call.results().forEach(result -> add(result.tensor().place()));
            }
            case Step.Clear clear -> add(clear.target());
        }
    }

    private void loop(Step.@Nullable Loop loop) {
        if (loop != null) {
            loop.operands().forEach(operand -> add(operand.place()));
        }
    }

    private void add(Place... places) {
        for (Place place : places) {
            others.add(buffer(place));
        }
    }
}
