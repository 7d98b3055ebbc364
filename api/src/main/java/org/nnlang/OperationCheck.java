package org.nnlang;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// Holds an operation of host code against itself: the derivatives it gives against central differences of what it
/// computes. To be called in a test:
///
/// ```java
/// @Test
/// void theDerivativeIsThatOfTheFunction() {
///     OperationCheck.check(new Arctangent());
/// }
/// ```
public final class OperationCheck {
    private static final double[] USUAL = {-2.7, -1.1, -0.3, 0.2, 0.9, 2.3};
    private static final double STEP = 1e-5;

    /// Third derivatives leave this much of a difference, and constants are numbers of single precision.
    private static final double TOLERANCE = 1e-5;

    private OperationCheck() {}

    /// Checks an operation with every combination of some usual numbers.
    ///
    /// @throws NnException NN0875 where a derivative is not the slope, a value is no finite number, or a second call gives
    ///                     another value; NN0873 where it throws; NN0870, NN0871 where it cannot be used
    /// @throws ProgramException where a derivative is no expression of the language
    public static void check(Operation operation) {
        check(operation, USUAL);
    }

    /// Checks an operation with every combination of some numbers, near which it has finite values and derivatives.
    ///
    /// @throws NnException NN0875 where a derivative is not the slope, a value is no finite number, or a second call gives
    ///                     another value; NN0873 where it throws; NN0870, NN0871 where it cannot be used
    /// @throws ProgramException where a derivative is no expression of the language
    public static void check(Operation operation, double... points) {
        check(operation, Collections.nCopies(operation.operands().size(), points));
    }

    /// Checks an operation with every combination of numbers for each operand.
    ///
    /// @param points for each operand numbers near which the operation has finite values and derivatives
    /// @throws NnException NN0875 where a derivative is not the slope, a value is no finite number, or a second call gives
    ///                     another value; NN0873 where it throws; NN0870, NN0871 where it cannot be used
    /// @throws ProgramException where a derivative is no expression of the language
    public static void check(Operation operation, List<double[]> points) {
        int operands = operation.operands().size();
        if (points.size() != operands) {
            throw new IllegalArgumentException(
                    "`" + operation.name() + "` takes " + operands + " operands, and there are numbers for "
                            + points.size());
        }
        List<double[]> places = combinations(points);
        for (double[] place : places) {
            double value = value(operation, place);
            if (!Double.isFinite(value)) {
                throw wrong(operation, place, "is " + value, "check it where it has a value");
            }
            double again = value(operation, place);
            if (Double.doubleToLongBits(again) != Double.doubleToLongBits(value)) {
                throw wrong(operation, place, "is " + value + " at first and " + again + " the second time",
                        "its value must depend on its operands alone");
            }
        }
        derivatives(operation, places).forEach((operand, slopes) -> compare(operation, places, operand, slopes));
    }

    private static void compare(Operation operation, List<double[]> places, int operand, double[] slopes) {
        for (int i = 0; i < slopes.length; i++) {
            double[] place = places.get(i);
            double at = place[operand];
            double step = STEP * Math.max(1, Math.abs(at));
            double[] above = place.clone();
            double[] below = place.clone();
            above[operand] = at + step;
            below[operand] = at - step;
            double difference = (value(operation, above) - value(operation, below))
                    / (above[operand] - below[operand]);
            if (!(Math.abs(slopes[i] - difference) <= TOLERANCE * Math.max(1, Math.abs(difference)))) {
                String by = operation.operands().get(operand);
                throw wrong(
                        operation, place,
                        "has by `" + by + "` the derivative `" + operation.gradients().get(operand) + "` = " + slopes[i]
                                + ", and its differences say " + difference,
                        "mend `gradients()` or `apply`; where the operation bends or jumps, check it beside that place");
            }
        }
    }

    /// By operand the derivatives at each place, in double precision; those declared as 0 are left out, as nothing
    /// passes through them.
    private static Map<Integer, double[]> derivatives(Operation operation, List<double[]> places) {
        List<String> operands = operation.operands();
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < operation.gradients().size(); i++) {
            if (!operation.gradients().get(i).strip().equals("0")) {
                wanted.add(i);
            }
        }
        if (wanted.isEmpty()) {
            return Map.of();
        }
        String names = String.join(", ", operands);
        String text = "model Slopes()("
                + operands.stream().map(name -> name + ": f32[n]").collect(Collectors.joining(", ")) + ") -> ("
                + wanted.stream().map(i -> "d" + operands.get(i) + ": f32[n]").collect(Collectors.joining(", "))
                + (wanted.size() == 1 ? ", value: f32[n]" : "") + ") {\n    val value = " + operation.name() + "("
                + names
                + ")\n    ("
                + wanted.stream().map(i -> "grad(value, " + operands.get(i) + ")").collect(Collectors.joining(", "))
                + (wanted.size() == 1 ? ", value" : "") + ")\n}\n";
        Program program = Program.made(operation.name(), text).with(operation);
        var model = Program.require(FrontEnd.model(program.source(), program.sources(), null, Map.of()));
        Map<String, double[]> inputs = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            int operand = i;
            inputs.put(operands.get(i), places.stream().mapToDouble(place -> place[operand]).toArray());
        }
        var bindings = new Bindings(Map.of("n", (long) places.size()), inputs, Map.of(), (_, _, _) -> new double[0]);
        Map<String, double[]> outputs = Interpreter.run(model.apply(), bindings).outputs();
        Map<Integer, double[]> slopes = new HashMap<>();
        wanted.forEach(i -> slopes.put(i, outputs.get("d" + operands.get(i))));
        return slopes;
    }

    private static double value(Operation operation, double[] operands) {
        try {
            return operation.apply(operands.clone());
        } catch (RuntimeException e) {
            throw Operations.failure(operation, e);
        }
    }

    private static NnException wrong(Operation operation, double[] place, String what, String help) {
        List<String> operands = new ArrayList<>();
        for (double number : place) {
            operands.add(Double.toString(number));
        }
        return new NnException(
                "NN0875", "`" + operation.name() + "(" + String.join(", ", operands) + ")` " + what, help);
    }

    private static List<double[]> combinations(List<double[]> points) {
        List<double[]> all = List.of(new double[0]);
        for (double[] numbers : points) {
            List<double[]> longer = new ArrayList<>();
            for (double[] start : all) {
                for (double number : numbers) {
                    double[] place = java.util.Arrays.copyOf(start, start.length + 1);
                    place[start.length] = number;
                    longer.add(place);
                }
            }
            all = longer;
        }
        return all;
    }
}
