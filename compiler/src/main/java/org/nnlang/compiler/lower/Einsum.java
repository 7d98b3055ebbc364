package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.EinopsAxes.Named;
import org.nnlang.compiler.lower.EinopsPattern.Factor;
import org.nnlang.compiler.lower.EinopsPattern.Side;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.source.Span;

/// `einsum`: operands are multiplied two at a time, in an order that keeps the products small, and each name is summed
/// over as soon as nothing else needs it.
final class Einsum {
    /// For up to so many operands all orders are compared.
    private static final int COMPARED = 7;

    /// What a free dimension counts in that comparison.
    private static final long FREE = 64;

    private final EinopsCall call;
    private final Graph graph;

    Einsum(EinopsCall call) {
        this.call = call;
        this.graph = call.elaboration().graph;
    }

    Value value() {
        Side output = call.pattern().output();
        check(output);
        var operands = new ArrayList<Named>();
        for (int i = 0; i < call.operands().size(); i++) {
            operands.add(call.apart(i));
        }
        Map<String, Dim> leading = leading(operands);
        var wanted = new LinkedHashSet<String>();
        output.factors().forEach(factor -> {
            switch (factor) {
                case Factor.Named named -> wanted.add(named.name());
                case Factor.Ellipsis _ -> wanted.addAll(leading.keySet());
                case Factor.Number _ -> {}
            }
        });
        List<Named> ready = operands.stream().map(x -> diagonal(stretched(x, leading))).toList();
        Named product = ordered(ready, wanted);
        // Names in the order of the axes of `...`, as `together` reads them.
        return call.axes().together(sorted(product, leading), output);
    }

    private void check(Side output) {
        var seen = new HashSet<String>();
        output.factors().forEach(factor -> {
            switch (factor) {
                case Factor.Named(String name, Span span) -> {
                    if (call.pattern().inputs().stream().noneMatch(side -> side.has(name))) {
                        throw call.fail(Code.EINOPS_NAMES, span,
                                "no tensor of this pattern has the axis `" + name + "`",
                                "every name on the right stands on the left, too");
                    }
                    if (!seen.add(name)) {
                        throw call.fail(Code.EINOPS_NAMES, span, "`" + name + "` stands twice on the right",
                                "the result has each axis once");
                    }
                }
                case Factor.Ellipsis(Span span) -> {
                    if (call.pattern().inputs().stream().noneMatch(Side::hasEllipsis)) {
                        throw call.fail(Code.EINOPS_NAMES, span, "no tensor of this pattern has `...`",
                                "every axis on the right stands on the left, too");
                    }
                }
                case Factor.Number(long size, Span span) -> number(size, span);
            }
        });
        call.pattern().inputs().forEach(side -> side.factors().forEach(factor -> {
            if (factor instanceof Factor.Number(long size, Span span)) {
                number(size, span);
            }
        }));
    }

    private void number(long size, Span span) {
        if (size != 1) {
            throw call.fail(Code.EINOPS_NAMES, span, "an axis of size " + size + " needs a name here",
                    "only `1` stands for itself");
        }
    }

    /// The axes of `...` and their sizes, the first one first: shapes are aligned at their ends, and 1 stretches.
    private Map<String, Dim> leading(List<Named> operands) {
        int most = 0;
        for (int i = 0; i < operands.size(); i++) {
            most = Math.max(most, call.axes().ellipsisRank(call.pattern().inputs().get(i), call.tensors().get(i)));
        }
        var sizes = new LinkedHashMap<String, Dim>();
        for (int fromEnd = most; fromEnd > 0; fromEnd--) {
            String name = EinopsAxes.ellipsis(fromEnd);
            Dim size = Dim.ONE;
            for (int i = 0; i < operands.size(); i++) {
                Named x = operands.get(i);
                if (!x.names().contains(name) || x.dim(name).isOne() || x.dim(name).equals(size)) {
                    continue;
                }
                if (!size.isOne()) {
                    if (call.elaboration().operators.unsure(size, x.dim(name))) {
                        throw new Operators.Unsure();
                    }
                    throw call.fail(
                            Code.EINOPS_SHAPE,
                            call.pattern().inputs().get(i).span(),
                            "the axes of `...` do not broadcast: " + size + " and " + x.dim(name) + ", " + fromEnd
                                    + " from the end",
                            "sizes must be equal, or one of them 1");
                }
                size = x.dim(name);
            }
            sizes.put(name, size);
        }
        return sizes;
    }

