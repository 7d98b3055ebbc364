package org.nnlang.compiler.diagnostic;

import org.nnlang.compiler.source.Span;

/// A further place that matters to a diagnostic, and what it has to do with it.
public record Label(Span span, String text) {}
