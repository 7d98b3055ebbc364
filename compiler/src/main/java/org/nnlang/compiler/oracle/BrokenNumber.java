package org.nnlang.compiler.oracle;

import java.util.Collection;
import java.util.Optional;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;

/// Where a NaN or an infinity arose that a result has: the first operation on its way whose operands had none.
///
/// @param element which element of the node it is
/// @param value it
public record BrokenNumber(Node node, int element, double value, Interpreter interpreter) {
    /// Computes `results` operation by operation in single precision and goes back from one that is not finite.
    ///
    /// @return empty where all are finite, or the first number that is not came from outside
    public static Optional<BrokenNumber> of(Collection<Node> results, Bindings bindings) {
        var interpreter = Interpreter.rounding(bindings);
        for (Node result : results) {
            if (broken(interpreter.evaluate(result)) >= 0) {
                // Inputs come before their users: the first that is broken has none that is.
                for (Node node : Graph.ancestors(java.util.List.of(result))) {
                    double[] value = interpreter.evaluate(node);
                    int element = broken(value);
                    if (element >= 0 && arises(node, interpreter) && leads(node, result, interpreter)) {
                        return Optional.of(new BrokenNumber(node, element, value[element], interpreter));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// The element of an operand that this one was computed from, where that is one of its own.
    public Optional<Double> operand(int input) {
        double[] values = interpreter.evaluate(node.input(input));
        return node.form() instanceof Form.Elementwise ? Optional.of(values[element]) : Optional.empty();
    }

    private static boolean arises(Node node, Interpreter interpreter) {
        return !(node.form() instanceof Form.Constant)
                && node.inputs().stream().allMatch(input -> broken(interpreter.evaluate(input)) < 0)
                && !node.inputs().isEmpty();
    }

    /// Whether what is broken in `node` reaches `result` through nodes that are broken, too: a `where` may leave it out.
    private static boolean leads(Node node, Node result, Interpreter interpreter) {
        var reached = new java.util.HashSet<Node>();
        var waiting = new java.util.ArrayDeque<Node>();
        waiting.push(result);
        while (!waiting.isEmpty()) {
            Node next = waiting.pop();
            if (next == node) {
                return true;
            }
            for (Node input : next.inputs()) {
                if (broken(interpreter.evaluate(input)) >= 0 && reached.add(input)) {
                    waiting.push(input);
                }
            }
        }
        return false;
    }

    /// The first element that is not finite, or -1.
    private static int broken(double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
