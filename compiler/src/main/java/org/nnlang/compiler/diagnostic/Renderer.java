package org.nnlang.compiler.diagnostic;

import java.util.List;

/// A way to show diagnostics.
public interface Renderer {
    /// The diagnostics as text, in their order, with a newline at the end unless it is empty.
    String render(List<Diagnostic> diagnostics);
}
