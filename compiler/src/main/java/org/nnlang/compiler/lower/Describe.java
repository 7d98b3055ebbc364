package org.nnlang.compiler.lower;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.nnlang.compiler.ir.TensorType;

/// Values in the words of diagnostics and of `$name` in a string.
final class Describe {
    private Describe() {}

    /// `f32[b, 10]`, `the Int 3`, `a layer Dense`.
    static String what(Value value) {
        return switch (value) {
            case Value.IntValue(var dim, var _) -> "the Int " + dim;
            case Value.FloatValue(double number, var _) -> "the Float " + number(number);
            case Value.Quotient(var numerator, var denominator, var _) ->
                "the Float " + numerator + " / " + denominator;
            case Value.Remainder(var dividend, var divisor) -> "the Int " + dividend + " % " + divisor;
            case Value.BoolValue(boolean truth) -> "the Bool " + truth;
            case Value.Condition _ -> "a Bool";
            case Value.StringValue(String text) -> "the String \"" + text + "\"";
            case Value.ListValue list ->
                list.elements().size() > 8 ? "a List of " + list.elements().size() : "the List " + text(list);
            case Value.TupleValue tuple -> "a tuple of " + tuple.elements().size();
            case Value.TensorValue tensor -> tensor.type().toString();
            case Value.FunctionValue(Callable callable) ->
                switch (callable) {
                    case Callable.Layer layer -> "the layer `" + layer.name() + "` without its hyper-parameters";
                    case Callable.Optimizer optimizer ->
                        "the optimizer `" + optimizer.name() + "` without its hyper-parameters";
                    case Callable.Lambda _ -> "a lambda";
                    case Callable.Function _, Callable.Configured _, Callable.BuiltIn _, Callable.Initializer _, Callable.DataMethod _ ->
                        "the function `" + callable.name() + "`";
                };
            case Value.LayerValue(LayerInstance layer) -> "a layer `" + layer + "`";
            case Value.OptimizerValue(OptimizerInstance optimizer) -> "an optimizer `" + optimizer + "`";
            case Value.DataValue _ -> "data";
            case Value.ModuleValue _ -> "a module";
            case Value.UnitValue _ -> "nothing";
            case Value.UnknownValue _ -> "something unknown";
        };
    }

    /// The names of a tuple's parts, each in backquotes; empty where it has none, or is no tuple.
    static String parts(Value value) {
        if (!(value instanceof Value.TupleValue tuple)) {
            return "";
        }
        return tuple.names().stream()
                .filter(Objects::nonNull)
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
    }

    /// As `"$value"` shows it.
    static String text(Value value) {
        return switch (value) {
            case Value.IntValue(var dim, var _) -> dim.toString();
            case Value.FloatValue(double number, var _) -> number(number);
            case Value.Quotient(var numerator, var denominator, var _) -> numerator + " / " + denominator;
            case Value.Remainder(var dividend, var divisor) -> dividend + " % " + divisor;
            case Value.BoolValue(boolean truth) -> Boolean.toString(truth);
            case Value.Condition(SizeCondition condition) -> condition.toString();
            case Value.StringValue(String text) -> text;
            case Value.ListValue list ->
                list.elements().stream().map(Describe::text).collect(Collectors.joining(", ", "[", "]"));
            case Value.TupleValue tuple ->
                tuple.elements().stream().map(Describe::text).collect(Collectors.joining(", ", "(", ")"));
            case Value.DataValue data -> data.expression().toString();
            case Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                what(value);
        };
    }

    /// A String as a program writes it.
    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$").replace("\n", "\\n")
                .replace("\t", "\\t").replace("\r", "\\r") + "\"";
    }

    /// A Float as a program writes it: `0.001`, `1e-8`, `2.0`.
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return Double.toString(value).toLowerCase(Locale.ROOT);
    }

    /// A type with an article's worth of care: `an f32 scalar` for a scalar.
    static String type(TensorType type) {
        return type.shape().isScalar() ? "a scalar " + type.dtype() : type.toString();
    }
}
