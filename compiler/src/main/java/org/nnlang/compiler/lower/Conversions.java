package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.DType;

/// Takes values for what is asked for, or says why they are not.
final class Conversions {
    private final Elaboration elaboration;

    Conversions(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// A dimension with its names.
    record Sized(Dim dim, List<Tag> tags) {}

    /// Whether a dimension holds a quotient that only a call makes known.
    static boolean isOpaque(Dim dim) {
        return dim.symbols().stream().anyMatch(symbol -> symbol.indexOf(' ') >= 0);
    }

    /// A value as an entry of a shape: division is exact.
    Sized size(Value value, Span span, Scope scope) {
        switch (value) {
            case Value.IntValue(Dim dim, List<Tag> tags) -> {
                return new Sized(notNegative(dim, span, scope), tags);
            }
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.Quotient(Dim numerator, Dim denominator, Dim exact) -> {
                if (exact != null) {
                    if (!exact.isWhole() && !elaboration.isSymbolic()) {
                        elaboration.constraints.add(new Constraint(
                                new SizeCondition.Whole(exact), exact + " is not a whole number", span));
                    }
                    return new Sized(exact, List.of());
                }
                if (elaboration.isSymbolic()) {
                    return new Sized(Dim.symbol("(" + numerator + " / " + denominator + ")"), List.of());
                }
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.NOT_DIVISIBLE,
                                span,
                                "a size cannot be divided by the free dimension `" + denominator + "`")
                                .help("divide by a size that is known when compiling"));
            }
            case Value.FloatValue(double _, Dim exact) when exact != null -> {
                return new Sized(notNegative(exact, span, scope), List.of());
            }
            case Value.FloatValue(double number, Dim _) ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.NOT_DIVISIBLE,
                                span,
                                "a size is a whole number, and this is " + Describe.number(number))
                                .help("division in a shape must come out even"));
            case Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(Code.WRONG_TYPE, span, "a size is an Int, and this is " + Describe.what(value))
                                .help(
                                        value instanceof TensorValue
                                                ? "sizes are known before the program runs; a tensor is not"
                                                : "sizes are Ints, such as 128 or the name of a dimension"));
        }
    }

    private Dim notNegative(Dim dim, Span span, Scope scope) {
        if (dim.isConstant() && dim.constant() < 0) {
            throw elaboration.fail(scope, Diagnostic.of(Code.NEGATIVE_SIZE, span, "a size cannot be " + dim));
        }
        return dim;
    }

    /// A shape with its dimensions' names.
    record Shaped(Shape shape, List<List<Tag>> axes) {}

    /// An Int or a list of Ints as a shape.
    Shaped shape(Value value, Span span, Scope scope) {
        var dims = new ArrayList<Dim>();
        var axes = new ArrayList<List<Tag>>();
        List<Value> entries = value instanceof Value.ListValue(List<Value> elements) ? elements : List.of(value);
        for (Value entry : entries) {
            Sized size = size(entry, span, scope);
            dims.add(size.dim());
            axes.add(size.tags());
        }
        return new Shaped(new Shape(dims), axes);
    }

    /// An Int that is known now.
    ///
    /// @param what for errors: `a loop's end`
    long integer(Value value, String what, Span span, Scope scope) {
        return switch (value) {
            case Value.IntValue integer when integer.isConstant() -> integer.constant();
            case Value.IntValue(Dim dim, var _) -> throw free(what, dim, span, scope);
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.Quotient _, Value.Remainder _, Value.FloatValue _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(Code.WRONG_TYPE, span, what + " is an Int, and this is " + Describe.what(value))
                                .help(
                                        value instanceof Value.FloatValue(double _, Dim exact) && exact != null
                                                ? "`Int / Int` is a Float; `floor(…)` makes it an Int"
                                                : "it must be known when compiling"));
        };
    }

    /// The error about something that needs a size known when compiling.
    RuntimeException free(String what, Dim dim, Span span, Scope scope) {
        if (elaboration.isSymbolic()) {
            return new Operators.Unsure();
        }
        String names = dim.symbols().stream().map(s -> "`" + s + "`").collect(Collectors.joining(" and "));
        Diagnostic diagnostic = Diagnostic.of(
                Code.FREE_DIMENSION,
                span,
                what + " must be known when compiling, and " + names
                        + (dim.symbols().size() == 1 ? " is a free dimension" : " are free dimensions"));
        for (String symbol : dim.symbols()) {
            Binding binding = scope.find(symbol);
            if (binding != null) {
                diagnostic = diagnostic.also(binding.span, "`" + symbol + "` is bound here");
            }
        }
        return elaboration.fail(
                scope, diagnostic.help("make it a parameter of type Int, or write its size in the input's type"));
    }

    /// A Float (or Int) that is known now.
    double number(Value value, String what, Span span, Scope scope) {
        Double known = Numbers.known(value);
        if (known != null) {
            return known;
        }
        if (value instanceof Value.UnknownValue || elaboration.isSymbolic()) {
            throw new Operators.Unsure();
        }
        if (value instanceof Value.IntValue(Dim dim, var _)) {
            throw free(what, dim, span, scope);
        }
        throw elaboration.fail(
                scope,
                Diagnostic.of(
                        Code.WRONG_TYPE,
                        span,
                        what + " is a number known when compiling, and this is " + Describe.what(value))
                        .help("it may depend on parameters of type Int or Float only"));
    }

    /// A String.
    String string(Value value, String what, Span span, Scope scope) {
        if (value instanceof Value.StringValue(String text)) {
            return text;
        }
        if (value instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        throw elaboration.fail(
                scope,
                Diagnostic.of(Code.WRONG_TYPE, span, what + " is a String, and this is " + Describe.what(value)));
    }

    /// A Bool that is known now; null for one that a call would give, where nobody calls.
    @Nullable
    Boolean truth(Value value, String what, Span span, Scope scope) {
        switch (value) {
            case Value.BoolValue(boolean truth) -> {
                return truth;
            }
            case Value.UnknownValue _ -> {
                return null;
            }
            case Value.Condition(SizeCondition condition) -> {
                if (elaboration.isSymbolic()) {
                    return null;
                }
                Diagnostic diagnostic = Diagnostic.of(
                        Code.FREE_DIMENSION,
                        span,
                        what + " must be known when compiling, and `" + String.join("`, `", condition.symbols())
                                + "` is free");
                for (String symbol : condition.symbols()) {
                    diagnostic = elaboration.explain.dimension(diagnostic, symbol, scope);
                }
                throw elaboration.fail(
                        scope, diagnostic.help(
                                "a `require` may depend on free dimensions; it is checked when a program is bound to its sizes"));
            }
            case TensorValue tensor -> {
                if (elaboration.isSymbolic() && Hyperparameters.hasSymbol(tensor.node())) {
                    return null;
                }
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.TENSOR_AS_CONDITION,
                                span,
                                what + " is decided when compiling, and this is a tensor")
                                .here(Describe.type(tensor.type()))
                                .help("`where(condition, a, b)` chooses element by element when the program runs"));
            }
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(Code.WRONG_TYPE, span, what + " is a Bool, and this is " + Describe.what(value))
                                .help("compare it, as in `x > 0`"));
        }
    }

    /// Complains about a number, or one in a list, that is to be an i32 and has more bits.
    void fits(Value value, DType dtype, Span span, Scope scope) {
        if (dtype != DType.I32) {
            return;
        }
        if (value instanceof Value.ListValue(List<Value> elements)) {
            elements.forEach(element -> fits(element, dtype, span, scope));
            return;
        }
        Double number = Numbers.known(value);
        if (number != null && (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.ARITHMETIC, span,
                                    (value instanceof Value.IntValue whole
                                            ? Long.toString(whole.constant())
                                            : Describe.number(number))
                                            + " is to be an i32 here, and has more than 32 bits")
                            .help("an i32 goes from -2147483648 to 2147483647; f32 reaches further, in fewer digits: `f32(x)`"));
        }
    }

    /// A value as a tensor: a number becomes a scalar, a list of numbers a constant.
    ///
    /// @param dtype what numbers become; null for f32, or bool for Bools
    TensorValue tensor(Value value, @Nullable DType dtype, String what, Span span, Scope scope) {
        TensorValue tensor = switch (value) {
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.ListValue list -> {
                TensorValue made = elaboration.tensors.ofList(list, dtype);
                if (made == null && Tensors.isNumeric(list)) {
                    if (elaboration.tensors.isMixed(list)) {
                        throw elaboration.fail(
                                scope,
                                Diagnostic.of(Code.WRONG_DTYPE, span,
                                        "this list is no tensor: its elements differ in dtype")
                                        .help("cast them to one: `f32(…)`, `i32(…)`, `bool(…)`"));
                    }
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(
                                    Code.RAGGED_LIST,
                                    span,
                                    "this list is no tensor: its rows differ in length")
                                    .help("every row needs the same number of elements"));
                }
                yield made;
            }
            case Value.BoolValue _ ->
                elaboration.tensors.scalar(value, dtype == null ? DType.BOOL : dtype);
            case TensorValue known -> known;
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _ ->
                elaboration.tensors.scalar(value, dtype == null || dtype == DType.U8 ? DType.F32 : dtype);
            case Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                null;
        };
        if (tensor == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.WRONG_TYPE, span, what + " is a tensor, and this is " + Describe.what(value))
                            .help(
                                    value instanceof Value.TupleValue
                                            ? Describe.parts(value).isEmpty()
                                                    ? "take it apart: `val (a, b) = …`"
                                                    : "its parts are " + Describe.parts(value)
                                                            + ": take one by its name, as in `r.out`, or take it apart: `val (a, b) = …`"
                                            : value instanceof Value.FunctionValue
                                                    ? "call it, to get its value"
                                            : value instanceof Value.ListValue
                                                    ? "numbers and scalars in brackets are a tensor; `stack` and `concat` join tensors"
                                            : "tensors come from inputs, parameters, `zeros(…)` and the like"));
        }
        return tensor;
    }
}
