package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nnlang.compiler.fuse.Strided;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// A contraction as matrix products: which axes are batch, rows, columns and summed, and how each operand is read.
///
/// @param batch dimensions with strides for a, b and c; the last one is walked by the kernel
/// @param a empty where the operand must first be copied
record MatrixForm(Dim m, Dim n, Dim k, List<BatchAxis> batch, Optional<Side> a, Optional<Side> b) {

    /// @param transposed whether rows of the product's operand are columns in memory
    /// @param rowStride between stored rows
    record Side(boolean transposed, Dim rowStride) {}

    record BatchAxis(Dim size, Dim aStride, Dim bStride, Dim cStride) {}

    /// The axes of an operand in the order batch, rows, summed; in this order a copy of it is made.
    static List<Integer> leftOrder(Node product) {
        var form = (Form.Contract) product.form();
        int rank = product.input(0).type().rank();
        return Axes.concat(Axes.concat(form.lhsBatch(), form.lhsFree(rank)), form.lhsContract());
    }

    /// The axes of an operand in the order batch, summed, columns.
    static List<Integer> rightOrder(Node product) {
        var form = (Form.Contract) product.form();
        int rank = product.input(1).type().rank();
        return Axes.concat(Axes.concat(form.rhsBatch(), form.rhsContract()), form.rhsFree(rank));
    }

    /// Reads a contraction.
    ///
    /// @param left where the left operand's elements lie
    static MatrixForm of(Node product, Strided left, Strided right) {
        var form = (Form.Contract) product.form();
        var rows = pick(left, form.lhsFree(left.dims().size()));
        var columns = pick(right, form.rhsFree(right.dims().size()));
        Dim m = Dim.product(rows.dims());
        Dim n = Dim.product(columns.dims());
        MatrixForm asWritten = null;
        for (List<Integer> order : orders(form)) {
            var leftSum = pick(left, order.stream().map(form.lhsContract()::get).toList());
            var rightSum = pick(right, order.stream().map(form.rhsContract()::get).toList());
            Dim k = Dim.product(leftSum.dims());
            var a = side(rows, leftSum, m, k);
            // B is k × n: read as it lies, its rows are the summed axes.
            var b = side(rightSum, columns, k, n);
            var found = new MatrixForm(m, n, k, batch(form, left, right, m, n), a, b);
            if (a.isPresent() && b.isPresent()) {
                return found;
            }
            asWritten = asWritten == null ? found : asWritten;
        }
        if (asWritten == null) {
            throw new AssertionError("no order of the summed axes");
        }
        return asWritten;
    }

    /// Orders of the summed axes worth trying: as written, which is how copies have them, and as either operand has them.
    private static List<List<Integer>> orders(Form.Contract form) {
        var written = IntStream.range(0, form.lhsContract().size()).boxed().toList();
        var orders = new ArrayList<List<Integer>>();
        orders.add(written);
        if (written.size() > 1) {
            var byLeft = new ArrayList<>(written);
            byLeft.sort(Comparator.comparing(form.lhsContract()::get));
            var byRight = new ArrayList<>(written);
            byRight.sort(Comparator.comparing(form.rhsContract()::get));
            orders.add(byLeft);
            orders.add(byRight);
        }
        return orders;
    }

    private static Strided pick(Strided from, List<Integer> axes) {
        return new Strided(
                from.offset(),
                axes.stream().map(from.dims()::get).toList(),
                axes.stream().map(from.strides()::get).toList());
    }

    /// How a matrix whose rows and columns are these axes lies in memory, if it is one there.
    private static Optional<Side> side(Strided rows, Strided columns, Dim rowCount, Dim columnCount) {
        Optional<Dim> rowStride = rows.run(0, rows.dims().size());
        Optional<Dim> columnStride = columns.run(0, columns.dims().size());
        if (rowStride.isEmpty() || columnStride.isEmpty()) {
            return Optional.empty();
        }
        boolean oneRow = rowCount.isOne();
        boolean oneColumn = columnCount.isOne();
        if (oneColumn || columnStride.get().isOne()) {
            Dim stride = oneRow ? columnCount : rowStride.get();
            if (!stride.isZero()) {
                return Optional.of(new Side(false, stride));
            }
        }
        if (oneRow || rowStride.get().isOne()) {
            Dim stride = columnStride.get();
            if (!stride.isZero()) {
                return Optional.of(new Side(true, stride));
            }
        }
        return Optional.empty();
    }

    private static List<BatchAxis> batch(Form.Contract form, Strided left, Strided right, Dim m, Dim n) {
        var axes = new ArrayList<BatchAxis>();
        Dim cStride = m.times(n);
        for (int i = form.lhsBatch().size() - 1; i >= 0; i--) {
            int l = form.lhsBatch().get(i);
            int r = form.rhsBatch().get(i);
            Dim size = left.dims().get(l);
            if (size.isOne()) {
                continue;
            }
            var axis = new BatchAxis(size, left.strides().get(l), right.strides().get(r), cStride);
            cStride = cStride.times(size);
            BatchAxis inner = axes.isEmpty() ? null : axes.getLast();
            if (inner != null
                    && axis.aStride.equals(inner.aStride.times(inner.size))
                    && axis.bStride.equals(inner.bStride.times(inner.size))) {
                axes.set(
                        axes.size() - 1,
                        new BatchAxis(size.times(inner.size), inner.aStride, inner.bStride, inner.cStride));
            } else {
                axes.add(axis);
            }
        }
        Collections.reverse(axes);
        return List.copyOf(axes);
    }
}