    /// Without the axes of `...` that stretch: another operand has them.
    private Named stretched(Named x, Map<String, Dim> leading) {
        var names = new ArrayList<String>();
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        for (int axis = 0; axis < x.names().size(); axis++) {
            Dim common = leading.get(x.names().get(axis));
            if (common == null || common.equals(x.node().shape().dim(axis))) {
                names.add(x.names().get(axis));
                dims.add(x.node().shape().dim(axis));
                tags.add(x.tags().get(axis));
            }
        }
        return new Named(graph.reshape(x.node(), new Shape(dims)), names, tags);
    }

    /// A name that stands twice in an operand reads its diagonal: Σ_j [i = j]·x_ij.
    private Named diagonal(Named x) {
        Named result = x;
        for (int first = 0; first < result.names().size(); first++) {
            int second = result.names().subList(first + 1, result.names().size()).indexOf(result.names().get(first));
            if (second >= 0) {
                result = diagonal(result, first, first + 1 + second);
                first--;
            }
        }
        return result;
    }

    private Named diagonal(Named x, int first, int second) {
        Shape shape = x.node().shape();
        var row = new Formula(graph, graph.iota(shape, first));
        var column = new Formula(graph, graph.iota(shape, second));
        Node only = row.equalTo(column).choose(new Formula(graph, x.node()), 0).node();
        var names = new ArrayList<>(x.names());
        var tags = new ArrayList<>(x.tags());
        names.remove(second);
        tags.remove(second);
        return new Named(graph.sum(only, List.of(second)), names, tags);
    }

    /// Multiplies all of them, and sums what is not wanted.
    private Named ordered(List<Named> operands, Set<String> wanted) {
        var left = new ArrayList<>(operands);
        for (int i = 0; i < left.size(); i++) {
            left.set(i, summed(left.get(i), needed(left, i, i, wanted)));
        }
        List<int[]> order = left.size() <= COMPARED ? Pairing.best(left, wanted) : List.of();
        for (int step = 0; left.size() > 1; step++) {
            int[] pair = order.isEmpty() ? Pairing.cheapest(left) : order.get(step);
            Named product = multiplied(left.get(pair[0]), left.get(pair[1]), needed(left, pair[0], pair[1], wanted));
            left.remove(pair[1]);
            left.set(pair[0], product);
        }
        return left.getFirst();
    }

    /// The names that are wanted in the end, or that another operand than these two has.
    private static Set<String> needed(List<Named> operands, int first, int second, Set<String> wanted) {
        var names = new HashSet<>(wanted);
        for (int i = 0; i < operands.size(); i++) {
            if (i != first && i != second) {
                names.addAll(operands.get(i).names());
            }
        }
        return names;
    }

    private Named summed(Named x, Set<String> needed) {
        var axes = new ArrayList<Integer>();
        var names = new ArrayList<String>();
        var tags = new ArrayList<List<Tag>>();
        for (int axis = 0; axis < x.names().size(); axis++) {
            if (needed.contains(x.names().get(axis))) {
                names.add(x.names().get(axis));
                tags.add(x.tags().get(axis));
            } else {
                axes.add(axis);
            }
        }
        return new Named(graph.sum(x.node(), axes), names, tags);
    }

    /// The product of two, summed over the names that are not needed any more. What only one of them has and nobody
    /// needs has been summed before.
    private Named multiplied(Named a, Named b, Set<String> needed) {
        var batch = new ArrayList<String>();
        var contracted = new ArrayList<String>();
        for (String name : a.names()) {
            if (b.names().contains(name)) {
                (needed.contains(name) ? batch : contracted).add(name);
            }
        }
        List<String> aFree = a.names().stream().filter(name -> !b.names().contains(name)).toList();
        List<String> bFree = b.names().stream().filter(name -> !a.names().contains(name)).toList();
        var names = new ArrayList<>(batch);
        names.addAll(aFree);
        names.addAll(bFree);
        var tags = new ArrayList<List<Tag>>();
        for (String name : names) {
            tags.add(Tag.merge(a.names().contains(name) ? a.tagsOf(name) : List.of(),
                    b.names().contains(name) ? b.tagsOf(name) : List.of()));
        }
        if (contracted.isEmpty() || aFree.isEmpty() && bFree.isEmpty()) {
            // No matrix product: elements are multiplied where they meet.
            var all = new ArrayList<>(names);
            all.addAll(contracted);
            var shape =
                    new Shape(all.stream().map(name -> a.names().contains(name) ? a.dim(name) : b.dim(name)).toList());
            Node product = graph.apply(org.nnlang.compiler.op.Ops.MUL, spread(a, all, shape), spread(b, all, shape));
            return new Named(graph.sum(product, Axes.range(names.size(), all.size())), names, tags);
        }
        Node product = graph.contract(
                a.node(),
                b.node(),
                new Form.Contract(places(a, batch), places(b, batch), places(a, contracted), places(b, contracted)));
        return new Named(product, names, tags);
    }

