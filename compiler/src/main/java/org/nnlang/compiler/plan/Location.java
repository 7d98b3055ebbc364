package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Segment;

/// Memory that begins at a buffer, or at a fixed place of a segment.
///
/// @param buffer an index into the buffers, or -1
/// @param offset from the buffer's, or the segment's, beginning
/// @param shifts how it differs in the rounds of the loops around, the outermost first
record Location(Segment segment, boolean ints, int buffer, Dim offset, List<Shift> shifts) {
    Location {
        shifts = List.copyOf(shifts);
    }

    Location(Segment segment, boolean ints, int buffer, Dim offset) {
        this(segment, ints, buffer, offset, List.of());
    }

    /// In each round of a loop memory begins elsewhere; see [org.nnlang.runtime.program.Step.Shift].
    record Shift(LoopShifts loop, Dim distance, boolean alternates) {}

    static Location fixed(Segment segment, boolean ints, long offset) {
        return new Location(segment, ints, -1, Dim.of(offset));
    }

    Location plus(Dim distance) {
        return new Location(segment, ints, buffer, offset.plus(distance), shifts);
    }

    /// Memory that moves by `distance` from round to round, or to and fro.
    Location shifted(LoopShifts loop, Dim distance, boolean alternates) {
        var all = new ArrayList<>(shifts);
        all.add(new Shift(loop, distance, alternates));
        return new Location(segment, ints, buffer, offset, all);
    }

    Place place(Extents extents) {
        return new Place(segment, ints, extents.of(buffer, offset, shifts));
    }
}
