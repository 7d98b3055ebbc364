package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.DiagnosticException;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.EinopsPattern.Axis;
import org.nnlang.compiler.lower.EinopsPattern.Factor;
import org.nnlang.compiler.lower.EinopsPattern.Side;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;

/// The axes that a pattern names, in one call: their sizes, and tensors taken apart into them and put together again.
final class EinopsAxes {
    private final Elaboration elaboration;
    private final Scope scope;
    private final Map<String, Size> sizes = new HashMap<>();
    private final Map<String, Span> given = new LinkedHashMap<>();

    /// @param from where it was first seen
    private record Size(Dim dim, List<Tag> tags, Span from) {}

    /// A tensor whose every axis has one name. Axes of `...` are called `...1`, `...2`, counted from the last one.
    record Named(Node node, List<String> names, List<List<Tag>> tags) {
        Named {
            names = List.copyOf(names);
            tags = List.copyOf(tags);
        }

        Dim dim(String name) {
            return node.shape().dim(names.indexOf(name));
        }

        List<Tag> tagsOf(String name) {
            return tags.get(names.indexOf(name));
        }
    }

    EinopsAxes(Elaboration elaboration, Scope scope) {
        this.elaboration = elaboration;
        this.scope = scope;
    }

    /// Takes the arguments that give sizes: `h = heads`.
    void give(List<Given> arguments, EinopsPattern pattern) {
        for (Given argument : arguments) {
            String name = argument.name();
            if (name == null) {
                continue;
            }
            Span span = argument.nameSpan() == null ? argument.span() : argument.nameSpan();
            if (pattern.inputs().stream().noneMatch(side -> side.has(name)) && !pattern.output().has(name)) {
                throw fail(Diagnostic.of(Code.UNKNOWN_ARGUMENT, span, "the pattern has no axis `" + name + "`")
                        .help("arguments with names give sizes of the pattern's axes"));
            }
            Span earlier = given.putIfAbsent(name, span);
            if (earlier != null) {
                throw fail(Diagnostic.of(Code.DUPLICATE_ARGUMENT, span, "the size of `" + name + "` is given twice")
                        .also(earlier, "the first one"));
            }
            Conversions.Sized size = elaboration.conversions.size(argument.value(), argument.span(), scope);
            sizes.put(name, new Size(size.dim(), size.tags(), argument.span()));
        }
    }

    /// What an axis of `...` is called.
    static String ellipsis(int fromEnd) {
        return "..." + fromEnd;
    }

    /// The size of a name, if it is known.
    @Nullable
    Dim size(String name) {
        Size size = sizes.get(name);
        return size == null ? null : size.dim();
    }

    List<Tag> tags(String name) {
        Size size = sizes.get(name);
        return size == null ? List.of() : size.tags();
    }

    /// How many axes `...` stands for in a tensor.
    int ellipsisRank(Side side, TensorValue x) {
        return side.hasEllipsis() ? x.type().rank() - (side.axes().size() - 1) : 0;
    }

    /// Learns the sizes of the axes that stand alone.
    ///
    /// @param argument the tensor's argument, for errors
    void measure(Side side, TensorValue x, Given argument) {
        int rank = x.type().rank();
        boolean fits = side.hasEllipsis() ? rank >= side.axes().size() - 1 : rank == side.axes().size();
        for (Factor factor : side.factors().toList()) {
            if (factor instanceof Factor.Ellipsis && side.axes().stream().noneMatch(Axis::isEllipsis)) {
                throw fail(Diagnostic.of(Code.EINOPS_PATTERN, factor.span(),
                        "axes can be composed with `...` only on the right")
                        .help("on the left it stands alone: `b ... -> b (...)`"));
            }
        }
        if (!fits) {
            int named = side.hasEllipsis() ? side.axes().size() - 1 : side.axes().size();
            Diagnostic diagnostic = Diagnostic.of(
                    Code.EINOPS_SHAPE,
                    side.span(),
                    "this names " + (named == 1 ? "1 axis" : named + " axes") + (side.hasEllipsis() ? " or more" : "")
                            + ", and the tensor is " + Describe.type(x.type()));
            throw fail(of(argument, x, diagnostic).help(help(side, rank)));
        }
        each(side, x, (axis, index) -> {
            if (axis.composed()) {
                return;
            }
            switch (axis.factors().getFirst()) {
                case Factor.Named(String name, Span span) ->
                    bind(name, x.type().dim(index), x.axes().get(index), span, argument, x);
                case Factor.Number(long size, Span span) -> {
                    Dim dim = x.type().dim(index);
                    if (!dim.is(size)) {
                        unsure(dim, Dim.of(size));
                        throw fail(of(argument, x, Diagnostic.of(Code.EINOPS_SHAPE, span,
                                "this axis is " + size + " in the pattern, and " + dim + " in the tensor")));
                    }
                }
                case Factor.Ellipsis _ -> {}
            }
        });
    }

