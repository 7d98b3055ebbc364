package org.nnlang.runtime.program;

/// Memory that a step reads or writes.
///
/// @param ints whether it lies in the segment's `int[]`
/// @param offset of its first element, an index into the image's extents
public record Place(Segment segment, boolean ints, int offset) {}
