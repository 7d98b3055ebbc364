package org.nnlang.runtime.program;

/// A contiguous piece of a segment.
///
/// @param name what it holds, for people: a variable's, input's or output's name, or the operation that makes it
/// @param ints whether it lies in the segment's `int[]`
/// @param size how many elements, an index into the image's extents
/// @param offset its place, or -1 where binding decides it
/// @param first the first step that touches it
/// @param last the last step that touches it
public record Buffer(String name, Segment segment, boolean ints, int size, long offset, int first, int last) {
    /// Whether binding decides its place.
    public boolean isPlacedAtBinding() {
        return offset < 0;
    }
}
