package org.nnlang.compiler.fuse;

import java.util.Map;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;

/// A procedure as fusion takes it.
///
/// @param procedure with reductions in a form that loops can do
/// @param after for nodes that are there to be computed late, what must be done before; other orders follow from the data
public record Prepared(Procedure procedure, Map<Node, Node> after) {
    public Prepared {
        after = Map.copyOf(after);
    }

    /// A procedure in whatever order its data allow.
    public static Prepared of(Procedure source) {
        return new Prepared(Preparation.rewrite(source), Map.of());
    }
}
