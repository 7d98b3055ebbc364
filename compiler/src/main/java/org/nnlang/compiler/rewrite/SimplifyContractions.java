package org.nnlang.compiler.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Contractions, which take their operands' axes in any order, so that a matrix need not be transposed before.
final class SimplifyContractions {
    private SimplifyContractions() {}

    static final List<Rule> CONTRACT = List.of(
            SimplifyContractions::contractTransposedLeft,
            SimplifyContractions::contractTransposedRight,
            SimplifyContractions::contractBroadcastRight,
            FoldConstants.FOLD_VALUES);
    static final Rule SWAP_OPERANDS = SimplifyContractions::swapOperands;

    /// contract(transpose(x), y) = contract(x, y), by other axes, where the free axes of x keep their order.
    private static @Nullable Node contractTransposedLeft(Rewriter to, Node node) {
        var form = (Form.Contract) node.form();
        var x = node.input(0);
        if (!(x.form() instanceof Form.Transpose(var permutation))
                || !isAscending(form.lhsFree(permutation.size()), permutation)) {
            return null;
        }
        var axes = new Form.Contract(
                through(permutation, form.lhsBatch()),
                form.rhsBatch(),
                through(permutation, form.lhsContract()),
                form.rhsContract());
        return to.contract(x.input(0), node.input(1), axes);
    }

    /// contract(x, transpose(y)) = contract(x, y), by other axes, where the free axes of y keep their order.
    private static @Nullable Node contractTransposedRight(Rewriter to, Node node) {
        var form = (Form.Contract) node.form();
        var y = node.input(1);
        if (!(y.form() instanceof Form.Transpose(var permutation))
                || !isAscending(form.rhsFree(permutation.size()), permutation)) {
            return null;
        }
        var axes = new Form.Contract(
                form.lhsBatch(),
                through(permutation, form.rhsBatch()),
                form.lhsContract(),
                through(permutation, form.rhsContract()));
        return to.contract(node.input(0), y.input(0), axes);
    }

    private static List<Integer> through(List<Integer> permutation, List<Integer> axes) {
        return axes.stream().map(permutation::get).toList();
    }

    private static boolean isAscending(List<Integer> axes, List<Integer> permutation) {
        return Axes.areAscending(through(permutation, axes), permutation.size());
    }

    /// contract(x, broadcast(y)) = contract(x, y), where y is repeated along all batch axes, which then are free axes
    /// of x: one large product instead of many small ones.
    private static @Nullable Node contractBroadcastRight(Rewriter to, Node node) {
        var form = (Form.Contract) node.form();
        var y = node.input(1);
        if (form.rhsBatch().isEmpty()
                || !form.lhsBatch().equals(Axes.range(0, form.lhsBatch().size()))
                || !(y.form() instanceof Form.Broadcast(var shape, var axes))
                || !Axes.others(shape.rank(), axes).equals(form.rhsBatch().stream().sorted().toList())) {
            return null;
        }
        var single = new Form.Contract(
                List.of(),
                List.of(),
                form.lhsContract(),
                form.rhsContract().stream().map(axes::indexOf).toList());
        return to.contract(node.input(0), y.input(0), single);
    }

    /// transpose(contract(x, y)) = contract(y, x), where the free axes of x and y change places.
    private static @Nullable Node swapOperands(Rewriter to, Node node) {
        var product = node.input(0);
        if (!(node.form() instanceof Form.Transpose(var permutation)
                && product.form() instanceof Form.Contract form)) {
            return null;
        }
        int batch = form.lhsBatch().size();
        int rank = permutation.size();
        int left = batch + form.lhsFree(product.input(0).type().rank()).size();
        var swapped = Axes.concat(Axes.range(0, batch), Axes.concat(Axes.range(left, rank), Axes.range(batch, left)));
        if (!permutation.equals(swapped)) {
            return null;
        }
        var axes = new Form.Contract(form.rhsBatch(), form.lhsBatch(), form.rhsContract(), form.lhsContract());
        return to.contract(product.input(1), product.input(0), axes);
    }
}
