package org.nnlang.cli;

import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.HumanRenderer;

/// A program that does not compile: ends a command.
final class Rejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Diagnostics diagnostics;

    Rejected(Diagnostics diagnostics) {
        super("the program has errors", null, false, false);
        this.diagnostics = diagnostics;
    }

    /// All that is wrong, for people.
    String rendered(boolean colored) {
        return new HumanRenderer(colored).render(diagnostics.sorted());
    }
}
