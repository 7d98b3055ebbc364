package org.nnlang;

import java.util.List;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.HumanRenderer;

/// A program that has mistakes. Its message shows all of them, each with the lines of the program that it is about.
public final class ProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Diagnostic> diagnostics;

    ProgramException(List<Diagnostic> diagnostics) {
        super(System.lineSeparator() + new HumanRenderer(false).render(diagnostics));
        this.diagnostics = List.copyOf(diagnostics);
    }

    /// What is wrong, by place in the program; warnings among it.
    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }
}
