package org.nnlang.compiler.oracle;

import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Procedure;

/// A procedure that nobody wrote, and something to run it with.
public record RandomGraph(Graph graph, Procedure procedure, Bindings bindings) {
    @Override
    public String toString() {
        return bindings.sizes() + "\n" + procedure;
    }
}
