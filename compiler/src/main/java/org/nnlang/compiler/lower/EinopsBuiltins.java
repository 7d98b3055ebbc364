package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.EinopsAxes.Named;
import org.nnlang.compiler.lower.EinopsPattern.Factor;
import org.nnlang.compiler.lower.EinopsPattern.Side;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.runtime.tensor.DType;

/// Functions told what to do by a pattern (Rogozhnikov, 2022), which is read and checked when compiling.
final class EinopsBuiltins {
    private EinopsBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.patterned("rearrange(x, pattern, …)",
                    "axes in another order, split and joined as a [pattern](#patterns) says",
                    use -> rearrange(EinopsCall.of(use, null, false, false))),
            Builtin.patterned("reduce(x, pattern, function, …)",
                    "what the function makes of the axes that the pattern's right side lacks",
                    use -> reduce(EinopsCall.of(use, null, false, true))),
            Builtin.patterned("repeat(x, pattern, …)", "repeated along the axes that only the pattern's right side has",
                    use -> repeat(EinopsCall.of(use, null, false, false))),
            Builtin.patterned("einsum(a, b, …, pattern)",
                    "products of elements, summed over the names that the pattern's right side lacks",
                    use -> new Einsum(EinopsCall.of(use, DType.F32, true, false)).value()));

    private static Value rearrange(EinopsCall call) {
        Side from = call.pattern().inputs().getFirst();
        Side to = call.pattern().output();
        once(call, from);
        once(call, to);
        onlyOnes(call, from);
        onlyOnes(call, to);
        known(call, from, to, "`repeat` makes new axes");
        known(call, to, from, "`reduce` drops axes");
        return call.axes().together(call.apart(0), to);
    }

    private static Value repeat(EinopsCall call) {
        Side from = call.pattern().inputs().getFirst();
        Side to = call.pattern().output();
        once(call, from);
        once(call, to);
        onlyOnes(call, from);
        known(call, to, from, "`reduce` drops axes");
        if (to.hasEllipsis() && !from.hasEllipsis()) {
            known(call, from, to, "");
        }
        Named x = call.apart(0);
        // The new axes go in front: the order is settled when all are put together.
        var names = new ArrayList<String>();
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        var ordered = new ArrayList<EinopsPattern.Axis>();
        int anonymous = 0;
        for (EinopsPattern.Axis axis : to.axes()) {
            var factors = new ArrayList<Factor>();
            for (Factor factor : axis.factors()) {
                switch (factor) {
                    case Factor.Named(String name, Span span) when !x.names().contains(name) -> {
                        Dim size = call.axes().size(name);
                        if (size == null) {
                            throw call.fail(Code.EINOPS_SIZE, span,
                                    "the size of the new axis `" + name + "` is not known",
                                    "give it: `repeat(x, …, " + name + " = 3)`");
                        }
                        names.add(name);
                        dims.add(size);
                        tags.add(call.axes().tags(name));
                        factors.add(factor);
                    }
                    case Factor.Number(long size, Span span) when size != 1 -> {
                        String name = "new" + anonymous++ + " ";
                        names.add(name);
                        dims.add(Dim.of(size));
                        tags.add(List.of());
                        factors.add(new Factor.Named(name, span));
                    }
                    case Factor.Named _, Factor.Number _, Factor.Ellipsis _ -> factors.add(factor);
                }
            }
            ordered.add(new EinopsPattern.Axis(factors, axis.composed(), axis.span()));
        }
        int added = names.size();
        dims.addAll(x.node().shape().dims());
        names.addAll(x.names());
        tags.addAll(x.tags());
        var shape = new Shape(dims);
        var repeated = new Named(
                call.elaboration().graph.broadcast(x.node(), shape, Axes.range(added, shape.rank())), names, tags);
        return call.axes().together(repeated, new Side(ordered, to.span()));
    }

    private static Value reduce(EinopsCall call) {
        Side from = call.pattern().inputs().getFirst();
        Side to = call.pattern().output();
        once(call, from);
        once(call, to);
        onlyOnes(call, to);
        known(call, from, to, "`repeat` makes new axes");
        Named x = call.apart(0);
        Set<String> kept = new HashSet<>();
        to.factors().forEach(factor -> kept.addAll(EinopsAxes.names(factor, x)));
        var dropped = new ArrayList<Value>();
        var names = new ArrayList<String>();
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        for (int axis = 0; axis < x.names().size(); axis++) {
            if (kept.contains(x.names().get(axis))) {
                names.add(x.names().get(axis));
                dims.add(x.node().shape().dim(axis));
                tags.add(x.tags().get(axis));
            } else {
                dropped.add(Value.IntValue.of(axis));
            }
        }
        Given function = java.util.Objects.requireNonNull(call.function());
        if (!(function.value() instanceof Value.FunctionValue)) {
            throw call.fail(Code.WRONG_TYPE, function.span(),
                    "`reduce` takes a function such as `mean`, and this is " + Describe.what(function.value()),
                    "for example " + EinopsCall.example("reduce"));
        }
        Given axis = Given.of(new Value.ListValue(dropped), function.span());
        boolean lambda = function.value() instanceof Value.FunctionValue(Callable.Lambda _);
        Value value = call.elaboration().calls.call(
                function.value(),
                List.of(
                        Given.of(new TensorValue(x.node(), x.tags()), call.operands().getFirst().span()),
                        lambda ? axis : axis.named("axis")),
                function.expression() == null ? new Expression.Invalid(function.span()) : function.expression(),
                call.site(),
                call.scope());
        var shape = new Shape(dims);
        return switch (value) {
            case Value.UnknownValue unknown -> unknown;
            case TensorValue reduced when reduced.type().shape().equals(shape) ->
                call.axes().together(new Named(reduced.node(), names, tags), to);
            case Value other ->
                throw call.fail(Code.WRONG_TYPE, function.span(),
                        "this function makes " + Explain.typed(other) + " of the axes, and should leave " + shape,
                        "it takes a tensor and `axis`, a list of Ints, and drops these axes, as `mean` does");
        };
    }

    /// No name stands twice on a side.
    private static void once(EinopsCall call, Side side) {
        var seen = new HashSet<String>();
        side.factors().forEach(factor -> {
            if (factor instanceof Factor.Named(String name, Span span) && !seen.add(name)) {
                throw call.fail(Code.EINOPS_NAMES, span, "`" + name + "` stands twice on this side of the pattern",
                        "each axis has a name of its own; a diagonal is taken by `einsum(x, \"i i -> i\")`");
            }
        });
    }

    /// The only number on a side is 1.
    private static void onlyOnes(EinopsCall call, Side side) {
        side.factors().forEach(factor -> {
            if (factor instanceof Factor.Number(long size, Span span) && size != 1) {
                throw call.fail(Code.EINOPS_NAMES, span, "an axis of size " + size + " needs a name here",
                        "for example `c`, and `c = " + size + "` behind the pattern; only `1` stands for itself");
            }
        });
    }

    /// Whatever stands on `side` is on `other`, too.
    private static void known(EinopsCall call, Side other, Side side, String otherwise) {
        boolean right = side == call.pattern().output();
        side.factors().forEach(factor -> {
            boolean found = switch (factor) {
                case Factor.Named(String name, Span _) -> other.has(name);
                case Factor.Ellipsis _ -> other.hasEllipsis();
                case Factor.Number _ -> true;
            };
            if (!found) {
                String name = factor instanceof Factor.Named named ? named.name() : "...";
                Diagnostic diagnostic = Diagnostic.of(Code.EINOPS_NAMES, factor.span(),
                        "`" + name + "` stands only on the " + (right ? "right" : "left") + " of this pattern");
                throw call.axes().fail(otherwise.isEmpty() ? diagnostic : diagnostic.help(otherwise));
            }
        });
    }
}
