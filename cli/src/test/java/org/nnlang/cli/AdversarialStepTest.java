package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.PhiloxDraws;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.train.TrainingPlan;

/// Steps of adversarial training, two models with a `minimize` each, held against the same steps written out by hand: forwards,
/// backwards and both updates, in double precision. All numbers of the program are exact in binary.
class AdversarialStepTest {
    private static final String PROGRAM = """
            layer Generator()(noise: f32[b, 2]) -> f32[b, 2] {
                param U: f32[2, 3] ~ normal()
                param V: f32[3, 2] ~ normal()
                tanh(noise @ U) @ V
            }

            layer Critic()(x: f32[b, 2]) -> f32[b, 1] {
                param W: f32[2, 3] ~ normal()
                param w: f32[3, 1] ~ normal()
                tanh(x @ W) @ w
            }

            train Play(steps: Int = 1, seed: Int = 3) {
                val generator = Generator()
                val critic = Critic()
                val real: f32[4, 2] = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [1.0, 1.0]]
                val noise: f32[4, 2] = [[1.0, 0.5], [-0.5, 0.25], [0.75, -1.5], [-2.0, -0.125]]
                step {
                    val drawn = generator(noise)
                    val critic_loss = 0.5 * (
                        binary_cross_entropy_with_logits(critic(real), ones([4, 1]))
                        + binary_cross_entropy_with_logits(critic(stop_gradient(drawn)), zeros([4, 1])))
                    minimize critic_loss over critic with SGD(0.25, momentum = 0.5)
                    val generator_loss = binary_cross_entropy_with_logits(critic(drawn), ones([4, 1]))
                    minimize generator_loss over generator with Adam(0.125, beta1 = 0.5, beta2 = 0.75, eps = 0.0009765625)
                }
            }
            """;

    private static final double[][] REAL = {{0.5, -1}, {1.5, 0.25}, {-0.75, 2}, {1, 1}};
    private static final double[][] NOISE = {{1, 0.5}, {-0.5, 0.25}, {0.75, -1.5}, {-2, -0.125}};
    private static final int STEPS = 3;

    /// The game, by hand. Matrices are rows of columns.
    private static final class Game {
        double[][] u;
        double[][] v;
        double[][] w;
        double[][] last;
        final boolean alternating;
        final Map<String, double[][]> memory = new HashMap<>();
        double criticLoss;
        double generatorLoss;

        Game(Map<String, double[]> start, boolean alternating) {
            u = matrix(start, "generator.U", 3);
            v = matrix(start, "generator.V", 2);
            w = matrix(start, "critic.W", 3);
            last = matrix(start, "critic.w", 1);
            this.alternating = alternating;
        }

        void step(int number) {
            double[][] inner = tanh(times(NOISE, u));
            double[][] drawn = times(inner, v);

            // The critic: logits, their slopes, and what these make of its weights.
            double[][] oldW = w;
            double[][] oldLast = last;
            double[][] ofReal = tanh(times(REAL, w));
            double[][] ofDrawn = tanh(times(drawn, w));
            double[][] realLogits = times(ofReal, last);
            double[][] drawnLogits = times(ofDrawn, last);
            criticLoss = 0.5 * (loss(realLogits, 1) + loss(drawnLogits, 0));
            double[][] realSlope = scaled(slope(realLogits, 1), 0.5);
            double[][] drawnSlope = scaled(slope(drawnLogits, 0), 0.5);
            double[][] gradLast = plus(times(turned(ofReal), realSlope), times(turned(ofDrawn), drawnSlope));
            double[][] gradW = plus(
                    times(turned(REAL), throughTanh(times(realSlope, turned(last)), ofReal)),
                    times(turned(drawn), throughTanh(times(drawnSlope, turned(last)), ofDrawn)));
            w = descend("W", w, gradW);
            last = descend("w", last, gradLast);

            // The generator, judged by the critic as it has become.
            double[][] judgeW = alternating ? w : oldW;
            double[][] judgeLast = alternating ? last : oldLast;
            double[][] judged = tanh(times(drawn, judgeW));
            double[][] logits = times(judged, judgeLast);
            generatorLoss = loss(logits, 1);
            double[][] atHidden = throughTanh(times(slope(logits, 1), turned(judgeLast)), judged);
            double[][] atDrawn = times(atHidden, turned(judgeW));
            double[][] gradV = times(turned(inner), atDrawn);
            double[][] gradU = times(turned(NOISE), throughTanh(times(atDrawn, turned(v)), inner));
            u = adapt("U", u, gradU, number);
            v = adapt("V", v, gradV, number);
        }

        /// Descent with a momentum of 1/2 at a rate of 1/4.
        private double[][] descend(String name, double[][] p, double[][] g) {
            double[][] velocity = plus(scaled(memory.getOrDefault(name, scaled(g, 0)), 0.5), g);
            memory.put(name, velocity);
            return plus(p, scaled(velocity, -0.25));
        }

        /// Adam (Kingma & Ba, 2015, algorithm 1).
        private double[][] adapt(String name, double[][] p, double[][] g, int number) {
            double[][] m = plus(scaled(memory.getOrDefault(name + ".m", scaled(g, 0)), 0.5), scaled(g, 0.5));
            double[][] squares = scaled(memory.getOrDefault(name + ".v", scaled(g, 0)), 0.75);
            double[][] result = new double[p.length][p[0].length];
            for (int i = 0; i < p.length; i++) {
                for (int j = 0; j < p[i].length; j++) {
                    squares[i][j] += 0.25 * g[i][j] * g[i][j];
                    double first = m[i][j] / (1 - Math.pow(0.5, number));
                    double second = squares[i][j] / (1 - Math.pow(0.75, number));
                    result[i][j] = p[i][j] - 0.125 * first / (Math.sqrt(second) + 0.0009765625);
                }
            }
            memory.put(name + ".m", m);
            memory.put(name + ".v", squares);
            return result;
        }

