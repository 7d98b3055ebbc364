package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.tensor.DType;

/// What the forward pass keeps for the backward pass.
class KeptValuesTest {
    private static final int WIDTH = 20;

    private final Graph graph = new Graph();
    private final Dim batch = Dim.symbol("b");

    private Node weights(String name) {
        return graph.input(name, new TensorType(DType.F32, Shape.of(Dim.of(WIDTH), Dim.of(WIDTH))));
    }

    /// Σ (f(x·W + b)·V)², and its gradients, and what f gives.
    private Procedure procedure(boolean biased, Function<Node, Node> f) {
        Node x = graph.input("x", new TensorType(DType.F32, Shape.of(batch, Dim.of(WIDTH))));
        Node w = weights("W");
        Node v = weights("V");
        Node b = graph.input("b", new TensorType(DType.F32, Shape.of(Dim.of(WIDTH))));
        Node product = graph.matmul(x, w);
        Node before = biased
                ? graph.apply(Ops.ADD, product, graph.broadcast(b, product.shape(), List.of(1)))
                : product;
        Node out = graph.matmul(f.apply(before), v);
        Node loss = graph.sum(graph.apply(Ops.MUL, out, out), Axes.range(0, 2));
        List<Node> inputs = biased ? List.of(x, w, v, b) : List.of(x, w, v);
        var outputs = new ArrayList<>(List.of(new Procedure.Output("loss", loss)));
        Gradients.gradients(graph, loss, inputs)
                .forEach((input, gradient) -> outputs.add(new Procedure.Output("d " + input.form(), gradient)));
        return new Procedure("kept", inputs, outputs, List.of());
    }

    private Node gelu(Node x) {
        var erf = graph.apply(Ops.ERF, new Formula(graph, x).times(Math.sqrt(0.5)).node());
        return graph.apply(Ops.MUL, new Formula(graph, x).times(0.5).node(), new Formula(graph, erf).plus(1).node());
    }

    /// How many tensors the loop behind the first product writes, and checks all results.
    private static int kept(Procedure procedure) {
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        Map<String, double[]> inputs = new HashMap<>();
        for (Node input : procedure.inputs()) {
            var sizes = Map.of("b", 7L);
            double[] values = new double[Math.toIntExact(input.shape().size().evaluate(sizes))];
            for (int i = 0; i < values.length; i++) {
                values[i] = ((i * 37 + inputs.size() * 11) % 29 - 14) / 32.0;
            }
            inputs.put(((Form.Input) input.form()).name(), values);
        }
        var bindings = new Bindings(Map.of("b", 7L), inputs, Map.of(), RandomGraphs::draw);
        var expected = Interpreter.run(procedure, bindings);
        var program = ProgramClass.of("nn.Kept", image).load();
        Interpreter.Results plain = null;
        for (Tier tier : Machine.vectors() ? Set.of(Tier.SCALAR, Tier.TILE, Tier.GENERATED) : Set.of(Tier.SCALAR)) {
            var actual = Running.run(image, program, procedure, bindings, new Options(tier), 2);
            assertNull(Running.difference(expected, actual, 2e-5), tier::toString);
            assertNull(plain == null ? null : Running.difference(plain, actual, 0), tier::toString);
            plain = actual;
        }
        var first = (Step.Product) image.steps().stream().filter(Step.Product.class::isInstance).findFirst()
                .orElseThrow();
        var loop = first.epilogue();
        if (loop == null) {
            return 0;
        }
        var fused = image.programs().get(loop.program());
        int writes = 0;
        for (int operand = 0; operand < loop.operands().size(); operand++) {
            writes += fused.writes(operand) ? 1 : 0;
        }
        return writes;
    }

    /// The derivative and the result; not x and 1 + erf(x / √2), of which the backward pass makes it.
    @Test
    void theForwardPassOfAGeluKeepsItsDerivative() {
        assertEquals(2, kept(procedure(true, this::gelu)));
    }

    /// Then the product is what the activation is of.
    @Test
    void soItDoesWithoutABias() {
        assertEquals(2, kept(procedure(false, this::gelu)));
    }

    @Test
    void theForwardPassOfASwishKeepsItsDerivative() {
        assertEquals(2, kept(procedure(true, this::swish)));
    }

    private Node swish(Node x) {
        return new Formula(graph, x)
                .over(new Formula(graph, x).negate().exp().plus(1))
                .node();
    }

    /// What others want, too, is kept anyway, and its derivative would come on top.
    @Test
    void whatOthersWantIsKeptInPlaceOfItsDerivative() {
        var plain = procedure(true, this::gelu);
        Node erf = plain.nodes().stream()
                .filter(node -> node.form() instanceof Form.Elementwise(var op) && op == Ops.ERF)
                .findFirst()
                .orElseThrow();
        var outputs = new ArrayList<>(plain.outputs());
        outputs.add(new Procedure.Output("erf", erf));
        // x, the error function and the result.
        assertEquals(3, kept(new Procedure("kept", plain.inputs(), outputs, List.of())));
    }

    /// x and the result of the hyperbolic tangent; not x / 2 and x / √2, which the loop behind the second product reads.
    @Test
    void ofSeveralCheapFunctionsTheirSourceIsKept() {
        Node x = graph.input("x", new TensorType(DType.F32, Shape.of(batch, Dim.of(WIDTH))));
        Node w = weights("W");
        Node v = weights("V");
        Node b = graph.input("b", new TensorType(DType.F32, Shape.of(Dim.of(WIDTH))));
        Node product = graph.matmul(x, w);
        var h = new Formula(
                graph, graph.apply(Ops.ADD, product, graph.broadcast(b, product.shape(), List.of(1))));
        var second = new Formula(graph, graph.matmul(graph.apply(Ops.TANH, h.node()), v));
        Node out = second.times(h.times(0.5)).plus(h.times(Math.sqrt(0.5))).node();
        assertEquals(2,
                kept(new Procedure("kept", List.of(x, w, v, b), List.of(new Procedure.Output("out", out)), List.of())));
    }

    /// Nothing is gained where one value would take the place of another.
    @Test
    void oneValueIsKeptAsItIs() {
        // The gradient of e^(x / 3) is the result, which the next product reads anyway.
        assertEquals(1, kept(procedure(true, x -> graph.apply(Ops.EXP, new Formula(graph, x).times(1 / 3.0).node()))));
    }
}
