package org.nnlang.compiler.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;

/// Holds gradients against central differences in double.
public final class GradientCheck {
    private static final double EPSILON = 1e-6;
    private static final double ABSOLUTE = 1e-5;
    private static final double RELATIVE = 1e-3;

    private GradientCheck() {}

    /// Checks the gradient of a fixed random combination of the elements of `y` with respect to the inputs `wrt`, and
    /// of the gradient's own gradient, up to `order`.
    public static void check(Graph graph, Node y, List<Node> wrt, Bindings bindings, int order) {
        var loss = combination(graph, y, order);
        var gradients = Gradients.gradients(graph, loss, wrt);
        for (var x : wrt) {
            var gradient = gradients.get(x);
            if (order == 1 || gradient != null) {
                assertNotNull(gradient, () -> "no gradient reaches " + x);
                compare(loss, gradient, x, bindings);
            }
        }
        if (order > 1) {
            for (var gradient : List.copyOf(gradients.values())) {
                check(graph, gradient, wrt.stream().filter(x -> reaches(graph, gradient, x)).toList(), bindings,
                        order - 1);
            }
        }
    }

    private static boolean reaches(Graph graph, Node y, Node x) {
        return Gradients.gradients(graph, graph.sum(y, Axes.range(0, y.type().rank())), List.of(x))
                .containsKey(x);
    }

    /// Σ wᵢ · yᵢ with different weights.
    private static Node combination(Graph graph, Node y, int seed) {
        var axes = Axes.range(0, y.type().rank());
        if (y.shape().isConstant()) {
            var weights = new double[Math.toIntExact(y.shape().size().constant())];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 0.5 + (i * 7 + seed * 3) % 11 / 8.0;
            }
            return graph.sum(graph.apply(Ops.MUL, y, graph.constant(y.type(), weights)), axes);
        }
        return graph.sum(graph.apply(Ops.MUL, y, y), axes);
    }

    private static void compare(Node loss, Node gradient, Node x, Bindings bindings) {
        var name = ((Form.Input) x.form()).name();
        var analytic = value(gradient, bindings);
        var point = bindings.inputs().get(name);
        assertEquals(point.length, analytic.length);
        for (int i = 0; i < point.length; i++) {
            double above = value(loss, moved(bindings, name, i, EPSILON))[0];
            double below = value(loss, moved(bindings, name, i, -EPSILON))[0];
            double numeric = (above - below) / (2 * EPSILON);
            int place = i;
            assertEquals(
                    numeric,
                    analytic[i],
                    ABSOLUTE + RELATIVE * Math.abs(numeric),
                    () -> "the gradient of %s at element %d of %s".formatted(loss, place, x));
        }
    }

    private static double[] value(Node node, Bindings bindings) {
        return new Interpreter(bindings).evaluate(node);
    }

    private static Bindings moved(Bindings bindings, String name, int index, double by) {
        Map<String, double[]> inputs = new HashMap<>(bindings.inputs());
        var moved = inputs.get(name).clone();
        moved[index] += by;
        inputs.put(name, moved);
        return new Bindings(bindings.sizes(), inputs, bindings.variables(), bindings.draws());
    }
}
