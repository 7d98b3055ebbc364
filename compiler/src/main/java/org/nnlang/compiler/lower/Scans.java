package org.nnlang.compiler.lower;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;
import org.nnlang.runtime.tensor.DType;

/// `scan`: one round is elaborated, over placeholders for the slices and for what is carried, and becomes a loop.
///
/// Carried are the variables around the scan that its block assigns, and the states that it updates, wherever that is
/// written.
final class Scans {
    private final Elaboration elaboration;

    /// What the rounds being elaborated yield, the innermost first.
    private final Deque<Round> rounds = new ArrayDeque<>();

    /// One round.
    ///
    /// @param depth how many undecided branches were around it
    private record Round(ScanBuilder loop, List<Value> yields, List<@Nullable String> names, int depth) {}

    /// A `var` around the scan.
    ///
    /// @param placeholders of its tensors, in order
    private record Carried(Binding binding, Value before, Value inside, List<Node> placeholders, Span assigned) {}

    Scans(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Whether statements are of a round.
    boolean isInRound() {
        return !rounds.isEmpty();
    }

    Value scan(Expression.Scan scan, Scope scope) {
        List<TensorValue> sources = new ArrayList<>();
        Value source = numbersAsTensors(elaboration.expressions.evaluate(scan.source(), scope));
        collect(source, scan, sources, scope);
        Value along = elaboration.expressions.evaluate(scan.dimension(), scope);
        int axis = axis(sources.getFirst(), along, scan, scope);
        Dim trips = sources.getFirst().type().dim(axis);
        var loop = new ScanBuilder(elaboration.graph, trips, scan.order() != null);
        Value slices = map(source, tensor -> {
            int its = tensor == sources.getFirst() ? axis : axis(tensor, along, scan, scope);
            if (!tensor.type().dim(its).equals(trips)) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.SHAPES_DIFFER,
                                scan.source().span(),
                                "these have different lengths along `" + scan.dimension().span().text() + "`: " + trips
                                        + " and " + tensor.type().dim(its))
                                .help("a `scan` goes through all its sequences together"));
            }
            return slice(loop, tensor, its);
        });
        return round(scan, scope, loop, slices, axis, sources.getFirst());
    }

    private Value round(
            Expression.Scan scan, Scope scope, ScanBuilder loop, Value slices, int axis, TensorValue source) {
        List<Carried> carried = carry(scan, scope, loop);
        var round = new Round(loop, new ArrayList<>(), new ArrayList<>(), elaboration.statements.undecided());
        rounds.push(round);
        elaboration.variables.enter(loop);
        Map<String, Node> states = Map.of();
        List<Value> after = List.of();
        boolean whole = false;
        try {
            try {
                Scope inner = scope.inner();
                elaboration.statements.bind(scan.pattern(), slices, scan.source(), Binding.Kind.VAL, inner);
                elaboration.statements.block(scan.body(), inner, false);
            } finally {
                rounds.pop();
                states = elaboration.variables.leave();
            }
            after = next(carried, loop, scope);
            whole = true;
        } finally {
            if (!whole) {
                elaboration.variables.abandon(loop, states);
                carried.forEach(each -> each.binding().assign(Value.UNKNOWN));
            }
        }
        round.yields().forEach(value -> tensors(value).forEach(tensor -> loop.stack(tensor.node())));
        loop.close();
        elaboration.variables.settle(loop, states);
        for (int i = 0; i < carried.size(); i++) {
            Carried each = carried.get(i);
            elaboration.statements.journal(each.binding(), each.before());
            var places = each.placeholders().iterator();
            boolean same = after.get(i) == each.inside();
            each.binding().assign(
                    same
                            ? each.before()
                            : map(after.get(i), tensor -> new TensorValue(loop.last(places.next()), tensor.axes())));
        }
        elaboration.effects++;
        return result(round, axis, source);
    }

    /// The tensors of a value: itself, or those of a list or tuple.
    private static List<TensorValue> tensors(Value value) {
        var all = new ArrayList<TensorValue>();
        map(value, tensor -> {
            all.add(tensor);
            return tensor;
        });
        return all;
    }

    /// The value with other tensors in place of its own.
    private static Value map(Value value, Function<TensorValue, Value> change) {
        return switch (value) {
            case TensorValue tensor -> change.apply(tensor);
            case Value.ListValue(List<Value> elements) ->
                new Value.ListValue(elements.stream().map(element -> map(element, change)).toList());
            case Value.TupleValue(var names, List<Value> elements) ->
                new Value.TupleValue(names, elements.stream().map(element -> map(element, change)).toList());
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                value;
        };
    }

    /// Lists of numbers are tensors.
    private Value numbersAsTensors(Value source) {
        if (source instanceof Value.TupleValue(var names, List<Value> elements)) {
            return new Value.TupleValue(names, elements.stream().map(this::numbersAsTensors).toList());
        }
        TensorValue tensor = source instanceof Value.ListValue list ? elaboration.tensors.ofList(list, null) : null;
        return tensor == null ? source : tensor;
    }

    private void collect(Value source, Expression.Scan scan, List<TensorValue> sources, Scope scope) {
        switch (source) {
            case Value.TupleValue(var _, List<Value> elements) ->
                elements.forEach(element -> collect(element, scan, sources, scope));
            case TensorValue tensor -> sources.add(tensor);
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_TYPE,
                                scan.source().span(),
                                "a `scan` goes through a tensor, or a tuple of several, and this is "
                                        + Describe.what(source))
                                .help(
                                        source instanceof Value.ListValue
                                                ? "a `for` goes through a list"
                                                : "its slices along a dimension are what the block sees"));
        }
        if (sources.isEmpty()) {
            throw new Operators.Unsure();
        }
    }

    /// The axis that `along` means: a dimension by its name, or an index.
    private int axis(TensorValue tensor, Value along, Expression.Scan scan, Scope scope) {
        Expression dimension = scan.dimension();
        if (dimension instanceof Expression.Name name) {
            var given = new Given(
                    "along", along, dimension.span(), dimension, null, scope.find(name.text()),
                    scope.frameOf(name.text()));
            var input = Given.of(tensor, scan.source().span());
            if (new AxisNames(elaboration).find(input, given, scope) instanceof Value.IntValue axis) {
                return Math.toIntExact(axis.constant());
            }
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.NO_SUCH_AXIS, dimension.span(), "a `scan` goes along one dimension"));
        }
        long index = elaboration.conversions.integer(along, "the axis of a `scan`", dimension.span(), scope);
        int rank = tensor.type().rank();
        if (index < -rank || index >= rank) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.NO_SUCH_AXIS,
                            dimension.span(),
                            Describe.type(tensor.type()) + " has no axis " + index)
                            .help("name the dimension to go along, as in `scan x in xs along t { … }`"));
        }
        return Math.toIntExact(index < 0 ? index + rank : index);
    }

    private TensorValue slice(ScanBuilder loop, TensorValue tensor, int axis) {
        var order = Axes.concat(List.of(axis), Axes.others(tensor.type().rank(), List.of(axis)));
        TensorValue timeFirst = elaboration.tensors.transpose(tensor, order);
        return new TensorValue(
                loop.slice(timeFirst.node()), timeFirst.axes().subList(1, timeFirst.axes().size()));
    }

    /// Gives placeholders to the variables around the scan that its block assigns.
    private List<Carried> carry(Expression.Scan scan, Scope scope, ScanBuilder loop) {
        var carried = new ArrayList<Carried>();
        assigned(scan.body()).forEach((name, span) -> {
            Binding binding = scope.find(name);
            if (binding == null || binding.kind != Binding.Kind.VAR) {
                return;
            }
            Value before = binding.value();
            var placeholders = new ArrayList<Node>();
            Value inside = map(asTensors(before), tensor -> {
                Node placeholder = loop.carry(tensor.node());
                placeholders.add(placeholder);
                return new TensorValue(placeholder, tensor.axes());
            });
            binding.assign(inside);
            carried.add(new Carried(binding, before, inside, placeholders, span));
        });
        return carried;
    }

    /// Numbers as scalars, also in lists and tuples; anything else as it is.
    private Value asTensors(Value value) {
        return switch (value) {
            case Value.ListValue(List<Value> elements) ->
                new Value.ListValue(elements.stream().map(this::asTensors).toList());
            case Value.TupleValue(var names, List<Value> elements) ->
                new Value.TupleValue(names, elements.stream().map(this::asTensors).toList());
            case Value.IntValue _, Value.FloatValue _ ->
                Objects.requireNonNull(elaboration.tensors.scalar(value, DType.F32));
            case Value.BoolValue _ -> Objects.requireNonNull(elaboration.tensors.scalar(value, DType.BOOL));
            case TensorValue _, Value.Quotient _, Value.Remainder _, Value.Condition _, Value.StringValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                value;
        };
    }

    /// The names that a block assigns and does not declare, with the first place.
    private static Map<String, Span> assigned(Block block) {
        var names = new LinkedHashMap<String, Span>();
        new SyntaxWalk() {
            @Override
            public void statement(Statement statement) {
                if (statement instanceof Statement.Assign assign) {
                    assign.pattern().names().forEach(name -> names.putIfAbsent(name.text(), assign.span()));
                }
                super.statement(statement);
            }
        }.block(block);
        Set<String> own = new LinkedHashSet<>();
        for (Statement statement : block.statements()) {
            if (statement instanceof Statement.Var variable) {
                variable.pattern().names().forEach(name -> own.add(name.text()));
            }
        }
        names.keySet().removeAll(own);
        return names;
    }

    /// Says what is carried on; the values, with numbers as tensors.
    private List<Value> next(List<Carried> carried, ScanBuilder loop, Scope scope) {
        var after = new ArrayList<Value>();
        for (Carried each : carried) {
            Value value = each.binding().value();
            if (value == each.inside()) {
                each.placeholders().forEach(placeholder -> loop.next(placeholder, placeholder));
                after.add(value);
                continue;
            }
            var nodes = new ArrayList<Node>();
            after.add(fit(each.inside(), value, each, nodes, scope));
            for (int i = 0; i < nodes.size(); i++) {
                loop.next(each.placeholders().get(i), nodes.get(i));
            }
        }
        return after;
    }

    /// The new value as something of the old one's type.
    private Value fit(Value old, Value value, Carried carried, List<Node> nodes, Scope scope) {
        if (value instanceof Value.UnknownValue || old instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        String name = carried.binding().name;
        switch (old) {
            case TensorValue tensor -> {
                TensorType type = tensor.type();
                TensorValue found = elaboration.conversions.tensor(
                        value, type.dtype(), "the new value of `" + name + "`", carried.assigned(), scope);
                if (Numbers.isNumber(value)) {
                    found = new TensorValue(elaboration.tensors.stretch(found.node(), type.shape()), tensor.axes());
                }
                if (!found.type().equals(type)) {
                    throw unfit(
                            carried,
                            "`" + name + "` is " + Describe.type(type) + " before the `scan`, and "
                                    + Describe.type(found.type()) + " after a round",
                            scope);
                }
                nodes.add(found.node());
                return found;
            }
            case Value.ListValue(List<Value> olds) when value instanceof Value.ListValue(List<Value> elements)
                    && elements.size() == olds.size() -> {
                return new Value.ListValue(all(olds, elements, carried, nodes, scope));
            }
            case Value.ListValue(List<Value> olds) when !olds.isEmpty() && value instanceof TensorValue tensor
                    && tensor.type().rank() > 0 && tensor.type().dim(0).equals(Dim.of(olds.size())) -> {
                return new Value.ListValue(all(olds, elements(tensor), carried, nodes, scope));
            }
            case Value.TupleValue(var names, List<Value> olds) when value instanceof Value.TupleValue(var _, List<Value> elements)
                    && elements.size() == olds.size() -> {
                return new Value.TupleValue(names, all(olds, elements, carried, nodes, scope));
            }
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                throw unfit(
                        carried,
                        "`" + name + "` is " + Describe.what(old) + " before the `scan`, and " + Describe.what(value)
                                + " after a round",
                        scope);
        }
    }

    /// The slices of a tensor along its first axis: a list of numbers that a round has computed with.
    private List<Value> elements(TensorValue tensor) {
        var elements = new ArrayList<Value>();
        List<List<Tag>> axes = tensor.axes().subList(1, tensor.axes().size());
        for (long i = 0; i < tensor.type().dim(0).constant(); i++) {
            Node slice = elaboration.graph.slice(tensor.node(), 0, Dim.of(i), Dim.of(i + 1), 1);
            elements.add(new TensorValue(
                    elaboration.graph.reshape(slice, tensor.type().shape().part(1, tensor.type().rank())), axes));
        }
        return elements;
    }

    private List<Value> all(List<Value> olds, List<Value> values, Carried carried, List<Node> nodes, Scope scope) {
        var all = new ArrayList<Value>();
        for (int i = 0; i < olds.size(); i++) {
            all.add(fit(olds.get(i), values.get(i), carried, nodes, scope));
        }
        return all;
    }

    private RuntimeException unfit(Carried carried, String message, Scope scope) {
        return elaboration.fail(
                scope,
                Diagnostic.of(Code.CARRIED_CHANGES, carried.assigned(), message)
                        .also(carried.binding().span, "`" + carried.binding().name + "` is declared here")
                        .help("what a `scan` carries are tensors that keep their type: begin with that of a round, as in"
                                + " `var h = zeros([b, units])`"));
    }

    /// `yield`.
    void gather(Statement.Yield yield, Scope scope) {
        Round round = rounds.getFirst();
        Value value = asTensors(elaboration.expressions.evaluate(yield.value(), scope));
        if (value instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        if (!(value instanceof Value.TupleValue || value instanceof Value.ListValue)) {
            value = elaboration.conversions.tensor(
                    value, null, "what a `scan` yields", yield.value().span(), scope);
        }
        if (elaboration.statements.undecided() > round.depth()) {
            value = Value.UNKNOWN;
        }
        round.yields().add(value);
        round.names().add(yield.value() instanceof Expression.Name name ? name.text() : null);
    }

    /// A `yield` with a mistake.
    void yieldUnknown() {
        rounds.getFirst().yields().add(Value.UNKNOWN);
        rounds.getFirst().names().add(null);
    }

    /// What was yielded, stacked where the sequence has its axis.
    private Value result(Round round, int axis, TensorValue source) {
        if (round.yields().isEmpty()) {
            return Value.UNIT;
        }
        var all = new ArrayList<Value>();
        for (Value value : round.yields()) {
            all.add(value instanceof Value.UnknownValue
                    ? value
                    : map(value, tensor -> stacked(round.loop(), tensor, axis, source)));
        }
        return all.size() == 1 ? all.getFirst() : new Value.TupleValue(round.names(), all);
    }

    private TensorValue stacked(ScanBuilder loop, TensorValue tensor, int axis, TensorValue source) {
        var axes = new ArrayList<List<Tag>>();
        axes.add(source.axes().get(axis));
        axes.addAll(tensor.axes());
        var timeFirst = new TensorValue(loop.stacked(tensor.node()), axes);
        var order = new ArrayList<>(Tensors.allAxes(timeFirst));
        order.removeFirst();
        order.add(Math.min(axis, order.size()), 0);
        return elaboration.tensors.transpose(timeFirst, order);
    }
}
