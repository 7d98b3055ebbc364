package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Inputs.Asked;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.tensor.DType;

/// Matches the shapes of a call's inputs with the shapes that its declaration asks for. A dimension is bound where it
/// stands alone, in whichever input; then entries such as `4 * n` are solved for the one name that is left; then every
/// entry must have the size it says.
final class Unification {
    /// What `...` without a name is bound to.
    static final String GROUP = "...";

    private final Elaboration elaboration;
    private final Scope callee;
    private final Scope caller;
    private final String name;

    /// Where each dimension got its size.
    private final Map<String, Source> sources = new HashMap<>();

    private record Source(Span entry, Asked input) {}

    Unification(Elaboration elaboration, Scope callee, Scope caller, String name) {
        this.elaboration = elaboration;
        this.callee = callee;
        this.caller = caller;
        this.name = name;
    }

    private static List<Dimension> entries(TypeExpression.Named type) {
        return type.shape() == null ? List.of() : type.shape();
    }

    /// For each entry the axes it covers: one, or those of a group.
    private List<List<Integer>> cover(Asked input) {
        List<Dimension> entries = entries(input.type());
        int rank = input.value().type().rank();
        int singles = (int) entries.stream().filter(Dimension.Size.class::isInstance).count();
        boolean hasGroup = singles < entries.size();
        if (rank < singles || !hasGroup && rank != singles) {
            String wanted = hasGroup
                    ? "at least " + Calls.count(singles, "dimension")
                    : Calls.count(singles, "dimension");
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(
                            Code.WRONG_RANK,
                            input.span(),
                            what(input) + " has " + wanted + ", and gets " + rank)
                            .here(Describe.type(input.value().type()))
                            .also(input.type().span(), "declared here as " + input.type().span().text())
                            .help(rankHelp(rank, singles)));
        }
        var all = new ArrayList<List<Integer>>();
        int axis = 0;
        boolean taken = false;
        for (Dimension entry : entries) {
            int width = entry instanceof Dimension.Size || taken
                    ? entry instanceof Dimension.Size ? 1 : 0
                    : rank - singles;
            taken |= entry instanceof Dimension.Group;
            var axes = new ArrayList<Integer>();
            for (int i = 0; i < width; i++) {
                axes.add(axis++);
            }
            all.add(axes);
        }
        return all;
    }

    private String what(Asked input) {
        return input.name().equals("this") ? "this" : "`" + input.name() + "` of `" + name + "`";
    }

    private static String rankHelp(int rank, int singles) {
        if (singles == 2 && rank > 2) {
            return "`flatten(x)` makes one axis of all but the first";
        }
        return rank == 0
                ? "a scalar has no dimensions; `reshape` or `full` make a tensor of it"
                : "`reshape(x, [...])` gives the same elements another shape";
    }

    /// Binds groups, and dimensions that stand alone.
    void bindAlone(Asked input) {
        List<List<Integer>> cover = cover(input);
        List<Dimension> entries = entries(input.type());
        for (int i = 0; i < entries.size(); i++) {
            switch (entries.get(i)) {
                case Dimension.Size(Expression.Name entry) -> {
                    if (isUnbound(entry.text())) {
                        int axis = cover.get(i).getFirst();
                        bind(entry.text(), entry.span(), input, input.value().type().dim(axis), axis);
                    }
                }
                case Dimension.Group group -> {
                    String key = group.name() == null ? GROUP : group.name().text();
                    if (callee.find(key) == null) {
                        bindGroup(key, group, input, cover.get(i));
                    }
                }
                case Dimension.Size _ -> {}
            }
        }
    }

    /// Whether a name that stands alone is to be bound: nothing of the body and no constant has it.
    private boolean isUnbound(String dimension) {
        Binding binding = callee.find(dimension);
        if (binding != null) {
            return !(binding.value() instanceof Value.IntValue)
                    && !(binding.value() instanceof Value.UnknownValue)
                    && callee.frameOf(dimension) != callee.frame().id();
        }
        return !(callee.module().find(dimension) instanceof Symbol.Declared(Declaration.Constant _, var _));
    }

    private void bind(String dimension, Span entry, Asked input, Dim size, int axis) {
        var tags = Tag.prefix(
                new Tag(callee.frame().id(), dimension), input.value().axes().get(axis));
        var value = new Value.IntValue(size, tags);
        callee.bind(Binding.of(dimension, Binding.Kind.DIMENSION, entry, value));
        elaboration.types.value(entry, value);
        sources.put(dimension, new Source(entry, input));
    }

    private void bindGroup(String key, Dimension.Group group, Asked input, List<Integer> axes) {
        var dims = new ArrayList<Value>();
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            dims.add(new Value.IntValue(
                    input.value().type().dim(axis),
                    Tag.prefix(
                            new Tag(callee.frame().id(), key + "." + i), input.value().axes().get(axis))));
        }
        var value = new Value.ListValue(dims);
        callee.bind(Binding.of(key, Binding.Kind.DIMENSION, group.span(), value));
        if (group.name() != null) {
            elaboration.types.value(group.name().span(), value);
        }
        sources.put(key, new Source(group.span(), input));
    }

    /// Solves what does not stand alone, and checks all entries.
    void solve(List<Asked> inputs) {
        for (Asked input : inputs) {
            List<List<Integer>> cover = cover(input);
            List<Dimension> entries = entries(input.type());
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i) instanceof Dimension.Size(Expression value) && !(value instanceof Expression.Name)) {
                    int axis = cover.get(i).getFirst();
                    linear(value, input, input.value().type().dim(axis), axis);
                }
            }
        }
        for (Asked input : inputs) {
            List<List<Integer>> cover = cover(input);
            List<Dimension> entries = entries(input.type());
            for (int i = 0; i < entries.size(); i++) {
                check(entries.get(i), input, cover.get(i));
            }
        }
    }

    private void linear(Expression entry, Asked input, Dim size, int axis) {
        var unbound = new ArrayList<Expression.Name>();
        collect(entry, unbound);
        if (unbound.isEmpty()) {
            return;
        }
        if (unbound.size() > 1) {
            throw elaboration.fail(
                    callee,
                    Diagnostic.of(
                            Code.UNSOLVABLE_DIMENSION,
                            entry.span(),
                            "one equation cannot bind both `" + unbound.get(0).text() + "` and `"
                                    + unbound.get(1).text() + "`")
                            .help("let one of them stand alone in another input, or make it a parameter of type Int"));
        }
        Expression.Name solved = unbound.getFirst();
        String unknown = "?" + solved.text();
        Scope trial = callee.inner();
        trial.bind(Binding.of(
                solved.text(),
                Binding.Kind.DIMENSION,
                solved.span(),
                new Value.IntValue(Dim.symbol(unknown))));
        Dim formula = Numbers.dimension(elaboration.expressions.evaluate(entry, trial));
        Dim.Linear parts = formula == null ? null : formula.linear(unknown).orElse(null);
        if (formula == null || parts == null
                || formula.symbols().contains(unknown) && parts.rest().symbols().contains(unknown)) {
            throw elaboration.fail(
                    callee,
                    Diagnostic.of(
                            Code.UNSOLVABLE_DIMENSION,
                            entry.span(),
                            "`" + entry.span().text() + "` cannot be solved for `" + solved.text() + "`")
                            .help("an entry may hold an unbound name once, times a number: `4 * n + 1`"));
        }
        Dim solution = size.minus(parts.rest()).dividedBy(parts.coefficient()).orElseThrow();
        boolean exact = solution.isConstant() || !solution.symbols().isEmpty();
        if (!exact || solution.isConstant() && solution.constant() < 0) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(
                            Code.NOT_DIVISIBLE,
                            input.span(),
                            "axis " + axis + " of " + what(input) + " is `" + entry.span().text() + "`, and "
                                    + size + " is not of that form")
                            .here(Describe.type(input.value().type()))
                            .also(input.type().span(), "declared here"));
        }
        if (!solution.isWhole() && !elaboration.isSymbolic()) {
            elaboration.constraints.add(new Constraint(
                    new SizeCondition.Whole(solution),
                    "axis " + axis + " of " + what(input) + " must be of the form " + entry.span().text(),
                    input.span()));
        }
        bind(solved.text(), solved.span(), input, solution, axis);
    }

    private void collect(Expression expression, List<Expression.Name> unbound) {
        switch (expression) {
            case Expression.Name entry -> {
                if (isUnbound(entry.text())
                        && unbound.stream().noneMatch(other -> other.text().equals(entry.text()))) {
                    unbound.add(entry);
                }
            }
            case Expression.Binary binary -> {
                collect(binary.left(), unbound);
                collect(binary.right(), unbound);
            }
            case Expression.Unary unary -> collect(unary.operand(), unbound);
            case Expression.Call call -> call.arguments().forEach(argument -> collect(argument.value(), unbound));
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _, Expression.Tuple _, Expression.ListLiteral _, Expression.Lambda _, Expression.If _, Expression.Scan _, Expression.Select _, Expression.Slice _, Expression.Range _, Expression.Pipe _, Expression.Invalid _ ->
                {}
        }
    }

    private void check(Dimension entry, Asked input, List<Integer> axes) {
        switch (entry) {
            case Dimension.Size(Expression value) -> {
                Value size = elaboration.expressions.evaluate(value, callee);
                if (size instanceof Value.UnknownValue) {
                    return;
                }
                Dim wanted = elaboration.conversions.size(size, value.span(), callee).dim();
                int axis = axes.getFirst();
                Dim actual = input.value().type().dim(axis);
                if (!wanted.equals(actual) && !elaboration.operators.unsure(wanted, actual)) {
                    throw conflict(value, wanted, input, axis, actual);
                }
            }
            case Dimension.Group group -> {
                String key = group.name() == null ? GROUP : group.name().text();
                Binding binding = callee.find(key);
                Value bound = binding == null ? Value.UNKNOWN : binding.value();
                if (!(bound instanceof Value.ListValue)) {
                    return;
                }
                Shape wanted = elaboration.conversions.shape(bound, group.span(), callee).shape();
                Shape actual = new Shape(
                        axes.stream().map(axis -> input.value().type().dim(axis)).toList());
                if (!wanted.equals(actual)) {
                    throw groups(key, wanted, input, actual);
                }
            }
        }
    }

    private RuntimeException conflict(Expression entry, Dim wanted, Asked input, int axis, Dim actual) {
        Source source = entry instanceof Expression.Name dimension ? sources.get(dimension.text()) : null;
        Diagnostic diagnostic;
        if (source != null && source.input() != input) {
            diagnostic = Diagnostic.of(
                    Code.DIMENSION_CONFLICT,
                    input.span(),
                    "`" + entry.span().text() + "` of `" + name + "` is " + wanted + " in `"
                            + source.input().name() + "`, and " + actual + " in `" + input.name() + "`")
                    .here(Describe.type(input.value().type()));
            if (!source.input().span().equals(input.span())) {
                diagnostic = diagnostic.also(
                        source.input().span(), Describe.type(source.input().value().type()));
            }
            diagnostic = diagnostic
                    .also(source.entry(), "`" + entry.span().text() + "` is bound here")
                    .also(entry.span(), "and asked for again here");
        } else {
            String formula = entry.span().text();
            diagnostic = Diagnostic.of(
                    Code.DIMENSION_CONFLICT,
                    input.span(),
                    "axis " + axis + " of " + what(input) + " is " + wanted + ", and gets " + actual)
                    .here(Describe.type(input.value().type()))
                    .also(
                            entry.span(),
                            wanted.toString().equals(formula) ? "declared here" : "`" + formula + "` is " + wanted);
            Binding binding = entry instanceof Expression.Name dimension ? callee.find(dimension.text()) : null;
            if (binding != null && !binding.span.equals(entry.span())) {
                diagnostic = diagnostic.also(binding.span, "`" + binding.name + "` is " + wanted + " here");
            }
        }
        return elaboration.fail(caller, diagnostic);
    }

    private RuntimeException groups(String key, Shape wanted, Asked input, Shape actual) {
        Source source = sources.get(key);
        Diagnostic diagnostic = Diagnostic.of(
                Code.DIMENSION_CONFLICT,
                input.span(),
                "`" + (key.equals(GROUP) ? key : GROUP + key) + "` of `" + name + "` is " + wanted
                        + (source == null ? "" : " in `" + source.input().name() + "`") + ", and " + actual
                        + " in `" + input.name() + "`")
                .here(Describe.type(input.value().type()));
        if (source != null && !source.input().span().equals(input.span())) {
            diagnostic = diagnostic
                    .also(source.input().span(), Describe.type(source.input().value().type()))
                    .also(source.entry(), "bound here");
        }
        return elaboration.fail(
                caller, diagnostic.also(input.type().span(), "declared here")
                        .help(
                                source != null && isColumn(wanted, actual)
                                        ? "`[..., 0]` behind the value of `" + source.input().name()
                                                + "` drops its last axis, of size 1"
                                        : isColumn(actual, wanted)
                                                ? "`[..., 0]` behind the value of `" + input.name()
                                                        + "` drops its last axis, of size 1"
                                        : "a group of dimensions is equal in all inputs"));
    }

    /// Whether one is the other with an axis of size 1 more at its end, as that of `Dense(1)`.
    private static boolean isColumn(Shape longer, Shape shorter) {
        int rank = shorter.rank();
        return longer.rank() == rank + 1
                && longer.dims().getLast().isOne()
                && longer.dims().subList(0, rank).equals(shorter.dims());
    }

    /// The input with the names that its type gives to its axes.
    TensorValue named(Asked input) {
        List<List<Integer>> cover = cover(input);
        List<Dimension> entries = entries(input.type());
        var axes = new ArrayList<>(input.value().axes());
        for (int i = 0; i < entries.size(); i++) {
            switch (entries.get(i)) {
                case Dimension.Size(Expression.Name entry) -> {
                    Binding binding = callee.find(entry.text());
                    if (binding != null && binding.value() instanceof Value.IntValue(Dim _, List<Tag> tags)) {
                        int axis = cover.get(i).getFirst();
                        axes.set(
                                axis,
                                Tag.merge(
                                        List.of(new Tag(callee.frameOf(entry.text()), entry.text())),
                                        Tag.merge(tags, axes.get(axis))));
                    }
                }
                case Dimension.Group group -> {
                    String key = group.name() == null ? GROUP : group.name().text();
                    List<Integer> covered = cover.get(i);
                    for (int k = 0; k < covered.size(); k++) {
                        var tag = new Tag(callee.frameOf(key), key + "." + k);
                        axes.set(covered.get(k), Tag.prefix(tag, axes.get(covered.get(k))));
                    }
                }
                case Dimension.Size _ -> {}
            }
        }
        return new TensorValue(input.value().node(), axes);
    }

    /// A tensor in a list: each has its own shape, of which only the number of dimensions and the dtype are checked.
    Value loose(TypeExpression.Named type, Given given, String what) {
        @Nullable
        DType wanted = elaboration.inputs.dtype(type, callee);
        TensorValue tensor = elaboration.conversions.tensor(given.value(), wanted, what, given.span(), caller);
        if (wanted != null && wanted != tensor.type().dtype()) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(
                            Code.WRONG_DTYPE,
                            given.span(),
                            what + " is " + wanted + ", and gets " + tensor.type().dtype()));
        }
        cover(new Asked(what.replace("`", ""), type, tensor, given.span(), type.span()));
        return tensor;
    }
}