    private static List<Integer> places(Named x, List<String> names) {
        return names.stream().map(x.names()::indexOf).toList();
    }

    /// `x` with its axes where `names` has them, and repeated along the others.
    private Node spread(Named x, List<String> names, Shape shape) {
        List<String> own = names.stream().filter(x.names()::contains).toList();
        Node ordered = graph.transpose(x.node(), places(x, own));
        return graph.broadcast(ordered, shape, own.stream().map(names::indexOf).toList());
    }

    private Named sorted(Named x, Map<String, Dim> leading) {
        var names = new ArrayList<>(leading.keySet());
        names.retainAll(x.names());
        for (String name : x.names()) {
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return new Named(graph.transpose(x.node(), places(x, names)), names,
                names.stream().map(x::tagsOf).toList());
    }

    /// Which two operands to multiply next.
    private static final class Pairing {
        /// The order with the fewest multiplications, as indices into a list in which a product takes the place of its
        /// first operand and the second one is removed.
        static List<int[]> best(List<Named> operands, Set<String> wanted) {
            int count = operands.size();
            if (count < 2) {
                return List.of();
            }
            var costs = new double[1 << count];
            var splits = new int[1 << count];
            for (int set = 1; set < 1 << count; set++) {
                if (Integer.bitCount(set) < 2) {
                    continue;
                }
                costs[set] = Double.POSITIVE_INFINITY;
                for (int part = set - 1 & set; part > 0; part = part - 1 & set) {
                    int other = set & ~part;
                    if (part < other) {
                        continue;
                    }
                    double cost = costs[part] + costs[other] + product(operands, left(operands, part, wanted),
                            left(operands, other, wanted));
                    if (cost < costs[set]) {
                        costs[set] = cost;
                        splits[set] = part;
                    }
                }
            }
            var order = new ArrayList<int[]>();
            var current = new ArrayList<Integer>();
            for (int i = 0; i < count; i++) {
                current.add(1 << i);
            }
            plan((1 << count) - 1, splits, current, order);
            return order;
        }

        private static void plan(int set, int[] splits, List<Integer> current, List<int[]> order) {
            if (Integer.bitCount(set) == 1) {
                return;
            }
            int part = splits[set];
            plan(part, splits, current, order);
            plan(set & ~part, splits, current, order);
            int first = current.indexOf(part);
            int second = current.indexOf(set & ~part);
            int low = Math.min(first, second);
            int high = Math.max(first, second);
            order.add(new int[] {low, high});
            current.set(low, set);
            current.remove(/* index */ high);
        }

        /// The two whose product is the cheapest.
        static int[] cheapest(List<Named> operands) {
            var best = new int[] {0, 1};
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < operands.size(); i++) {
                for (int j = i + 1; j < operands.size(); j++) {
                    double cost = product(operands, new HashSet<>(operands.get(i).names()),
                            new HashSet<>(operands.get(j).names()));
                    if (cost < least) {
                        least = cost;
                        best = new int[] {i, j};
                    }
                }
            }
            return best;
        }

        /// The names that the product of a set of operands has left.
        private static Set<String> left(List<Named> operands, int set, Set<String> wanted) {
            var inside = new HashSet<String>();
            var needed = new HashSet<>(wanted);
            for (int i = 0; i < operands.size(); i++) {
                ((set >> i & 1) == 1 ? inside : needed).addAll(operands.get(i).names());
            }
            inside.retainAll(needed);
            return inside;
        }

        private static double product(List<Named> operands, Set<String> a, Set<String> b) {
            var names = new HashSet<>(a);
            names.addAll(b);
            double product = 1;
            for (String name : names) {
                for (Named operand : operands) {
                    if (operand.names().contains(name)) {
                        Dim dim = operand.dim(name);
                        product *= dim.isConstant() ? dim.constant() : FREE;
                        break;
                    }
                }
            }
            return product;
        }
    }
}