    private static String help(Side side, int rank) {
        boolean letters = side.axes().size() == 1
                && side.axes().getFirst().factors().getFirst() instanceof Factor.Named(String name, Span _)
                && name.length() == rank;
        return letters
                ? "axes are separated by blanks: `" + String.join(" ", side.span().text().split("")) + "`"
                : "a pattern names every axis; `...` stands for any number of them";
    }

    private interface Visit {
        void at(Axis axis, int index);
    }

    /// Visits the axes but those of `...`, with their places in the tensor.
    private static void each(Side side, TensorValue x, Visit visit) {
        int index = 0;
        for (Axis axis : side.axes()) {
            if (axis.isEllipsis()) {
                index += x.type().rank() - (side.axes().size() - 1);
            } else {
                visit.at(axis, index++);
            }
        }
    }

    /// Splits composed axes and drops axes of size 1 that the pattern calls `1`.
    Named apart(Side side, TensorValue x, Given argument) {
        var names = new ArrayList<String>();
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        int anonymous = 0;
        int index = 0;
        int rest = ellipsisRank(side, x);
        for (Axis axis : side.axes()) {
            if (axis.isEllipsis()) {
                for (int i = 0; i < rest; i++) {
                    names.add(ellipsis(rest - i));
                    dims.add(x.type().dim(index));
                    tags.add(x.axes().get(index++));
                }
                continue;
            }
            if (axis.composed()) {
                split(axis, x.type().dim(index), argument, x);
            }
            for (Factor factor : axis.factors()) {
                switch (factor) {
                    case Factor.Named(String name, Span _) -> {
                        names.add(name);
                        dims.add(known(name));
                        tags.add(axis.composed() ? tags(name) : x.axes().get(index));
                    }
                    case Factor.Number(long size, Span _) -> {
                        if (size != 1) {
                            names.add("#" + anonymous++);
                            dims.add(Dim.of(size));
                            tags.add(List.of());
                        }
                    }
                    case Factor.Ellipsis _ -> throw new IllegalStateException("measured before");
                }
            }
            index++;
        }
        return new Named(elaboration.graph.reshape(x.node(), new Shape(dims)), names, tags);
    }

    private Dim known(String name) {
        Size size = sizes.get(name);
        if (size == null) {
            throw new IllegalStateException(name);
        }
        return size.dim();
    }

