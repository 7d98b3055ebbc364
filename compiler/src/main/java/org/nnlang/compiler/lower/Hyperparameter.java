package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;

/// A compile-time parameter and the value it has.
///
/// @param type  as written: `Float`, `List<Int>`, `Data`
/// @param value a `Long`, `Double`, `Boolean`, `String`, a list of these, a
///              [org.nnlang.runtime.data.DataExpression], or null where it is a function
/// @param text  the value as the language writes it, where it can be written
public record Hyperparameter(String name, String type, @Nullable Object value, String text) {}
