package org.nnlang.runtime.program;

/// What people want to know about a step.
///
/// @param label what it computes, in a few words
/// @param line of the source file that asked for it, or 0
/// @param source name of that file, or the empty string
/// @param flops floating-point operations, an index into the image's extents
public record Note(String label, int line, String source, int flops) {}
