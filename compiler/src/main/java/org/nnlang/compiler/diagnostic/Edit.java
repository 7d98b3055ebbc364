package org.nnlang.compiler.diagnostic;

import org.nnlang.compiler.source.Span;

/// A stretch of a file, and the text that is to stand there instead. An empty stretch is where the text is put in.
public record Edit(Span span, String text) {}