    /// Solves `(h e)` for the one factor whose size is not known.
    private void split(Axis axis, Dim whole, Given argument, TensorValue x) {
        Dim product = Dim.ONE;
        Factor.Named open = null;
        for (Factor factor : axis.factors()) {
            switch (factor) {
                case Factor.Named named when size(named.name()) == null -> {
                    if (open != null) {
                        throw fail(Diagnostic.of(
                                Code.EINOPS_SIZE,
                                axis.span(),
                                "`" + open.name() + "` and `" + named.name() + "` are both unknown here")
                                .help("give one of them: `" + open.name() + " = …`"));
                    }
                    open = named;
                }
                case Factor.Named named -> product = product.times(known(named.name()));
                case Factor.Number(long size, Span _) -> product = product.times(size);
                case Factor.Ellipsis _ -> throw new IllegalStateException("measured before");
            }
        }
        if (open == null) {
            if (!product.equals(whole)) {
                unsure(whole, product);
                throw fail(of(argument, x, Diagnostic.of(
                        Code.EINOPS_SHAPE, axis.span(),
                        "these have " + product + " elements, and the axis has " + whole)));
            }
            return;
        }
        Dim part = whole.dividedBy(product).orElse(null);
        if (part == null || !part.isWhole() && part.symbols().isEmpty()) {
            if (elaboration.isSymbolic()) {
                throw new Operators.Unsure();
            }
            throw fail(of(argument, x, Diagnostic.of(
                    Code.EINOPS_SHAPE,
                    axis.span(),
                    "the axis is " + whole + ", which the other sizes, " + product + ", do not divide"))
                    .help("a composed axis is the product of its parts"));
        }
        if (!part.isWhole() && !elaboration.isSymbolic()) {
            elaboration.constraints.add(new Constraint(
                    new SizeCondition.Whole(part), whole + " is not divisible by " + product, axis.span()));
        }
        sizes.put(open.name(), new Size(part, List.of(), open.span()));
    }

    private void bind(String name, Dim dim, List<Tag> tags, Span span, Given argument, TensorValue x) {
        Size known = sizes.get(name);
        if (known == null) {
            sizes.put(name, new Size(dim, tags, span));
            return;
        }
        if (!known.dim().equals(dim)) {
            unsure(known.dim(), dim);
            throw fail(of(
                    argument,
                    x,
                    Diagnostic.of(
                            Code.EINOPS_SHAPE,
                            span,
                            "`" + name + "` is " + dim + " in this tensor, and " + known.dim()
                                    + (given.containsKey(name) ? " by its argument" : " before"))
                            .also(known.from(), "`" + name + "` is " + known.dim() + " here")));
        }
        sizes.put(name, new Size(dim, Tag.merge(known.tags(), tags), known.from()));
    }

    private void unsure(Dim a, Dim b) {
        if (elaboration.operators.unsure(a, b)) {
            throw new Operators.Unsure();
        }
    }

    /// Puts axes together as a side says; `x` has all of them, in any order.
    TensorValue together(Named x, Side side) {
        var order = new ArrayList<Integer>();
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        for (Axis axis : side.axes()) {
            Dim product = Dim.ONE;
            List<Tag> names = List.of();
            for (Factor factor : axis.factors()) {
                for (String name : names(factor, x)) {
                    int place = x.names().indexOf(name);
                    order.add(place);
                    product = product.times(x.node().shape().dim(place));
                    names = x.tags().get(place);
                    if (axis.isEllipsis()) {
                        dims.add(x.node().shape().dim(place));
                        tags.add(names);
                    }
                }
            }
            if (!axis.isEllipsis()) {
                dims.add(product);
                tags.add(axis.composed() ? List.of() : names);
            }
        }
        Node ordered = elaboration.graph.transpose(x.node(), order);
        return new TensorValue(elaboration.graph.reshape(ordered, new Shape(dims)), tags);
    }

    /// The names of the axes that a factor stands for.
    static List<String> names(Factor factor, Named x) {
        return switch (factor) {
            case Factor.Named(String name, Span _) -> List.of(name);
            case Factor.Number _ -> List.of();
            case Factor.Ellipsis _ -> x.names().stream().filter(name -> name.startsWith("...")).toList();
        };
    }

    /// An error that shows which tensor it is about.
    private Diagnostic of(Given argument, TensorValue x, Diagnostic diagnostic) {
        return argument.expression() == null
                ? diagnostic.also(argument.span(), Describe.type(x.type()))
                : elaboration.explain.operand(diagnostic, argument.expression(), x, scope);
    }

    DiagnosticException fail(Diagnostic diagnostic) {
        return elaboration.fail(scope, diagnostic);
    }
}
