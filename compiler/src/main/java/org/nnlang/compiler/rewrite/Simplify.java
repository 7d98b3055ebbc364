package org.nnlang.compiler.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Bodies;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;

/// The passes that make a procedure smaller without changing what it computes. They come after differentiation, which
/// alone gives stop_gradient a meaning.
public final class Simplify {
    /// Rules build simplified nodes, so a second round finds little and a third hardly anything.
    private static final int ROUNDS = 8;

    private static final Map<ElementwiseOp, List<Rule>> ELEMENTWISE = elementwise();

    /// Nothing is known of an operation of host code but its values.
    private static final List<Rule> OWN = List.of(
            FoldConstants.FOLD_ELEMENTWISE, SimplifyMoves::hoistBroadcasts, FoldConstants.FOLD_VALUES);

    private Simplify() {}

    /// Folds constants, applies the algebra of numbers, moves and reductions, merges equal values and drops what
    /// nothing needs.
    ///
    /// @param target builds the result; it may be the graph of `procedure`
    public static Procedure simplify(Graph target, Procedure procedure) {
        var before = Bodies.rewrite(target, procedure, Simplify::simplify);
        for (int round = 0; round < ROUNDS; round++) {
            var after = new Rewriter(target, Simplify::rules).rewrite(before);
            if (after.equals(before)) {
                break;
            }
            before = after;
        }
        return before;
    }

    /// Turns products that are added to something into fused multiply-adds. The last pass: no rule of the others knows
    /// the result.
    ///
    /// @param target builds the result; it may be the graph of `procedure`
    public static Procedure fuseMultiplyAdd(Graph target, Procedure procedure) {
        var before = Bodies.rewrite(target, procedure, Simplify::fuseMultiplyAdd);
        return new Rewriter(target, Simplify::multiplyAdd).rewrite(before);
    }

    private static List<Rule> multiplyAdd(Node node) {
        if (Rewriter.is(node, Ops.ADD)) {
            return List.of(FuseMultiplyAdd.FUSE_ADD);
        }
        return Rewriter.is(node, Ops.SUB) ? List.of(FuseMultiplyAdd.FUSE_SUBTRACT) : List.of();
    }

    /// The rules that may apply to a node, in the order they are tried.
    private static List<Rule> rules(Node node) {
        return switch (node.form()) {
            case Form.Elementwise(var op) -> ELEMENTWISE.getOrDefault(op, OWN);
            case Form.Size _ -> List.of(FoldConstants.FOLD_SIZE);
            case Form.Reduce _ -> SimplifyReductions.REDUCE;
            case Form.Contract _ -> SimplifyContractions.CONTRACT;
            case Form.Reshape _ -> SimplifyMoves.RESHAPE;
            case Form.Transpose _ -> SimplifyMoves.TRANSPOSE;
            case Form.Slice _ -> SimplifySlices.SLICE;
            case Form.Pad _ -> SimplifySlices.PAD;
            case Form.Concat _ -> SimplifySlices.CONCAT;
            case Form.Broadcast _ -> SimplifyMoves.BROADCAST;
            case Form.StopGradient _, Form.Point _ -> List.of((_, same) -> same.input(0));
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Iota _, Form.Random _ -> List.of();
            case Form.Row _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Scan _ -> List.of();
        };
    }

    private static Map<ElementwiseOp, List<Rule>> elementwise() {
        var rules = new HashMap<ElementwiseOp, List<Rule>>();
        for (var op : Ops.ALL) {
            var all = new ArrayList<Rule>();
            all.add(FoldConstants.FOLD_ELEMENTWISE);
            all.addAll(SimplifyArithmetic.rules(op));
            all.add(SimplifyMoves::hoistBroadcasts);
            all.add(FoldConstants.FOLD_VALUES);
            rules.put(op, List.copyOf(all));
        }
        return Map.copyOf(rules);
    }
}
