package org.nnlang.opencl.code;

import java.util.ArrayList;
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
    private final Cuts cuts;
    /// The extent from which a repeat moves it, or itself.
    private final int[] origins;

    Layout(Image image, Accelerator.Sizes sizes, Cuts cuts) {
        this.cuts = cuts;
        extents = sizes.extents();
        pieceSize = sizes.pieceSize();
        pieces = new int[extents.length];
        for (int i = 0; i < extents.length; i++) {
            int buffer = image.extents().get(i).buffer();
            pieces[i] = buffer < 0 ? 0 : sizes.places()[buffer] / pieceSize;
        }
        aligned = new boolean[extents.length];
        origins = new int[extents.length];
        for (int i = 0; i < extents.length; i++) {
            origins[i] = i;
            aligned[i] = extents[i] % 4 == 0;
        }
        // Those around others come first, so what a shift begins at is settled before it.
        for (Step step : image.steps()) {
            if (step instanceof Step.Repeat repeat) {
                for (Step.Shift shift : repeat.shifts()) {
                    aligned[shift.extent()] = aligned[shift.from()] && extents[shift.distance()] % 4 == 0;
                    pieces[shift.extent()] = pieces[shift.from()];
                    origins[shift.extent()] = origins[shift.from()];
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
        if (place.segment().isShared()) {
            return within(place.segment(), place.ints(), place.offset(), 0);
        }
        int piece = place.segment() == Segment.ARENA ? pieces[place.offset()] : 0;
        return new Location(place.segment(), place.ints(), piece, place.offset(), piece * pieceSize);
    }

    /// Where an element of a shared segment lies, so many elements behind an extent.
    private Location within(Segment segment, boolean ints, int extent, int behind) {
        int element = extents[origins[extent]] + behind;
        int piece = cuts.piece(segment, ints, element);
        return new Location(
                segment, ints, piece, extent, cuts.base(segment, ints, element) - behind,
                cuts.storage(segment, ints, piece));
    }

    /// The place of the element that lies so many elements behind another.
    Location behind(Location first, int elements) {
        return first.segment().isShared()
                ? within(first.segment(), first.ints(), first.extent(), elements)
                : new Location(
                        first.segment(), first.ints(), first.piece(), first.extent(), first.base() - elements);
    }

    /// Where another buffer begins among so many elements from a place on, counted from there.
    List<Integer> cuts(Location first, int elements) {
        List<Integer> all = new ArrayList<>();
        if (first.segment().isShared()) {
            int from = extents[origins[first.extent()]];
            for (int start : cuts.starts(first.segment(), first.ints())) {
                if (start > from && start - from < elements) {
                    all.add(start - from);
                }
            }
        }
        return all;
    }

    /// Whether what lies so many elements behind a place begins at a multiple of four.
    boolean isAligned(Location first, int elements) {
        return aligned[first.extent()] && elements % 4 == 0
                || origins[first.extent()] == first.extent() && (extents[first.extent()] + elements) % 4 == 0;
    }

    /// Whether a place begins at a multiple of four elements, in every round.
    boolean isAligned(Place place) {
        return aligned[place.offset()];
    }
}
