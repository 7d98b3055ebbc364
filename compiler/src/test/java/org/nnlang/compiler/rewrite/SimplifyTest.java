package org.nnlang.compiler.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraph;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.runtime.tensor.DType;

class SimplifyTest {
    @Provide
    Arbitrary<RandomGraph> graphs() {
        return RandomGraphs.arbitrary();
    }

    @Property(shrinking = ShrinkingMode.FULL)
    void aSimplifiedProcedureComputesTheSame(@ForAll("graphs") RandomGraph random) {
        Verifier.verify("generate", random.graph(), random.procedure());
        var graph = new Graph();
        var copy = IrText.parse(random.procedure().toString(), graph, Ops::named);
        assertEquals(random.procedure().toString(), copy.toString());
        var simplified = Verifier.verify("simplify", graph, Simplify.simplify(graph, copy));
        var fused = Verifier.verify("fuse-multiply-add", graph, Simplify.fuseMultiplyAdd(graph, simplified));
        var expected = Interpreter.run(random.procedure(), random.bindings());
        assertSame(expected, simplified, random);
        assertSame(expected, fused, random);
        assertEquals(simplified.toString(), Simplify.simplify(graph, simplified).toString());
    }

    @Example
    void aHundredThousandNodesDeep() {
        var graph = new Graph();
        var x = graph.input("x", new TensorType(DType.F32, Shape.of(2, 2)));
        var row = graph.broadcast(graph.variable("w", Form.VariableKind.STATE, TensorType.scalar(DType.F32)),
                x.shape());
        Node y = x;
        // Each product is a rule's left side once the sum below reaches it.
        for (int i = 0; i < 100_000; i++) {
            y = graph.apply(Ops.MUL, y, row);
        }
        var sum = graph.sum(y, List.of(0));
        var outputs = List.of(new Procedure.Output("y", sum));
        var procedure = new Procedure("deep", List.of(x), outputs, List.of());
        var simplified = Simplify.simplify(graph, procedure);
        assertEquals(1, Verifier.verify("simplify", graph, simplified).outputs().size());
    }

    private static void assertSame(Interpreter.Results expected, Procedure procedure, RandomGraph random) {
        var actual = Interpreter.run(procedure, random.bindings());
        assertClose(expected.outputs(), actual.outputs(), procedure);
        assertClose(expected.updates(), actual.updates(), procedure);
    }

    /// Equal but for the rounding of folded constants to single precision.
    private static void assertClose(
            Map<String, double[]> expected, Map<String, double[]> actual, Procedure procedure) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> {
            var others = actual.get(name);
            assertEquals(values.length, others.length);
            for (int i = 0; i < values.length; i++) {
                int place = i;
                double tolerance = 1e-4 * Math.max(1, Math.abs(values[i]));
                assertEquals(values[i], others[i], tolerance, () -> name + "[" + place + "] of\n" + procedure);
            }
        });
    }
}
