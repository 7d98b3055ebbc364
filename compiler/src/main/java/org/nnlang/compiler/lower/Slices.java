package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Index;
import org.nnlang.runtime.tensor.DType;

/// `x[…]`, as in NumPy.
final class Slices {
    private final Elaboration elaboration;

    Slices(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    Value slice(Value target, Expression.Slice slice, Scope scope) {
        return switch (target) {
            case Value.UnknownValue _ -> target;
            case TensorValue tensor -> tensor(tensor, slice, scope);
            case Value.ListValue list -> {
                TensorValue tensor = isTensorIndex(slice, scope) ? elaboration.tensors.ofList(list, null) : null;
                yield tensor != null ? tensor(tensor, slice, scope) : list(list.elements(), slice, scope);
            }
            case Value.TupleValue(var _, List<Value> elements) -> list(elements, slice, scope);
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_OPERAND,
                                slice.target().span(),
                                Describe.what(target) + " has no elements")
                                .help("tensors and lists have"));
        };
    }

    /// Whether a list of numbers that is indexed so is meant as a tensor.
    private boolean isTensorIndex(Expression.Slice slice, Scope scope) {
        return slice.indices().size() > 1
                || slice.indices().getFirst() instanceof Index.At(Expression position)
                        && elaboration.expressions.evaluate(position, scope) instanceof TensorValue;
    }

    /// One range of elements of an axis.
    ///
    /// @param backwards whether it counts from the last element down to the first
    private record Range(Dim start, Dim limit, int step, boolean backwards) {}

    private Value list(List<Value> elements, Expression.Slice slice, Scope scope) {
        if (slice.indices().size() != 1) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.WRONG_RANK, slice.span(),
                                    "a list has one axis, and gets " + slice.indices().size() + " indices")
                            .help("a list of lists is indexed one by one: `x[0][1]`"));
        }
        int size = elements.size();
        switch (slice.indices().getFirst()) {
            case Index.At(Expression position) -> {
                return element(
                        elements, elaboration.expressions.evaluate(position, scope), position.span(), scope);
            }
            case Index.Between between -> {
                long step = step(between, scope);
                long from = bound(between.from(), step > 0 ? 0 : size - 1, size, step < 0, scope);
                long to = bound(between.to(), step > 0 ? size : -1, size, step < 0, scope);
                var chosen = new ArrayList<Value>();
                for (long i = from; step > 0 ? i < to : i > to; i += step) {
                    chosen.add(elements.get((int) i));
                }
                return new Value.ListValue(chosen);
            }
            case Index.Ellipsis _ -> {
                return new Value.ListValue(elements);
            }
        }
    }

    /// The element at an index, or for a list of indices the list of their elements.
    private Value element(List<Value> elements, Value index, Span span, Scope scope) {
        if (index instanceof Value.ListValue(List<Value> several)) {
            return new Value.ListValue(
                    several.stream().map(one -> element(elements, one, span, scope)).toList());
        }
        int size = elements.size();
        long at = elaboration.conversions.integer(index, "an index", span, scope);
        if (at < -size || at >= size) {
            throw outOfRange(span, at, Dim.of(size), "the list", scope);
        }
        return elements.get((int) (at < 0 ? at + size : at));
    }

    /// A list of indices as a tensor of them; those from the end are counted from 0 then.
    private TensorValue places(Value list, Dim size, Span span, Scope scope) {
        return elaboration.conversions.tensor(counted(list, size, span, scope), DType.I32, "an index", span, scope);
    }

    private Value counted(Value index, Dim size, Span span, Scope scope) {
        if (index instanceof Value.ListValue(List<Value> elements)) {
            return new Value.ListValue(elements.stream().map(one -> counted(one, size, span, scope)).toList());
        }
        if (!(index instanceof Value.IntValue integer) || !integer.isConstant()) {
            return index;
        }
        long at = integer.constant();
        if (size.isConstant() && (at < -size.constant() || at >= size.constant())) {
            throw outOfRange(span, at, size, "the axis", scope);
        }
        return at < 0 ? new Value.IntValue(size.plus(integer.dim())) : index;
    }

    private long bound(@Nullable Expression expression, long otherwise, int size, boolean down, Scope scope) {
        if (expression == null) {
            return otherwise;
        }
        long value = integer(expression, "an index", scope);
        long placed = value < 0 ? value + size : value;
        return down ? Math.max(-1, Math.min(size - 1, placed)) : Math.max(0, Math.min(size, placed));
    }

    private long integer(Expression expression, String what, Scope scope) {
        return elaboration.conversions.integer(
                elaboration.expressions.evaluate(expression, scope), what, expression.span(), scope);
    }

    private int step(Index.Between between, Scope scope) {
        long step = between.stride() == null ? 1 : integer(between.stride(), "a stride", scope);
        if (step == 0) {
            throw stride(between, "a stride cannot be 0", scope);
        }
        if (Math.abs(step) > Integer.MAX_VALUE || step == Long.MIN_VALUE) {
            throw stride(between, "a stride is at most " + Integer.MAX_VALUE, scope);
        }
        return (int) step;
    }

    private RuntimeException stride(Index.Between between, String message, Scope scope) {
        Span span = between.stride() == null ? between.span() : between.stride().span();
        return elaboration.fail(scope, Diagnostic.of(Code.STRIDE, span, message));
    }

    private Value tensor(TensorValue x, Expression.Slice slice, Scope scope) {
        int rank = x.type().rank();
        List<Index> indices = slice.indices();
        long ellipses = indices.stream().filter(Index.Ellipsis.class::isInstance).count();
        int singles = indices.size() - (int) ellipses;
        if (ellipses > 1 || singles > rank) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.WRONG_RANK,
                            slice.span(),
                            ellipses > 1
                                    ? "only one `...` can stand in an index"
                                    : "there are " + singles + " indices for "
                                            + Calls.count(rank, "axis").replace("axiss", "axes"))
                            .also(slice.target().span(), Describe.type(x.type())));
        }
        if (indices.size() == 1 && indices.getFirst() instanceof Index.At(Expression position)) {
            Value at = elaboration.expressions.evaluate(position, scope);
            if (at instanceof Value.ListValue && Tensors.isWhole(at) && rank > 0) {
                at = places(at, x.type().dim(0), position.span(), scope);
            }
            if (at instanceof TensorValue ids) {
                TensorValue places = elaboration.operators.widened(ids);
                if (places.type().dtype() != DType.I32) {
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(
                                    Code.WRONG_DTYPE,
                                    position.span(),
                                    "an index tensor is i32, and this is " + places.type().dtype())
                                    .help(
                                            places.type().dtype() == DType.BOOL
                                                    ? Help.of("a condition chooses with `where(condition, a, b)`")
                                                    : Help.call("cast it:", position.span(), "i32", "")));
                }
                return ShapeBuiltins.gather(elaboration, x, places);
            }
        }
        var starts = new ArrayList<Dim>();
        var limits = new ArrayList<Dim>();
        var steps = new ArrayList<Integer>();
        var dims = new ArrayList<Dim>();
        var axes = new ArrayList<List<Tag>>();
        var backwards = new ArrayList<Integer>();
        for (Index index : indices) {
            int axis = starts.size();
            switch (index) {
                case Index.Ellipsis _ -> whole(x, rank - singles, starts, limits, steps, dims, axes);
                case Index.At(Expression position) -> {
                    Dim at = place(position, x.type().dim(axis), true, scope);
                    Dim size = x.type().dim(axis);
                    fits(
                            List.of(at, size.minus(1).minus(at)),
                            "there is no element " + at + ": the axis has " + size,
                            position.span());
                    starts.add(at);
                    limits.add(at.plus(1));
                    steps.add(1);
                }
                case Index.Between between -> {
                    Dim size = x.type().dim(axis);
                    Range range = range(between, size, scope);
                    fits(
                            List.of(range.start(), range.limit().minus(range.start()), size.minus(range.limit())),
                            "the range from " + range.start() + " to " + range.limit()
                                    + (range.backwards() ? ", counted from the end," : "")
                                    + " leaves the axis, which has " + size,
                            between.span());
                    if (range.backwards()) {
                        backwards.add(axis);
                    }
                    starts.add(range.start());
                    limits.add(range.limit());
                    steps.add(range.step());
                    Dim length = length(range, between);
                    dims.add(length);
                    axes.add(length.equals(size) ? x.axes().get(axis) : List.of());
                }
            }
        }
        whole(x, rank - starts.size(), starts, limits, steps, dims, axes);
        TensorValue turned = x;
        for (int axis : backwards) {
            turned = OrderBuiltins.flipped(elaboration, turned, axis);
        }
        Node node = elaboration.graph.slice(turned.node(), starts, limits, steps);
        return new TensorValue(elaboration.graph.reshape(node, new Shape(dims)), axes);
    }

    private static void whole(
            TensorValue x,
            int count,
            List<Dim> starts,
            List<Dim> limits,
            List<Integer> steps,
            List<Dim> dims,
            List<List<Tag>> axes) {
        for (int i = 0; i < count; i++) {
            int axis = starts.size();
            Dim dim = x.type().dim(axis);
            starts.add(Dim.ZERO);
            limits.add(dim);
            steps.add(1);
            dims.add(dim);
            axes.add(x.axes().get(axis));
        }
    }

    private Dim length(Range range, Index.Between between) {
        Dim extent = range.limit().minus(range.start());
        if (range.step() == 1) {
            return extent;
        }
        if (extent.isConstant()) {
            return Dim.of(Math.ceilDiv(extent.constant(), range.step()));
        }
        Dim exact = extent.dividedBy(Dim.of(range.step())).orElseThrow();
        if (!exact.isWhole() && !elaboration.isSymbolic()) {
            elaboration.constraints.add(new Constraint(
                    new SizeCondition.Whole(exact),
                    "a stride of " + range.step() + " does not divide " + extent,
                    between.span()));
        }
        return exact;
    }

    private Range range(Index.Between between, Dim size, Scope scope) {
        int step = step(between, scope);
        if (step < 0) {
            return backwards(between, size, -step, scope);
        }
        Dim start = between.from() == null ? Dim.ZERO : place(between.from(), size, false, scope);
        Dim limit = between.to() == null ? size : place(between.to(), size, false, scope);
        // As in NumPy, a range that leaves the tensor ends where it ends.
        if (isBelow(size, limit)) {
            limit = size;
        }
        if (start.equals(limit) || isBelow(limit, start)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.OUT_OF_RANGE, between.span(),
                            "this range is empty: it goes from " + start + " to " + limit));
        }
        return new Range(start, limit, step, false);
    }

    /// From a place down to one that is not taken; without it, to the first element.
    private Range backwards(Index.Between between, Dim size, int step, Scope scope) {
        Dim from = between.from() == null ? size.minus(1) : place(between.from(), size, false, scope);
        if (isBelow(size.minus(1), from)) {
            from = size.minus(1);
        }
        Dim down = between.to() == null ? Dim.of(-1) : place(between.to(), size, false, scope);
        Dim extent = from.minus(down);
        if (extent.isConstant() && extent.constant() <= 0) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.OUT_OF_RANGE, between.span(),
                            "this range is empty: it goes down from " + from + " to " + down));
        }
        return new Range(size.minus(1).minus(from), size.minus(1).minus(down), step, true);
    }

    /// A place along an axis; from the end, if it is negative.
    private Dim place(Expression expression, Dim size, boolean element, Scope scope) {
        Value value = elaboration.expressions.evaluate(expression, scope);
        if (value instanceof TensorValue) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.WRONG_TYPE, expression.span(),
                                    "this index is a tensor, and must be known when compiling")
                            .help("a tensor of indices alone takes rows, `table[ids]`; along another axis there are"
                                    + " `take_along_axis(x, ids)` and `pick(x, ids)`"));
        }
        if (value instanceof Value.FloatValue(double number, var exact) && exact == null
                && number == Math.rint(number)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.WRONG_TYPE, expression.span(),
                                    "an index is an Int, and this is the Float " + number)
                            .help("`floor(…)`, `ceil(…)` and `round(…)` make it an Int"));
        }
        if (value instanceof Value.IntValue(Dim dim, var _) && dim.isConstant() && dim.constant() < 0) {
            Dim fromEnd = size.plus(dim);
            if (fromEnd.isConstant() && fromEnd.constant() < 0) {
                if (!element) {
                    return Dim.ZERO;
                }
                throw outOfRange(expression.span(), dim.constant(), size, "the axis", scope);
            }
            return fromEnd;
        }
        Dim at = elaboration.conversions.size(value, expression.span(), scope).dim();
        if (element && (at.equals(size) || isBelow(size, at))) {
            throw outOfRange(expression.span(), at, size, "the axis", scope);
        }
        return at;
    }

    /// Whether one is less than the other whatever their free dimensions are; not where that depends on them.
    private static boolean isBelow(Dim a, Dim b) {
        Dim difference = b.minus(a);
        return difference.isConstant() && difference.constant() > 0;
    }

    /// Asks for none of `rooms` to be below zero at the sizes that a program is bound to, where that is not certain.
    private void fits(List<Dim> rooms, String otherwise, Span span) {
        if (elaboration.isSymbolic()) {
            return;
        }
        for (Dim room : rooms) {
            if (!isNeverNegative(room)) {
                elaboration.constraints.add(new Constraint(
                        new SizeCondition.Compare(
                                SizeCondition.Comparison.GREATER_EQUAL,
                                new SizeCondition.Amount.Size(room),
                                new SizeCondition.Amount.Number(0)),
                        otherwise,
                        span));
            }
        }
    }

    /// Whether it grows with each free dimension, none of which is less than 1, and is not negative where all are 1.
    private static boolean isNeverNegative(Dim dim) {
        double least = 0;
        for (Dim.Monomial term : dim.monomials()) {
            if (term.numerator() < 0 && !term.symbols().isEmpty()) {
                return false;
            }
            least += (double) term.numerator() / term.denominator();
        }
        return least >= 0;
    }

    private RuntimeException outOfRange(Span span, Object at, Dim size, String what, Scope scope) {
        return elaboration.fail(
                scope,
                Diagnostic.of(Code.OUT_OF_RANGE, span, "there is no element " + at + ": " + what + " has " + size)
                        .help("elements are counted from 0, or from the end: the last one is -1"));
    }
}
