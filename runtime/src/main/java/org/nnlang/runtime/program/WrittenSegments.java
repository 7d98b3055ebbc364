package org.nnlang.runtime.program;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The segments that a program writes to: what it finds in the others is the same in each of its runs, unless somebody else
/// changes it.
final class WrittenSegments {
    private final Image image;
    private final Set<Segment> written = EnumSet.noneOf(Segment.class);

    private WrittenSegments(Image image) {
        this.image = image;
    }

    static Set<Segment> of(Image image) {
        var segments = new WrittenSegments(image);
        image.steps().forEach(segments::add);
        return segments.written;
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

    private void add(Place place) {
        written.add(place.segment());
    }
}
