package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
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

    private final TrainingProgram program;
    private final Team team;
    private final Map<String, double[]> point;

    private SlopeCheck(TrainingProgram program, Team team) {
        this.program = program;
        this.team = team;
        point = Interpreter.run(
                program.init(), new Bindings(Map.of(), Map.of(), Map.of(), new PhiloxDraws(team, 5, 0)))
                .updates();
    }

    /// Checks every trained element.
    ///
    /// @param given statements, one a line, each of which binds a name; those that `expression` does not name are left out
    /// @param expression a scalar
    static void check(String given, String expression) {
        String body = given.lines()
                .filter(line -> expression.matches("(?s).*\\b" + line.strip().split("[ :]+")[1] + "\\b.*"))
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
            new SlopeCheck(program, team).compare();
        }
    }

    private void compare() {
        Interpreter.Results here = step();
        assertEquals(1, here.outputs().size());
        int compared = 0;
        for (var variable : program.variables()) {
            if (!variable.trainable()) {
                continue;
            }
            double[] value = point.get(variable.name());
            double[] after = Objects.requireNonNull(here.updates().get(variable.name()), variable.name());
            for (int i = 0; i < value.length; i++) {
                double kept = value[i];
                value[i] = kept + STEP;
                double above = loss();
                value[i] = kept - STEP;
                double below = loss();
                value[i] = kept;
                double slope = (above - below) / (2 * STEP);
                int element = i;
                assertEquals(
                        slope, kept - after[i], 1e-6 * Math.max(1, Math.abs(slope)),
                        () -> variable.name() + "[" + element + "]");
                compared++;
            }
        }
        assertTrue(compared >= 12, "the input is not trained");
    }

    private Interpreter.Results step() {
        return Interpreter.run(
                program.step().procedure(), new Bindings(Map.of(), Map.of(), point, new PhiloxDraws(team, 5, 1)));
    }

    private double loss() {
        return step().outputs().values().iterator().next()[0];
    }
}
