package org.nnlang.compiler.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.GradientCheck;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.tensor.DType;

class OpsTest {
    static final List<ElementwiseOp> ALL = Ops.ALL;

    @Test
    void everyDeclarationIsListedAndEveryOpcodeHasOne() throws ReflectiveOperationException {
        var declared = new HashSet<ElementwiseOp>();
        for (var field : Ops.class.getFields()) {
            if (field.getType() == ElementwiseOp.class) {
                declared.add((ElementwiseOp) field.get(null));
            }
        }
        assertEquals(declared, new HashSet<>(Ops.ALL));
        var opcodes = EnumSet.noneOf(Opcode.class);
        Ops.ALL.forEach(op -> assertTrue(opcodes.add(op.opcode().orElseThrow()), op::name));
        assertEquals(EnumSet.allOf(Opcode.class), opcodes);
        Ops.ALL.forEach(op -> assertSame(op, Ops.named(op.name())));
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void theGradientIsThatOfTheFunction(ElementwiseOp op) {
        check(op, 1);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void theGradientOfTheGradientIsThatOfTheGradient(ElementwiseOp op) {
        check(op, 2);
    }

    /// Puts all combinations of the op's samples in one tensor and checks the inputs that carry gradient.
    private static void check(ElementwiseOp op, int order) {
        for (var meaning : op.meanings()) {
            if (meaning.result() != DType.F32 || op.gradient(op.arity() - 1).isEmpty()) {
                continue;
            }
            var rows = combinations(op);
            var graph = new Graph();
            var inputs = new ArrayList<Node>();
            var wrt = new ArrayList<Node>();
            Map<String, double[]> values = new HashMap<>();
            for (int k = 0; k < op.arity(); k++) {
                int column = k;
                var input = graph.input("x" + k, new TensorType(meaning.inputs().get(k), Shape.of(rows.size())));
                inputs.add(input);
                if (op.gradient(k).isPresent()) {
                    wrt.add(input);
                }
                values.put("x" + k, rows.stream().mapToDouble(row -> row[column]).toArray());
            }
            var y = graph.node(new Form.Elementwise(op), inputs);
            var bindings = new Bindings(Map.of(), values, Map.of(), (_, _, count) -> new double[count]);
            GradientCheck.check(graph, y, wrt, bindings, order);
        }
    }

    private static List<double[]> combinations(ElementwiseOp op) {
        List<double[]> rows = List.of(new double[0]);
        for (int k = 0; k < op.arity(); k++) {
            var longer = new ArrayList<double[]>();
            for (var row : rows) {
                for (double sample : op.samples(k)) {
                    var next = Arrays.copyOf(row, k + 1);
                    next[k] = sample;
                    longer.add(next);
                }
            }
            rows = longer;
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({
        "mod, F32, -7.5, 3, 1.5",
        "mod, F32, 7.5, -3, -1.5",
        "mod, I32, -7, 3, 2",
        "mod, I32, 7, 0, 0",
        "floordiv, I32, -7, 2, -4",
        "floordiv, I32, 7, 0, 0",
        "max, F32, NaN, 0, NaN",
        "max, F32, 0, NaN, 0",
        "min, F32, NaN, 0, NaN",
        "mul, I32, 65536, 65536, 0",
        "mul, I32, 1000003, 1000003, -721379959",
        "add, I32, 2147483647, 1, -2147483648",
        "lt, F32, NaN, 1, 0",
        "ne, F32, NaN, NaN, 1",
        "le, I32, 3, 3, 1",
        "eq, BOOL, 1, 0, 0",
    })
    void edgesOfTwoInputs(String name, DType dtype, double a, double b, double result) {
        assertEquals(
                result,
                Ops.named(name).meaning(List.of(dtype, dtype)).orElseThrow().scalar().apply(new double[] {a, b}));
    }

    @ParameterizedTest
    @CsvSource({
        "round, F32, 2.5, 2",
        "round, F32, -1.5, -2",
        "erf, F32, 0.5, 0.5204998778130465",
        "erf, F32, -2, -0.9953222650189527",
        "erf, F32, 5, 0.9999999999984626",
        "erf, F32, NaN, NaN",
        "i32, F32, -2.75, -2",
        "i32, F32, 3e9, 2147483647",
        "i32, F32, NaN, 0",
        "bool, F32, NaN, 1",
        "f32, I32, 16777217, 16777216",
        "abs, I32, -2147483648, -2147483648",
        "sign, F32, -0.5, -1",
        "not, BOOL, 1, 0",
        "rsqrt, F32, 4, 0.5",
    })
    void edgesOfOneInput(String name, DType dtype, double x, double result) {
        assertEquals(
                result,
                Ops.named(name).meaning(List.of(dtype)).orElseThrow().scalar().apply(new double[] {x}),
                1e-15);
    }
}
