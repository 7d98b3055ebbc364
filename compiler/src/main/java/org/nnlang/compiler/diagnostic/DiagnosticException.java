package org.nnlang.compiler.diagnostic;

/// Abandons the expression, statement or declaration being worked on; whoever can go on with the next one catches it
/// and adds the diagnostic to the others. It is control flow, so it has no stack trace.
public final class DiagnosticException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Diagnostic diagnostic;

    public DiagnosticException(Diagnostic diagnostic) {
        super(diagnostic.code().id() + ": " + diagnostic.message() + " (" + diagnostic.primary() + ")", null, false,
                false);
        this.diagnostic = diagnostic;
    }

    public Diagnostic diagnostic() {
        return diagnostic;
    }
}
