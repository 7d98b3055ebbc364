package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.PhiloxDraws;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.kernel.Team;

/// Holds the gradient of an expression of the language against central differences in double precision.
///
/// A parameter stands for the input, so that its gradient is that with respect to the input, too. With plain descent at
/// rate 1 an update is the gradient; it must be the slope of the loss.
final class SlopeCheck {
    private static final double STEP = 1e-5;

    /// Elements of a parameter for the slope of a gradient, which costs much more.
    private static final int SOME = 6;

    private final TrainingProgram program;
    private final Procedure step;

    /// The step without its updates, and so without gradients: most of its work, which no slope needs.
    private final Procedure loss;

    private final Team team;
    private final Map<String, double[]> point;

    private SlopeCheck(TrainingProgram program, Team team) {
        this.program = program;
        this.team = team;
        step = program.step().procedure();
        loss = new Procedure(step.name(), step.inputs(), step.outputs(), List.of());
        point = Interpreter.run(
                program.init(), new Bindings(Map.of(), Map.of(), Map.of(), new PhiloxDraws(team, 5, 0)))
                .updates();
    }

    /// A container for each expression, with a test of its gradient and one of the gradient of its gradient.
    ///
    /// @param given statements, one a line, each of which binds a name; those that an expression does not name are left out
    /// @param expressions scalars, one a line. Where one has a kink, the point drawn should not lie on it
    static Stream<DynamicContainer> of(String given, String expressions) {
        return expressions.lines().map(String::strip).map(expression -> {
            String input = given.lines()
                    .filter(line -> line.strip().startsWith("param "))
                    .map(SlopeCheck::named)
                    .filter(name -> names(expression, name))
                    .findFirst()
                    .orElseThrow();
            return DynamicContainer.dynamicContainer(
                    expression,
                    Stream.of(
                            DynamicTest.dynamicTest(
                                    "its gradient", () -> check(given, expression, Integer.MAX_VALUE)),
                            DynamicTest.dynamicTest(
                                    "the gradient of its gradient by " + input,
                                    () -> check(given, """
                                            val first = %s
                                            first + sum(grad(first, %s) ^ 2)""".formatted(expression, input), SOME))));
        });
    }

    /// The name that a statement binds.
    private static String named(String line) {
        return line.strip().split("[ :]+")[1];
    }

    private static boolean names(String expression, String name) {
        return expression.matches("(?s).*\\b" + name + "\\b.*");
    }

    /// Checks trained elements, at most so many of each parameter.
    private static void check(String given, String expression, int most) {
        String body = given.lines()
                .filter(line -> names(expression, named(line)))
                .collect(Collectors.joining("\n"));
        String text = """
                layer Point()() -> f32 {
                    %s
                    %s
                }

                train Slope(steps: Int = 1, seed: Int = 5) {
                    val point = Point()
                    step { minimize point() with SGD(1.0) }
                }
                """.formatted(body, expression);
        var elaborated = FrontEnd.training(
                new SourceFile("slope.nn", text), new FileSources(Path.of("")), null, Map.of());
        TrainingProgram program = Objects.requireNonNull(
                elaborated.program(), () -> elaborated.diagnostics().sorted().toString());
        try (Team team = Team.of(1)) {
            new SlopeCheck(program, team).compare(most);
        }
    }

    private void compare(int most) {
        Interpreter.Results here = run(step);
        assertEquals(1, here.outputs().size());
        int compared = 0;
        for (var variable : program.variables()) {
            if (!variable.trainable()) {
                continue;
            }
            double[] value = point.get(variable.name());
            double[] after = Objects.requireNonNull(here.updates().get(variable.name()), variable.name());
            for (int i = 0; i < value.length; i += Math.ceilDiv(value.length, most)) {
                double kept = value[i];
                value[i] = kept + STEP;
                double above = loss();
                value[i] = kept - STEP;
                double below = loss();
                value[i] = kept;
                double slope = (above - below) / (2 * STEP);
                int element = i;
                assertEquals(
                        slope, kept - after[i], 1e-5 * Math.max(1, Math.abs(slope)),
                        () -> variable.name() + "[" + element + "]");
                compared++;
            }
        }
        assertTrue(compared >= SOME, "the input is not trained");
    }

    private Interpreter.Results run(Procedure procedure) {
        return Interpreter.run(
                procedure, new Bindings(Map.of(), Map.of(), point, new PhiloxDraws(team, 5, 1)));
    }

    private double loss() {
        return run(loss).outputs().values().iterator().next()[0];
    }
}
