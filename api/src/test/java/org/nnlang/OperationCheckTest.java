package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.operation.Operation;

class OperationCheckTest {
    private record Of(String name, DoubleUnaryOperator function, List<String> gradients) implements Operation.Unary {
        @Override
        public double apply(double x) {
            return function.applyAsDouble(x);
        }
    }

    private record OfTwo(String name, DoubleBinaryOperator function, List<String> gradients)
            implements Operation.Binary {
        @Override
        public double apply(double a, double b) {
            return function.applyAsDouble(a, b);
        }
    }

    private static String refused(Operation operation, double... points) {
        NnException refusal = assertThrows(
                NnException.class,
                () -> {
                    if (points.length == 0) {
                        OperationCheck.check(operation);
                    } else {
                        OperationCheck.check(operation, points);
                    }
                });
        return refusal.code() + " " + refusal.getMessage();
    }

    @Test
    void rightDerivativesPass() {
        OperationCheck.check(
                new Of("own_gelu", x -> x / (1 + Math.exp(-x)), List.of("sigmoid(x) * (1 + x * (1 - sigmoid(x)))")));
        OperationCheck.check(new Of("cube", x -> x * x * x, List.of("3 * y / x")));
        OperationCheck.check(new OfTwo("power", Math::pow, List.of("b * y / a", "y * log(a)")), 0.3, 1, 2.5);
        OperationCheck.check(
                new OfTwo("scaled", (a, b) -> a * Math.log(b), List.of("log(b)", "a / b")),
                List.of(new double[] {-2, 0, 3}, new double[] {0.1, 5}));
        OperationCheck.check(new Of("steps", Math::floor, List.of("0")));
        OperationCheck.check(new Of("unknown", Math::tan, List.of()), 0.1, 1);
    }

    @Test
    void aWrongDerivativeIsShownWithItsPlaceAndBothNumbers() {
        assertEquals(
                "NN0875 `square(-2.7)` has by `x` the derivative `x` = -2.7, and its differences say -5.4",
                refused(new Of("square", x -> x * x, List.of("x"))).replaceAll("-5\\.[34]\\d+", "-5.4"));
    }

    @Test
    void oneOfSeveralDerivativesMayBeWrong() {
        String said = refused(new OfTwo("times", (a, b) -> a * b, List.of("b", "b")));
        assertTrue(said.contains("by `b` the derivative `b`"), said);
    }

    @Test
    void aValueThatIsNoNumberIsShown() {
        assertEquals("NN0875 `root(-2.7)` is NaN", refused(new Of("root", Math::sqrt, List.of("0.5 / y"))));
        assertDoesNotThrow(() -> OperationCheck.check(new Of("root", Math::sqrt, List.of("0.5 / y")), 0.5, 2));
        assertEquals("NN0875 `inverse(0.0)` is Infinity", refused(new Of("inverse", x -> 1 / x, List.of("-y^2")), 0));
    }

    @Test
    void aDerivativeThatIsNoNumberIsShown() {
        String said = refused(new Of("root", Math::sqrt, List.of("log(0 - x)")), 2);
        assertTrue(said.startsWith("NN0875") && said.contains("= NaN"), said);
    }

    @Test
    void anOperationThatRemembersIsFound() {
        var calls = new AtomicInteger();
        String said = refused(new Of("counts", x -> calls.incrementAndGet(), List.of("0")), 1);
        assertEquals("NN0875 `counts(1.0)` is 1.0 at first and 2.0 the second time", said);
    }

    @Test
    void whatItThrowsIsTold() {
        String said = refused(new Of("fails", x -> {
            throw new IllegalStateException("no");
        }, List.of("0")));
        assertTrue(said.startsWith("NN0873 the operation `fails` of "), said);
    }

    @Test
    void aDerivativeThatIsNoExpressionIsAMistakeOfTheProgram() {
        var operation = new Of("square", x -> x * x, List.of("2 x"));
        ProgramException wrong = assertThrows(ProgramException.class, () -> OperationCheck.check(operation));
        assertTrue(String.valueOf(wrong.getMessage()).contains("NN0619"), wrong::getMessage);
    }

    @Test
    void aGivenOperationStandsInForOneOnThePath() {
        Program program = Program.of("model M()(x: f32[n]) -> f32[n] = own(x)")
                .with(new Of("own", x -> x + 1, List.of("1")))
                .with(new Of("own", x -> x + 2, List.of("1")));
        assertEquals(List.of(), program.check());
        assertEquals(
                3f,
                program.model().untrained(1).predict(
                        java.util.Map.of("x", org.nnlang.runtime.tensor.Tensor.of(new float[] {1}, 1))).get("out")
                        .get(0));
    }

    @Test
    void aProgramThatAsksForAMissingDerivativeIsToldWhere() {
        Program program = Program.of("""
                model M()(x: f32[b, 2]) -> f32[b, 2] = own(Dense(2)(x))

                train T(steps: Int = 2) {
                    val net = M()
                    step { minimize mean(net(ones([3, 2]))) with SGD(0.1) }
                }
                """).with(new Of("own", x -> x, List.of()));
        var found = program.check();
        assertEquals(1, found.size());
        assertEquals("NN0620", found.getFirst().code().id());
        assertEquals("own(Dense(2)(x))", found.getFirst().primary().text());
    }
}
