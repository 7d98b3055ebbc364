package org.nnlang.compiler.pipeline;

import java.util.List;
import java.util.function.BiFunction;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.rewrite.Simplify;

/// The passes over the IR, in the order in which they run. After each the verifier derives every type again, and blames
/// the pass by its name.
public final class Passes {
    /// One pass: builds its result in the graph it is given.
    ///
    /// @param name what messages and `nn explain` call it
    public record Pass(String name, BiFunction<Graph, Procedure, Procedure> rewrite) {
        Procedure run(Procedure procedure) {
            var graph = new Graph();
            return Verifier.verify(name, graph, rewrite.apply(graph, procedure));
        }
    }

    /// Every pass, first to last.
    public static final List<Pass> ALL = List.of(
            // Constants folded, identities of arithmetic, moves joined, what nobody needs left out.
            new Pass("simplify", Simplify::simplify),
            // a · b + c with one rounding. The last pass, so that every tier multiplies and adds alike.
            new Pass("fuse-multiply-add", Simplify::fuseMultiplyAdd));

    private Passes() {}

    /// A procedure after all passes.
    ///
    /// @throws org.nnlang.compiler.ir.IrException where a pass made something that is not well-formed
    public static Procedure run(Procedure procedure) {
        Procedure current = procedure;
        for (Pass pass : ALL) {
            current = pass.run(current);
        }
        return current;
    }
}
