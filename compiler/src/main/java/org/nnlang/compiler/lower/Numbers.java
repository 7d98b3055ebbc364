package org.nnlang.compiler.lower;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.lower.SizeCondition.Amount;
import org.nnlang.compiler.lower.SizeCondition.Comparison;
import org.nnlang.compiler.syntax.BinaryOperator;

/// Arithmetic of numbers that are known when compiling. A result that is none, because a free dimension takes part in
/// something that no dimension can express, is empty: then the program computes it when it runs.
///
/// All methods throw [ArithmeticException] with a message for the reader: a division by zero, an overflow.
final class Numbers {
    private Numbers() {}

    /// Whether it is an Int or a Float.
    static boolean isNumber(Value value) {
        return value instanceof Value.IntValue
                || value instanceof Value.FloatValue
                || value instanceof Value.Quotient
                || value instanceof Value.Remainder;
    }

    /// The value of a number without free dimensions.
    static @Nullable Double known(Value value) {
        return switch (value) {
            case Value.IntValue integer when integer.isConstant() -> (double) integer.constant();
            case Value.FloatValue(double number, var _) -> number;
            case Value.IntValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    /// The number as a dimension, where it can be one.
    static @Nullable Dim dimension(Value value) {
        return switch (value) {
            case Value.IntValue(Dim dim, var _) -> dim;
            case Value.FloatValue(double _, Dim exact) -> exact;
            case Value.Quotient(Dim _, Dim _, Dim exact) -> exact;
            case Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    /// What went wrong, for a reader.
    ///
    /// @param overflow what to say where a number does not fit 64 bits, which the JDK tells in its own words
    static String problem(ArithmeticException problem, String overflow) {
        String message = problem.getMessage();
        return message == null || message.endsWith("overflow") || message.startsWith("BigInteger")
                ? overflow
                : message;
    }

    static Optional<Value> arithmetic(BinaryOperator operator, Value left, Value right) {
        if (left instanceof Value.IntValue(Dim a, var _) && right instanceof Value.IntValue(Dim b, var _)) {
            return integers(operator, a, b);
        }
        Dim a = dimension(left);
        Dim b = dimension(right);
        Double x = known(left);
        Double y = known(right);
        if (x != null && y != null) {
            double result = floats(operator, x, y);
            Dim exact = a == null || b == null ? null : exact(operator, a, b);
            return Optional.of(new Value.FloatValue(result, exact != null && exact.isConstant() ? exact : null));
        }
        Dim exact = a == null || b == null ? null : exact(operator, a, b);
        return exact == null ? Optional.empty() : Optional.of(new Value.Quotient(exact, Dim.ONE, exact));
    }

    private static Optional<Value> integers(BinaryOperator operator, Dim a, Dim b) {
        return switch (operator) {
            case ADD -> integer(a.plus(b));
            case SUBTRACT -> integer(a.minus(b));
            case MULTIPLY -> integer(a.times(b));
            case DIVIDE -> {
                Dim exact = exact(operator, a, b);
                if (a.isConstant() && b.isConstant()) {
                    yield Optional.of(new Value.FloatValue((double) a.constant() / b.constant(), exact));
                }
                yield Optional.of(new Value.Quotient(a, b, exact));
            }
            case REMAINDER -> {
                if (b.isZero()) {
                    throw new ArithmeticException("a remainder of a division by zero");
                }
                if (a.isConstant() && b.isConstant()) {
                    yield integer(Dim.of(Math.floorMod(a.constant(), b.constant())));
                }
                if (a.dividedBy(b).filter(Dim::isWhole).isPresent()) {
                    yield integer(Dim.ZERO);
                }
                yield Optional.of(new Value.Remainder(a, b));
            }
            case POWER -> power(a, b);
            case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR -> Optional.empty();
        };
    }

    private static Optional<Value> integer(Dim dim) {
        return Optional.of(new Value.IntValue(dim));
    }

    private static Optional<Value> power(Dim a, Dim b) {
        if (!b.isConstant()) {
            return Optional.empty();
        }
        long exponent = b.constant();
        if (exponent < 0) {
            return a.isConstant()
                    ? Optional.of(new Value.FloatValue(Math.pow(a.constant(), exponent)))
                    : Optional.empty();
        }
        if (exponent > 64 && !(a.isConstant() && Math.abs(a.constant()) <= 1)) {
            throw new ArithmeticException("an Int holds 64 bits, and this power has more");
        }
        Dim result = Dim.ONE;
        for (long i = 0; i < Math.min(exponent, 64 + exponent % 2); i++) {
            result = result.times(a);
        }
        return integer(result);
    }

    /// Exact arithmetic of dimensions; null where the result is none.
    private static @Nullable Dim exact(BinaryOperator operator, Dim a, Dim b) {
        return switch (operator) {
            case ADD -> a.plus(b);
            case SUBTRACT -> a.minus(b);
            case MULTIPLY -> a.times(b);
            case DIVIDE -> {
                if (b.isZero()) {
                    throw new ArithmeticException("a division by zero");
                }
                Dim quotient = a.dividedBy(b).orElse(null);
                yield quotient == null || a.isConstant() && b.isConstant() && !quotient.isConstant() ? null : quotient;
            }
            case POWER, REMAINDER, MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR -> null;
        };
    }

    private static double floats(BinaryOperator operator, double x, double y) {
        return switch (operator) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> {
                if (y == 0) {
                    throw new ArithmeticException("a division by zero");
                }
                yield x / y;
            }
            case REMAINDER -> x - y * Math.floor(x / y);
            case POWER -> Math.pow(x, y);
            case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR ->
                throw new IllegalArgumentException(operator + " is not arithmetic");
        };
    }

    static Value negate(Value value) {
        return switch (value) {
            case Value.IntValue(Dim dim, var _) -> new Value.IntValue(dim.negate());
            case Value.FloatValue(double number, Dim exact) ->
                new Value.FloatValue(-number, exact == null ? null : exact.negate());
            case Value.Quotient(Dim numerator, Dim denominator, Dim exact) ->
                new Value.Quotient(numerator.negate(), denominator, exact == null ? null : exact.negate());
            case Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                throw new IllegalArgumentException(value.toString());
        };
    }

    /// `left operator right` for a comparison: a Bool, or a condition on free dimensions; empty where neither can say.
    static Optional<Value> compare(BinaryOperator operator, Value left, Value right) {
        Comparison comparison = comparison(operator);
        Double x = known(left);
        Double y = known(right);
        if (x != null && y != null) {
            return Optional.of(new Value.BoolValue(comparison.holds(x, y)));
        }
        Dim a = dimension(left);
        Dim b = dimension(right);
        if (a != null && b != null) {
            Dim difference = a.minus(b);
            if (difference.isConstant()) {
                return Optional.of(new Value.BoolValue(comparison.holds(difference.constant(), 0)));
            }
        }
        Amount p = amount(left);
        Amount q = amount(right);
        return p == null || q == null
                ? Optional.empty()
                : Optional.of(new Value.Condition(new SizeCondition.Compare(comparison, p, q)));
    }

    private static @Nullable Amount amount(Value value) {
        if (value instanceof Value.Remainder(Dim dividend, Dim divisor)) {
            return new Amount.Remainder(dividend, divisor);
        }
        Dim dim = dimension(value);
        Double number = known(value);
        if (dim != null) {
            return new Amount.Size(dim);
        }
        return number == null ? null : new Amount.Number(number);
    }

    private static Comparison comparison(BinaryOperator operator) {
        return switch (operator) {
            case LESS -> Comparison.LESS;
            case LESS_EQUAL -> Comparison.LESS_EQUAL;
            case GREATER -> Comparison.GREATER;
            case GREATER_EQUAL -> Comparison.GREATER_EQUAL;
            case EQUAL -> Comparison.EQUAL;
            case NOT_EQUAL -> Comparison.NOT_EQUAL;
            case POWER, MULTIPLY, DIVIDE, REMAINDER, MATMUL, ADD, SUBTRACT, AND, OR ->
                throw new IllegalArgumentException(operator + " is no comparison");
        };
    }
}
