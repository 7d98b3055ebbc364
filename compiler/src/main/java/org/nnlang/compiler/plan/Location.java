package org.nnlang.compiler.plan;

import org.nnlang.compiler.ir.Dim;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Segment;

/// Memory that begins at a buffer, or at a fixed place of a segment.
///
/// @param buffer an index into the buffers, or -1
/// @param offset from the buffer's, or the segment's, beginning
record Location(Segment segment, boolean ints, int buffer, Dim offset) {
    static Location fixed(Segment segment, boolean ints, long offset) {
        return new Location(segment, ints, -1, Dim.of(offset));
    }

    Location plus(Dim distance) {
        return new Location(segment, ints, buffer, offset.plus(distance));
    }

    Place place(Extents extents) {
        return new Place(segment, ints, extents.of(buffer, offset));
    }
}
