package org.nnlang.compiler.syntax;

import org.jspecify.annotations.Nullable;

/// What was entered in a session.
///
/// @param parsed what is wrong with it, and its declarations where it has some
/// @param statements what is to be carried out; null for declarations
public record Entered(Parsed parsed, @Nullable Block statements) {}
