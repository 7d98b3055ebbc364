package org.nnlang.runtime.program;

/// What must hold of the sizes a procedure is bound to: a `require` of the source that depends on a free dimension.
///
/// @param message what to tell when it does not hold
public record Requirement(String message, SizeRule rule) {}
