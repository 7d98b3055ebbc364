package org.nnlang.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

class VerifierTest {
    /// A body with a leaf that is none of its own.
    @ParameterizedTest
    @ValueSource(strings = {
        "%1: f32[4] = variable() {parameter \"W\"}",
        "%1: f32[4] = uniform() {stream=3}",
        "%1: f32[4] = input() {\"x\"}"})
    void bodiesHaveInputsAndConstantsAlone(String leaf) {
        var text = """
                procedure loop(%0) {
                    body 0 carried (%0) slices () captured () {
                        %0: f32[4] = input() {"h"}
                        LEAF
                        %2: f32[4] = add(%0, %1)
                        next (%2)
                    }
                    %0: f32[t, 4] = input() {"xs"}
                    %1: f32[4] = constant() {0.0}
                    %2: f32[4] = scan(%1) {body=0, trips=t, last=0}
                    output "y" = %2
                }
                """;
        var graph = new Graph();
        var right = IrText.parse(text.replace("LEAF", "%1: f32[4] = constant() {1.0}"), graph, Ops::named);
        Verifier.verify("test", graph, right);
        var wrong = IrText.parse(text.replace("LEAF", leaf), graph, Ops::named);
        assertThrows(IrException.class, () -> Verifier.verify("test", graph, wrong));
    }

    private static final TensorType VECTOR = new TensorType(DType.F32, Shape.of(Dim.symbol("b")));

    private final Graph graph = new Graph();
    private final Node x = graph.input("x", VECTOR);
    private final Node y = graph.apply(Ops.NEG, x);

    private static Procedure procedure(List<Node> inputs, Node... outputs) {
        var named = IntStream.range(0, outputs.length)
                .mapToObj(i -> new Procedure.Output("y" + i, outputs[i]))
                .toList();
        return new Procedure("p", inputs, named, List.of());
    }

    private void assertBlamed(Procedure procedure, String message) {
        var error = assertThrows(IrException.class, () -> Verifier.verify("some pass", graph, procedure));
        assertTrue(error.getMessage().startsWith("after `some pass`, in procedure `p`: "), error.getMessage());
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }

    @Test
    void aRightProcedureIsGivenBack() {
        var procedure = procedure(List.of(x), y, graph.size(Dim.symbol("b"), DType.I32));
        assertSame(procedure, Verifier.verify("some pass", graph, procedure));
    }

    @Test
    void nodesAreOfTheGraph() {
        var other = new Graph();
        assertBlamed(procedure(List.of(x), other.constant(1)), "is of another graph");
    }

    @Test
    void inputsAreListed() {
        assertBlamed(procedure(List.of(), y), "is not listed as an input");
        assertBlamed(procedure(List.of(x, x), y), "lists an input twice");
        assertBlamed(procedure(List.of(x, y), y), "is no input of a name of its own");
        var namesake = graph.input("x", TensorType.scalar(DType.F32));
        assertBlamed(procedure(List.of(x, namesake), y), "is no input of a name of its own");
    }

    @Test
    void dimensionsAreBoundByInputs() {
        var free = Shape.of(Dim.symbol("free"));
        assertBlamed(procedure(List.of(x), y, graph.fill(new TensorType(DType.F32, free), 0)), "no input binds");
        assertBlamed(procedure(List.of(x), y, graph.size(Dim.symbol("free"), DType.F32)), "is bound by no input");
    }

    @Test
    void aVariableHasOneType() {
        var v = graph.variable("v", Form.VariableKind.STATE, VECTOR);
        var w = graph.variable("v", Form.VariableKind.STATE, TensorType.scalar(DType.F32));
        assertBlamed(procedure(List.of(x), y, v, w), "differs from the variable's type elsewhere");
        var updates = List.of(new Procedure.Update("v", Form.VariableKind.STATE, graph.constant(1)));
        assertBlamed(
                new Procedure("p", List.of(x), List.of(new Procedure.Output("v", v)), updates),
                "differs from the variable's type elsewhere");
    }

    @Test
    void namesAreGivenOnce() {
        var output = new Procedure.Output("y", y);
        assertBlamed(new Procedure("p", List.of(x), List.of(output, output), List.of()), "is given twice");
        var update = new Procedure.Update("v", Form.VariableKind.STATE, y);
        assertBlamed(new Procedure("p", List.of(x), List.of(), List.of(update, update)), "is given twice");
    }
}
