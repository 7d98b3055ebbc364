package org.nnlang.runtime.program;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The places that a program writes to: what it finds elsewhere is the same in each of its runs, unless somebody else
/// changes it.
public final class WrittenPlaces {
    private final Image image;
    private final Consumer<Place> place;

    private WrittenPlaces(Image image, Consumer<Place> place) {
        this.image = image;
        this.place = place;
    }

    /// Does something for each place, in the order of the steps.
    public static void forEach(Image image, Consumer<Place> place) {
        var places = new WrittenPlaces(image, place);
        image.steps().forEach(places::add);
    }

    /// The segments in which they lie.
    static Set<Segment> segments(Image image) {
        Set<Segment> segments = EnumSet.noneOf(Segment.class);
        forEach(image, place -> segments.add(place.segment()));
        return segments;
    }

    private void add(Step step) {
        switch (step) {
            case Step.Loop loop -> add(loop);
            case Step.Product product -> {
                add(product.c().place());
                add(product.epilogue());
            }
            case Step.GatherRows gather -> add(gather.result());
            case Step.ScatterRows scatter -> add(scatter.result());
            case Step.Order order -> add(order.result());
            case Step.RunningSums sums -> add(sums.result());
            case Step.Draw draw -> add(draw.result());
            case Step.Move move -> add(move.target());
            case Step.Call call -> {
                call.results().forEach(result -> add(result.tensor().place()));
                add(call.epilogue());
            }
            case Step.Clear clear -> add(clear.target());
            case Step.Repeat _ -> {
            }
        }
    }

    private void add(Step.@Nullable Loop loop) {
        if (loop == null) {
            return;
        }
        var program = image.programs().get(loop.program());
        for (int operand = 0; operand < loop.operands().size(); operand++) {
            if (program.writes(operand)) {
                add(loop.operands().get(operand).place());
            }
        }
    }

    private void add(Place written) {
        place.accept(written);
    }
}
