package org.nnlang.compiler.pipeline;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostics;

/// A part of a program, elaborated, and all that was found wrong on the way.
///
/// @param program null where errors prevent it
public record Elaborated<T>(@Nullable T program, Diagnostics diagnostics) {}
