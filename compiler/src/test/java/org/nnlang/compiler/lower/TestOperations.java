package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Optional;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// Operations as users write them, good ones and bad ones.
public final class TestOperations {
    /// All that [TestSources] offers.
    public static final Operations ALL = Operations.of(List.of(
            new Arctangent(), new Hypotenuse(), new Mixture(), new Airy(), new Bessel(), new Cosine(), new Sine(),
            new Staircase()));

    private TestOperations() {}

    /// With a derivative of every order.
    public static final class Arctangent implements Operation.Unary {
        @Override
        public String name() {
            return "arctan";
        }

        @Override
        public double apply(double x) {
            return StrictMath.atan(x);
        }

        @Override
        public List<String> gradients() {
            return List.of("1 / (1 + x^2)");
        }

        @Override
        public Optional<String> openCl() {
            return Optional.of("atan(x)");
        }
    }

    /// With derivatives that use the result.
    public static final class Hypotenuse implements Operation.Binary {
        @Override
        public String name() {
            return "hypotenuse";
        }

        @Override
        public double apply(double a, double b) {
            return StrictMath.hypot(a, b);
        }

        @Override
        public List<String> gradients() {
            return List.of("a / y", "b / y");
        }
    }

    /// With derivatives that call functions of the library, and one that is zero.
    public static final class Mixture implements Operation.Ternary {
        @Override
        public String name() {
            return "mixture";
        }

        @Override
        public double apply(double a, double b, double c) {
            double share = 1 / (1 + StrictMath.exp(-a));
            return share * b + (1 - share) * StrictMath.signum(c);
        }

        @Override
        public List<String> gradients() {
            return List.of("sigmoid(a) * (1 - sigmoid(a)) * (b - sign(c))", "sigmoid(a)", "0");
        }
    }

    /// Without derivatives.
    public static final class Airy implements Operation.Unary {
        @Override
        public String name() {
            return "airy";
        }

        @Override
        public double apply(double x) {
            return x * x;
        }
    }

    /// With a derivative that is no expression.
    public static final class Bessel implements Operation.Unary {
        @Override
        public String name() {
            return "bessel";
        }

        @Override
        public double apply(double x) {
            return x;
        }

        @Override
        public List<String> gradients() {
            return List.of("-bessel1(x)");
        }
    }

    /// Whose derivative is another operation of host code.
    public static final class Sine implements Operation.Unary {
        @Override
        public String name() {
            return "own_sine";
        }

        @Override
        public double apply(double x) {
            return StrictMath.sin(x);
        }

        @Override
        public List<String> gradients() {
            return List.of("own_cosine(x)");
        }
    }

    /// Whose derivative is the operation that has it as its own.
    public static final class Cosine implements Operation.Unary {
        @Override
        public String name() {
            return "own_cosine";
        }

        @Override
        public double apply(double x) {
            return StrictMath.cos(x);
        }

        @Override
        public List<String> gradients() {
            return List.of("-own_sine(x)");
        }
    }

    /// That fails for negative numbers.
    public static final class Staircase implements Operation.Unary {
        @Override
        public String name() {
            return "staircase";
        }

        @Override
        public double apply(double x) {
            if (x < 0) {
                throw new ArithmeticException("no stairs below 0");
            }
            return Math.floor(x);
        }

        @Override
        public List<String> gradients() {
            return List.of("0");
        }
    }
}
