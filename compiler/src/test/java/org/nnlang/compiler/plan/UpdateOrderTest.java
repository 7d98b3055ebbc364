package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.tensor.DType;

/// Variables are written in place, and yet everyone reads the value that was there when the procedure began.
class UpdateOrderTest {
    private final Graph graph = new Graph();
    private final Node a = variable("a");
    private final Node b = variable("b");
    private final Node x = graph.input("x", a.type());

    private Node variable(String name) {
        return graph.variable(name, Form.VariableKind.STATE, new TensorType(DType.F32, Shape.of(3, 3)));
    }

    private static Procedure.Update update(String name, Node value) {
        return new Procedure.Update(name, Form.VariableKind.STATE, value);
    }

    @Test
    void twoVariablesSwap() {
        check(List.of(), update("a", b), update("b", a));
    }

    @Test
    void threeVariablesRotateWithArithmetic() {
        Node c = variable("c");
        check(List.of(c), update("a", graph.apply(Ops.ADD, b, x)), update("b", graph.apply(Ops.MUL, c, a)),
                update("c", a));
    }

    @Test
    void anOutputSeesTheOldValue() {
        check(List.of(a, graph.apply(Ops.ADD, a, b)), update("a", graph.apply(Ops.ADD, a, x)));
    }

    @Test
    void anOutputSeesTheNewValueToo() {
        Node changed = graph.apply(Ops.ADD, a, x);
        check(List.of(changed, a, graph.apply(Ops.EXP, graph.matmul(changed, a))), update("a", changed));
    }

    @Test
    void aVariableBecomesItsTranspose() {
        check(List.of(), update("a", graph.transpose(a, List.of(1, 0))));
    }

    @Test
    void aVariableBecomesASumWithItsTranspose() {
        check(List.of(), update("a", graph.apply(Ops.ADD, a, graph.transpose(a, List.of(1, 0)))));
    }

    @Test
    void aVariableBecomesItsSquare() {
        check(List.of(), update("a", graph.matmul(a, a)));
    }

    @Test
    void aVariableIsNormalizedInPlace() {
        Node sums = graph.sum(graph.apply(Ops.MUL, a, a), List.of(1));
        Node spread = graph.broadcast(sums, a.shape(), List.of(0));
        check(List.of(), update("a", graph.apply(Ops.DIV, a, spread)), update("b", graph.apply(Ops.SUB, b, a)));
    }

    @Test
    void aVariableIsMultipliedIntoItsUpdate() {
        Node product = graph.matmul(x, b);
        check(List.of(), update("a", graph.apply(Ops.ADD, a, product)), update("b", graph.apply(Ops.ADD, product, a)));
    }

    @Test
    void twoVariablesTakeOneValue() {
        Node value = graph.apply(Ops.ADD, a, b);
        check(List.of(value), update("a", value), update("b", value));
    }

    @Test
    void aVariableTakesAnInputAndAConstant() {
        check(List.of(), update("a", x), update("b", graph.fill(a.type(), 7)));
    }

    @Test
    void parametersUpdatedAlikeMayReadEachOther() {
        BiFunction<String, Node, Procedure.Update> step = (name, gradient) -> {
            Node p = graph.variable(name, Form.VariableKind.PARAMETER, a.type());
            Node scaled = graph.apply(Ops.MUL, gradient, graph.fill(a.type(), 0.5));
            return new Procedure.Update(name, Form.VariableKind.PARAMETER, graph.apply(Ops.SUB, p, scaled));
        };
        Node p = graph.variable("p", Form.VariableKind.PARAMETER, a.type());
        Node q = graph.variable("q", Form.VariableKind.PARAMETER, a.type());
        var first = step.apply("p", graph.matmul(x, q));
        // The second update reads the first's result: the two cannot be one loop.
        var second = step.apply("q", graph.matmul(first.value(), p));
        check(List.of(p, q), first, second);
    }

    @Test
    void parametersMayShareAGradientAndBeReadAfterwards() {
        Node shared = graph.matmul(x, x);
        var updates = new java.util.ArrayList<Procedure.Update>();
        var seen = new java.util.ArrayList<Node>();
        for (String name : List.of("p", "q", "r")) {
            Node p = graph.variable(name, Form.VariableKind.PARAMETER, a.type());
            Node m = graph.variable(name + ".m", Form.VariableKind.SLOT, a.type());
            // r's gradient is a view of the others'.
            Node gradient = name.equals("r") ? graph.transpose(shared, List.of(1, 0)) : shared;
            Node moment = graph.apply(Ops.ADD, graph.apply(Ops.MUL, m, graph.fill(a.type(), 0.5)), gradient);
            Node changed = graph.apply(Ops.SUB, p, graph.apply(Ops.MUL, moment, graph.fill(a.type(), 0.25)));
            updates.add(new Procedure.Update(name, Form.VariableKind.PARAMETER, changed));
            updates.add(new Procedure.Update(name + ".m", Form.VariableKind.SLOT, moment));
            seen.add(changed);
            seen.add(graph.apply(Ops.ADD, p, moment));
        }
        seen.add(shared);
        seen.add(graph.matmul(seen.getFirst(), x));
        check(seen, updates.toArray(Procedure.Update[]::new));
    }

    @Test
    void parametersOfOneElementTakeTheirOwnGradients() {
        BiFunction<String, Node, Procedure.Update> step = (name, gradient) -> {
            Node p = graph.variable(name, Form.VariableKind.PARAMETER, gradient.type());
            Node scaled = graph.apply(Ops.MUL, gradient, graph.fill(gradient.type(), 0.5));
            return new Procedure.Update(name, Form.VariableKind.PARAMETER, graph.apply(Ops.SUB, p, scaled));
        };
        // A line: its slope is a matrix, its intercept a vector.
        Node slope = graph.reshape(graph.sum(graph.apply(Ops.MUL, x, x), List.of(0, 1)), Shape.of(1, 1));
        Node intercept = graph.reshape(graph.sum(x, List.of(0, 1)), Shape.of(1));
        check(List.of(), step.apply("one", slope), step.apply("two", intercept));
    }

    private void check(List<Node> outputs, Procedure.Update... updates) {
        var named = new java.util.ArrayList<Procedure.Output>();
        outputs.forEach(output -> named.add(new Procedure.Output("y" + named.size(), output)));
        var procedure = new Procedure("updates", List.of(x), named, List.of(updates));
        Map<String, double[]> variables = new HashMap<>();
        int seed = 1;
        for (String name : List.of("a", "b", "c", "p", "q", "r", "p.m", "q.m", "r.m")) {
            variables.put(name, values(seed++));
        }
        variables.put("one", new double[] {0.25});
        variables.put("two", new double[] {-2});
        var bindings = new Bindings(Map.of(), Map.of("x", values(seed)), variables, RandomGraphs::draw);
        var expected = Interpreter.run(procedure, bindings);
        for (Fusion.Effort effort : Fusion.Effort.values()) {
            var actual = Running.run(procedure, bindings, effort, new Options(Tier.SCALAR), 1);
            assertNull(Running.difference(expected, actual, 1e-6), () -> effort + "\n" + procedure);
        }
    }

    private static double[] values(int seed) {
        double[] values = new double[9];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(seed * 10 + i) + 0.1f;
        }
        return values;
    }
}
