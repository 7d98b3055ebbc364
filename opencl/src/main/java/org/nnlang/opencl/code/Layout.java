package org.nnlang.opencl.code;

import java.util.List;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;

/// The values of an image's extents, and which of them a repeat moves.
final class Layout {
    private final int[] extents;
    /// Whether every place that an extent takes in all rounds is a multiple of four.
    private final boolean[] aligned;
    /// The number of the arena's buffer that each extent lies in.
    private final int[] pieces;
    private final int pieceSize;

    Layout(Image image, Accelerator.Sizes sizes) {
        extents = sizes.extents();
        pieceSize = sizes.pieceSize();
        pieces = new int[extents.length];
        for (int i = 0; i < extents.length; i++) {
            int buffer = image.extents().get(i).buffer();
            pieces[i] = buffer < 0 ? 0 : sizes.places()[buffer] / pieceSize;
        }
        aligned = new boolean[extents.length];
        for (int i = 0; i < extents.length; i++) {
            aligned[i] = extents[i] % 4 == 0;
        }
        // Those around others come first, so what a shift begins at is settled before it.
        for (Step step : image.steps()) {
            if (step instanceof Step.Repeat repeat) {
                for (Step.Shift shift : repeat.shifts()) {
                    aligned[shift.extent()] = aligned[shift.from()] && extents[shift.distance()] % 4 == 0;
                    pieces[shift.extent()] = pieces[shift.from()];
                }
            }
        }
    }

    int get(int extent) {
        return extents[extent];
    }

    int[] all(List<Integer> indices) {
        return indices.stream().mapToInt(index -> extents[index]).toArray();
    }

    /// A place as kernels reach it.
    Location location(Place place) {
        int piece = place.segment() == Segment.ARENA ? pieces[place.offset()] : 0;
        return new Location(place.segment(), place.ints(), piece, place.offset(), piece * pieceSize);
    }

    /// Whether a place begins at a multiple of four elements, in every round.
    boolean isAligned(Place place) {
        return aligned[place.offset()];
    }
}
