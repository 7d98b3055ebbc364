package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.lower.Value.TensorValue;

/// Finds the axes that `along = name` means.
final class AxisNames {
    private final Elaboration elaboration;

    AxisNames(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The axis of `input` that has the dimension `along`, as an Int; for a group the list of its axes.
    Value find(Given input, Given along, Scope scope) {
        TensorValue tensor = elaboration.conversions.tensor(input.value(), null, "what is reduced", input.span(),
                scope);
        return switch (along.value()) {
            case Value.IntValue dimension -> Value.IntValue.of(axis(tensor, dimension, along, name(along), scope));
            case Value.ListValue(List<Value> group) -> {
                var axes = new ArrayList<Value>();
                for (int i = 0; i < group.size(); i++) {
                    if (!(group.get(i) instanceof Value.IntValue dimension)) {
                        throw wrong(along, scope);
                    }
                    String name = name(along);
                    axes.add(Value.IntValue.of(
                            axis(tensor, dimension, along, name == null ? null : name + "." + i, scope)));
                }
                yield new Value.ListValue(axes);
            }
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw wrong(along, scope);
        };
    }

    private static @Nullable String name(Given along) {
        return along.binding() == null ? null : along.binding().name;
    }

    private RuntimeException wrong(Given along, Scope scope) {
        return elaboration.fail(
                scope,
                Diagnostic.of(
                        Code.NO_SUCH_AXIS,
                        along.span(),
                        "`along` takes the name of a dimension, and this is " + Describe.what(along.value()))
                        .help("an index is given as `axis = -1`"));
    }

    private int axis(
            TensorValue tensor,
            Value.IntValue dimension,
            Given along,
            @Nullable String name,
            Scope scope) {
        Binding written = along.binding();
        if (name == null || written == null) {
            throw wrong(along, scope);
        }
        var tag = new Tag(along.frame(), name);
        List<Predicate<Integer>> ways = List.of(
                axis -> !tensor.axes().get(axis).isEmpty()
                        && tensor.axes().get(axis).getFirst().equals(tag),
                axis -> tensor.axes().get(axis).contains(tag),
                axis -> tensor.axes().get(axis).stream().anyMatch(dimension.tags()::contains),
                axis -> tensor.type().dim(axis).equals(dimension.dim()));
        for (Predicate<Integer> way : ways) {
            List<Integer> found = Tensors.allAxes(tensor).stream().filter(way).toList();
            if (found.size() == 1) {
                return found.getFirst();
            }
            if (found.size() > 1) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.AMBIGUOUS_AXIS,
                                along.span(),
                                "several axes of " + tensor.type() + " are `" + written.name + "`: "
                                        + found.stream().map(String::valueOf).collect(Collectors.joining(" and ")))
                                .help("choose one by its index: `axis = " + found.getLast() + "`"));
            }
        }
        Diagnostic diagnostic = Diagnostic.of(
                Code.NO_SUCH_AXIS,
                along.span(),
                "no axis of " + Describe.type(tensor.type()) + " is `" + written.name + "`"
                        + (dimension.dim().toString().equals(written.name) ? "" : ", which is " + dimension.dim()));
        throw elaboration.fail(
                scope,
                diagnostic.also(written.span, "`" + written.name + "` is bound here")
                        .help("an axis can be chosen by its index: `axis = -1`"));
    }
}
