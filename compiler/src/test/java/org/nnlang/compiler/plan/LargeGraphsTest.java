package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.pipeline.Passes;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.tensor.DType;

/// Graphs of a hundred thousand nodes go all the way from the passes to their first run, on a stack on which no recursion
/// over nodes could finish, and in a time that nothing quadratic would keep.
class LargeGraphsTest {
    private static final int NODES = 100_000;
    private static final long STACK_BYTES = 512 * 1024;
    private static final long MOST_MILLIS = 240_000;

    private final Graph graph = new Graph();
    private final Node x = graph.input("x", type(4, 8));
    private final Node w = graph.variable("w", Form.VariableKind.PARAMETER, type(8, 8));

    private static TensorType type(long... dims) {
        var all = new ArrayList<Dim>();
        for (long dim : dims) {
            all.add(Dim.of(dim));
        }
        return new TensorType(DType.F32, new Shape(all));
    }

    @Test
    void aLongChain() throws InterruptedException {
        Node y = x;
        for (int i = 0; i < NODES / 2; i++) {
            y = graph.apply(Ops.MUL, graph.apply(Ops.SIN, y), x);
        }
        runs(new Procedure("chain", List.of(x), List.of(new Procedure.Output("y", y)), List.of()));
    }

    /// So many products that they don't fit one class file, and twice as many in the backward pass; all of their results are
    /// alive when it begins.
    @Test
    void aDeepNetworkAndItsGradient() throws InterruptedException {
        Node y = x;
        for (int i = 0; i < NODES / 7; i++) {
            y = graph.apply(Ops.TANH, graph.matmul(y, w));
        }
        trained(graph.sum(y, List.of(0, 1)), List.of(w));
    }

    @Test
    void manyBranches() throws InterruptedException {
        List<Node> parts = new ArrayList<>();
        for (int i = 0; i < NODES / 12; i++) {
            Node scaled = graph.apply(Ops.MUL, x, graph.fill(x.type(), i + 1));
            parts.add(graph.apply(Ops.TANH, graph.matmul(scaled, w)));
        }
        while (parts.size() > 1) {
            var sums = new ArrayList<Node>();
            for (int i = 0; i + 1 < parts.size(); i += 2) {
                sums.add(graph.apply(Ops.ADD, parts.get(i), parts.get(i + 1)));
            }
            if (parts.size() % 2 == 1) {
                sums.add(parts.getLast());
            }
            parts = sums;
        }
        trained(graph.sum(parts.getFirst(), List.of(0, 1)), List.of(w));
    }

    @Test
    void manyParameters() throws InterruptedException {
        Node y = x;
        var parameters = new ArrayList<Node>();
        for (int i = 0; i < NODES / 24; i++) {
            Node weight = graph.variable("w" + i, Form.VariableKind.PARAMETER, type(8, 8));
            Node bias = graph.variable("b" + i, Form.VariableKind.PARAMETER, type(8));
            Node product = graph.matmul(y, weight);
            y = graph.apply(Ops.TANH, graph.apply(Ops.ADD, product, graph.broadcast(bias, product.shape())));
            parameters.add(weight);
            parameters.add(bias);
        }
        trained(graph.sum(y, List.of(0, 1)), parameters);
    }

    /// Descends along the gradient.
    private void trained(Node loss, List<Node> parameters) throws InterruptedException {
        Map<Node, Node> gradients = Gradients.gradients(graph, loss, parameters);
        var updates = new ArrayList<Procedure.Update>();
        for (Node parameter : parameters) {
            Node gradient = gradients.get(parameter);
            assertFalse(gradient == null);
            Node rate = graph.fill(parameter.type(), 0.01);
            updates.add(new Procedure.Update(
                    ((Form.Variable) parameter.form()).name(),
                    Form.VariableKind.PARAMETER,
                    graph.apply(Ops.SUB, parameter, graph.apply(Ops.MUL, rate, gradient))));
        }
        runs(new Procedure("step", List.of(x), List.of(new Procedure.Output("loss", loss)), updates));
    }

    private static void runs(Procedure procedure) throws InterruptedException {
        assertTrue(procedure.nodes().size() > NODES / 2, () -> procedure.nodes().size() + " nodes");
        var failure = new AtomicReference<@Nullable Throwable>();
        var thread = new Thread(
                null,
                () -> {
                    try {
                        compileAndRun(procedure);
                    } catch (RuntimeException | Error e) {
                        failure.set(e);
                    }
                },
                "small-stack",
                STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        thread.join(MOST_MILLIS);
        assertFalse(thread.isAlive(), "not done after " + MOST_MILLIS + " ms");
        assertNull(failure.get(), () -> String.valueOf(failure.get()));
    }

    private static void compileAndRun(Procedure source) {
        Procedure procedure = Passes.run(source);
        VariableLayout layout = VariableLayout.of(List.of(procedure));
        Image image = Planner.plan(procedure, layout, Fusion.Effort.FULL);
        CompiledProgram program = ProgramClass.of("nn.Large", image).load();
        String output = image.outputs().getFirst().name();
        float[] first;
        try (Team team = Team.of(1)) {
            first = run(image, program, team, output);
            // The same steps, one by one as the image lists them.
            float[] second = run(image, CompiledProgram.interpreted(), team, output);
            assertEquals(first[0], second[0]);
        }
        assertFalse(Float.isNaN(first[0]));
    }

    private static float[] run(Image image, CompiledProgram program, Team team, String output) {
        Instance instance = Instance.bind(image, program, new Memory(image.variables()), Map.of(), team);
        instance.run();
        return instance.output(output);
    }
}