        private static double[][] matrix(Map<String, double[]> start, String name, int columns) {
            double[] flat = Objects.requireNonNull(start.get(name), name);
            double[][] result = new double[flat.length / columns][columns];
            for (int i = 0; i < flat.length; i++) {
                result[i / columns][i % columns] = flat[i];
            }
            return result;
        }

        private static double[][] times(double[][] a, double[][] b) {
            double[][] result = new double[a.length][b[0].length];
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < b[0].length; j++) {
                    for (int k = 0; k < b.length; k++) {
                        result[i][j] += a[i][k] * b[k][j];
                    }
                }
            }
            return result;
        }

        private static double[][] turned(double[][] a) {
            double[][] result = new double[a[0].length][a.length];
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a[0].length; j++) {
                    result[j][i] = a[i][j];
                }
            }
            return result;
        }

        private static double[][] plus(double[][] a, double[][] b) {
            double[][] result = scaled(a, 1);
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a[0].length; j++) {
                    result[i][j] += b[i][j];
                }
            }
            return result;
        }

        private static double[][] scaled(double[][] a, double by) {
            double[][] result = new double[a.length][a[0].length];
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a[0].length; j++) {
                    result[i][j] = by * a[i][j];
                }
            }
            return result;
        }

        private static double[][] tanh(double[][] a) {
            double[][] result = scaled(a, 1);
            for (double[] row : result) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = Math.tanh(row[j]);
                }
            }
            return result;
        }

        /// The slope before a tanh that gave `value`, of that behind it.
        private static double[][] throughTanh(double[][] slope, double[][] value) {
            double[][] result = scaled(slope, 1);
            for (int i = 0; i < result.length; i++) {
                for (int j = 0; j < result[i].length; j++) {
                    result[i][j] *= 1 - value[i][j] * value[i][j];
                }
            }
            return result;
        }

        private static double loss(double[][] logits, double target) {
            double sum = 0;
            for (double[] logit : logits) {
                double x = logit[0];
                sum += Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
            }
            return sum / logits.length;
        }

        private static double[][] slope(double[][] logits, double target) {
            double[][] result = new double[logits.length][1];
            for (int i = 0; i < logits.length; i++) {
                result[i][0] = (1 / (1 + Math.exp(-logits[i][0])) - target) / logits.length;
            }
            return result;
        }
    }

    private static TrainingProgram program() {
        var elaborated = FrontEnd.training(
                new SourceFile("play.nn", PROGRAM), new FileSources(Path.of("")), null, Map.of());
        return Objects.requireNonNull(
                elaborated.program(), () -> elaborated.diagnostics().sorted().toString());
    }

    private static void assertNear(Game game, Map<String, double[]> state, double tolerance) {
        assertNear(game.u, state.get("generator.U"), tolerance, "U");
        assertNear(game.v, state.get("generator.V"), tolerance, "V");
        assertNear(game.w, state.get("critic.W"), tolerance, "W");
        assertNear(game.last, state.get("critic.w"), tolerance, "w");
    }

    private static void assertNear(double[][] expected, double[] found, double tolerance, String name) {
        for (int i = 0; i < found.length; i++) {
            int columns = expected[0].length;
            assertEquals(expected[i / columns][i % columns], found[i], tolerance, name + "[" + i + "]");
        }
    }

    @Test
    void stepsAreWhatIsWrittenByHand() {
        TrainingProgram program = program();
        try (Team team = Team.of(1)) {
            var state = new HashMap<>(Interpreter.run(
                    program.init(), new Bindings(Map.of(), Map.of(), Map.of(), new PhiloxDraws(team, 3, 0))).updates());
            var game = new Game(state, true);
            var atOnce = new Game(state, false);
            for (int step = 1; step <= STEPS; step++) {
                var results = Interpreter.run(
                        program.step().procedure(),
                        new Bindings(
                                Map.of(), Map.of("step", new double[] {step}), state,
                                new PhiloxDraws(team, 3, step)));
                state.putAll(results.updates());
                game.step(step);
                atOnce.step(step);
                assertEquals(game.criticLoss, results.outputs().get("critic_loss")[0], 1e-12);
                assertEquals(game.generatorLoss, results.outputs().get("generator_loss")[0], 1e-12);
                assertNear(game, state, 1e-12);
            }
            double difference = 0;
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 3; j++) {
                    difference = Math.max(difference, Math.abs(game.u[i][j] - atOnce.u[i][j]));
                }
            }
            assertTrue(difference > 1e-4, "a critic that does not move first must show");
        }
    }

    @Test
    void theRuntimeTakesTheSameSteps() {
        TrainingPlan plan = BackEnd.training(program()).plan();
        try (Team team = Team.of(1)) {
            var memory = new Memory(plan.variables());
            Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
            init.seed(3);
            init.run();
            var game = new Game(values(memory), true);
            Instance instance = Instance.bind(plan.step().image(), plan.step().program(), memory, Map.of(), team);
            instance.seed(3);
            for (int step = 1; step <= STEPS; step++) {
                instance.step(step);
                instance.run();
                game.step(step);
                assertNear(game, values(memory), 2e-5);
            }
        }
    }

    private static Map<String, double[]> values(Memory memory) {
        var values = new HashMap<String, double[]>();
        memory.variables().stream().filter(variable -> variable.dtype().isFloat()).forEach(variable -> {
            float[] floats = memory.getFloats(variable.name());
            double[] doubles = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
            }
            values.put(variable.name(), doubles);
        });
        return values;
    }
}
