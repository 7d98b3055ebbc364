package org.nnlang.compiler.syntax;

import org.nnlang.compiler.diagnostic.Diagnostics;

/// What became of a file: all of it that could be read, and what is wrong with the rest.
public record Parsed(Module module, Diagnostics diagnostics) {}
