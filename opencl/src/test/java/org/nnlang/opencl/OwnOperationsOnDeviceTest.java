package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.tensor.DType;

/// A device runs an operation of host code by its expression in OpenCL C, and says so where there is none.
class OwnOperationsOnDeviceTest {
    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    private record Mix(Optional<String> openCl) implements Operation.Ternary {
        @Override
        public String name() {
            return "mix3";
        }

        @Override
        public double apply(double a, double b, double c) {
            return Math.atan(a) * b - c / 2;
        }
    }

    /// mix3 on elements and on a value for each row, inside a loop with a sum over rows' columns.
    private static double[] run(Operation operation, int rows, int columns, Accelerator accelerator) {
        var graph = new Graph();
        Shape matrix = new Shape(List.of(Dim.symbol("n"), Dim.symbol("m")));
        Node x = graph.input("x", new TensorType(DType.F32, matrix));
        ElementwiseOp op = ElementwiseOp.own(
                operation, List.of(Optional.empty(), Optional.empty(), Optional.empty()));
        Node three = graph.fill(x.type(), 3);
        Node mixed = graph.apply(op, x, three, graph.apply(Ops.TANH, x));
        Node sums = graph.sum(mixed, List.of(1));
        Node again = graph.apply(op, sums, sums, sums);
        Node result = graph.apply(Ops.MUL, mixed, graph.broadcast(again, matrix, List.of(0)));
        var procedure = new Procedure("mixes", List.of(x), List.of(new Procedure.Output("y", result)), List.of());
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        double[] values = new double[rows * columns];
        Arrays.setAll(values, i -> (float) Math.sin(i));
        var bindings = new Bindings(
                Map.of("n", (long) rows, "m", (long) columns), Map.of("x", values), Map.of(),
                (_, _, _) -> new double[0]);
        return Running.run(
                image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, accelerator)
                .outputs().get("y");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 300})
    void itsExpressionComputesTheSame(int columns) {
        var mix = new Mix(Optional.of("atan(a) * b - c / 2"));
        double[] here = run(mix, 9, columns, null);
        double[] there = run(mix, 9, columns, device);
        double greatest = Arrays.stream(here).map(Math::abs).max().orElseThrow();
        assertArrayEquals(here, there, 1e-5 * greatest);
    }

    @Test
    void withoutAnExpressionTheDeviceDoesNotKnowIt() {
        NnException unknown = assertThrows(
                NnException.class, () -> run(new Mix(Optional.empty()), 2, 3, device));
        assertEquals("NN0874", unknown.code());
        assertTrue(String.valueOf(unknown.getMessage()).contains("`mix3`"));
    }
}
