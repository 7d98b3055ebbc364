package org.nnlang.compiler.syntax;

import org.nnlang.compiler.diagnostic.Diagnostics;

/// A file in the style of the language. One that cannot be read has its text as it was, and diagnostics that say why.
public record Formatted(String text, Diagnostics diagnostics) {}
