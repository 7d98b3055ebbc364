package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.runtime.tensor.DType;

/// Holds the value of a body against the result that its declaration promises.
final class Results {
    private final Elaboration elaboration;

    Results(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The value as the type says: numbers as tensors, tuples with names, axes with the names of dimensions.
    Value check(TypeExpression type, Value value, Block body, Scope scope, String name) {
        Expression last = body.value();
        return check(type, value, last == null ? body.span() : last.span(), scope, "`" + name + "`");
    }

    private Value check(TypeExpression type, Value value, Span span, Scope scope, String what) {
        if (value instanceof Value.UnknownValue) {
            return value;
        }
        return switch (type) {
            case TypeExpression.Invalid _ -> value;
            case TypeExpression.Tuple tuple -> tuple(tuple, value, span, scope, what);
            case TypeExpression.Named named when Inputs.isTensor(named) -> tensor(named, value, span, scope, what);
            case TypeExpression.Named named ->
                elaboration.inputs.compileTime(
                        named, Given.of(value, span), "the result of " + what, scope, scope, type.span());
        };
    }

    private Value tuple(TypeExpression.Tuple type, Value value, Span span, Scope scope, String what) {
        List<TypeExpression.Item> items = type.items();
        if (!(value instanceof Value.TupleValue(var _, List<Value> elements)) || elements.size() != items.size()) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.RESULT_TYPE,
                            span,
                            what + " promises " + items.size() + " results, and gives "
                                    + (value instanceof Value.TupleValue tuple
                                            ? String.valueOf(tuple.elements().size())
                                            : Describe.what(value)))
                            .also(type.span(), "promised here")
                            .help("several results stand in parentheses: `(a, b)`"));
        }
        var names = new ArrayList<@Nullable String>();
        var checked = new ArrayList<Value>();
        for (int i = 0; i < items.size(); i++) {
            TypeExpression.Item item = items.get(i);
            names.add(item.name() == null ? null : item.name().text());
            String part = item.name() == null
                    ? "result " + (i + 1) + " of " + what
                    : "`" + item.name() + "` of " + what;
            checked.add(check(item.type(), elements.get(i), span, scope, part));
        }
        return new Value.TupleValue(names, checked);
    }

    private Value tensor(TypeExpression.Named type, Value value, Span span, Scope scope, String what) {
        DType wanted = elaboration.inputs.dtype(type, scope);
        TensorValue tensor = elaboration.conversions.tensor(value, wanted, "the result of " + what, span, scope);
        if (wanted != null && tensor.type().dtype() != wanted) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.RESULT_TYPE,
                            span,
                            what + " promises " + wanted + ", and gives " + tensor.type().dtype())
                            .here(Describe.type(tensor.type()))
                            .also(type.span(), "promised here")
                            .help("cast it, as in `" + wanted + "(…)`, or change the promise"));
        }
        List<Dimension> entries = type.shape() == null ? List.of() : type.shape();
        int rank = tensor.type().rank();
        int singles = (int) entries.stream().filter(Dimension.Size.class::isInstance).count();
        boolean hasGroup = singles < entries.size();
        if (rank < singles || !hasGroup && rank != singles) {
            throw differs(type, tensor, span, scope, what, "they differ in their number of dimensions");
        }
        var axes = new ArrayList<>(tensor.axes());
        int axis = 0;
        for (Dimension entry : entries) {
            switch (entry) {
                case Dimension.Size(Expression expression) -> {
                    Value size = elaboration.expressions.evaluate(expression, scope);
                    if (!(size instanceof Value.UnknownValue)) {
                        Conversions.Sized sized = elaboration.conversions.size(size, expression.span(), scope);
                        Dim actual = tensor.type().dim(axis);
                        if (!sized.dim().equals(actual) && !elaboration.operators.unsure(sized.dim(), actual)) {
                            throw differs(
                                    type,
                                    tensor,
                                    span,
                                    scope,
                                    what,
                                    "axis " + axis + " is " + actual + ", and "
                                            + (sized.dim().toString().equals(expression.span().text())
                                                    ? "not " + sized.dim()
                                                    : "`" + expression.span().text() + "` is " + sized.dim()));
                        }
                        axes.set(axis, Tag.merge(sized.tags(), axes.get(axis)));
                    }
                    axis++;
                }
                case Dimension.Group group -> {
                    int width = rank - singles;
                    String key = group.name() == null ? Unification.GROUP : group.name().text();
                    Binding binding = scope.find(key);
                    if (binding != null && binding.value() instanceof Value.ListValue list) {
                        Conversions.Shaped shaped = elaboration.conversions.shape(list, group.span(), scope);
                        Shape actual = tensor.type().shape().part(axis, axis + width);
                        if (!shaped.shape().equals(actual)) {
                            throw differs(
                                    type,
                                    tensor,
                                    span,
                                    scope,
                                    what,
                                    "`" + group.span().text() + "` is " + shaped.shape() + ", and these dimensions are "
                                            + actual);
                        }
                        for (int i = 0; i < width; i++) {
                            axes.set(axis + i, Tag.merge(shaped.axes().get(i), axes.get(axis + i)));
                        }
                    }
                    axis += width;
                }
            }
        }
        return new TensorValue(tensor.node(), axes);
    }

    private RuntimeException differs(
            TypeExpression.Named type, TensorValue tensor, Span span, Scope scope, String what, String how) {
        return elaboration.fail(
                scope,
                Diagnostic.of(
                        Code.RESULT_SHAPE,
                        span,
                        what + " promises " + type.span().text() + ", and gives " + tensor.type())
                        .also(type.span(), "promised here")
                        .help(how));
    }

    /// The value without the dimension names of calls that have returned.
    static Value withoutTags(Value value, Set<Integer> frames) {
        return switch (value) {
            case TensorValue(var node, List<List<Tag>> axes) ->
                axes.stream().allMatch(List::isEmpty)
                        ? value
                        : new TensorValue(node, axes.stream().map(tags -> without(tags, frames)).toList());
            case Value.IntValue(Dim dim, List<Tag> tags) -> new Value.IntValue(dim, without(tags, frames));
            case Value.TupleValue(var names, List<Value> elements) ->
                new Value.TupleValue(
                        names, elements.stream().map(element -> withoutTags(element, frames)).toList());
            case Value.ListValue(List<Value> elements) ->
                new Value.ListValue(elements.stream().map(element -> withoutTags(element, frames)).toList());
            case Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                value;
        };
    }

    private static List<Tag> without(List<Tag> tags, Set<Integer> frames) {
        return tags.stream().filter(tag -> !frames.contains(tag.frame())).toList();
    }
}
