package org.nnlang.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.DType;

class GraphTest {
    private final Graph graph = new Graph();
    private final Node x = graph.input("x", new TensorType(DType.F32, Shape.of(2, 3)));

    @Test
    void oneValueIsOneNode() {
        assertSame(graph.apply(Ops.ADD, x, x), graph.apply(Ops.ADD, x, x));
        assertNotSame(graph.apply(Ops.ADD, x, x), graph.apply(Ops.MUL, x, x));
        assertSame(graph.fill(x.type(), 0.1), graph.constant(x.type(), new double[] {0.1f, 0.1, 0.1, 0.1, 0.1, 0.1}));
        assertNotSame(graph.constant(0.0), graph.constant(-0.0));
        assertNotSame(
                graph.random(Form.Distribution.UNIFORM, x.shape(), 1),
                graph.random(Form.Distribution.UNIFORM, x.shape(), 2));
    }

    @Test
    void manyNodesStayApart() {
        var nodes = new Node[10_000];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = graph.constant(i);
        }
        for (int i = 0; i < nodes.length; i++) {
            assertSame(nodes[i], graph.constant(i));
        }
        assertEquals(nodes.length + 1, graph.size());
    }

    @Test
    void movesThatMoveNothingAreTheirInput() {
        assertSame(x, graph.reshape(x, x.shape()));
        assertSame(x, graph.transpose(x, List.of(0, 1)));
        assertSame(x, graph.broadcast(x, x.shape()));
        assertSame(x, graph.sum(x, List.of()));
    }

    @Test
    void aNodeRemembersWhoAskedForItFirst() {
        var span = new Span(new SourceFile("a.nn", "val y = -x"), 8, 10);
        assertNull(x.origin());
        Node y;
        try (var _ = graph.origin(span)) {
            y = graph.apply(Ops.NEG, x);
            try (var _ = graph.origin(null)) {
                assertNull(graph.apply(Ops.ABS, x).origin());
            }
            assertSame(span, graph.apply(Ops.EXP, x).origin());
        }
        assertSame(span, graph.apply(Ops.NEG, x).origin());
        assertSame(span, y.origin());
        assertNull(graph.apply(Ops.SIN, x).origin());
    }

    @Test
    void ancestorsComeInputsFirst() {
        var y = graph.apply(Ops.NEG, x);
        var unused = graph.apply(Ops.ABS, x);
        var z = graph.apply(Ops.ADD, y, x);
        assertEquals(List.of(x, y, z), Graph.ancestors(List.of(z, y)));
        assertTrue(Graph.depends(z, x));
        assertTrue(!Graph.depends(z, unused));
    }

    /// A node that must not be.
    record Mistake(String message, Function<Graph, Node> build) {
        @Override
        public String toString() {
            return message;
        }
    }

    static List<Mistake> mistakes() {
        var matrix = new TensorType(DType.F32, Shape.of(2, 3));
        Function<Graph, Node> a = g -> g.input("a", matrix);
        Function<Graph, Node> i = g -> g.input("i", new TensorType(DType.I32, Shape.of(4)));
        return List.of(
                new Mistake("the shapes differ", g -> g.apply(Ops.ADD, a.apply(g), g.constant(1))),
                new Mistake("no meaning for these types", g -> g.apply(Ops.EXP, i.apply(g))),
                new Mistake("another number of inputs", g -> g.apply(Ops.ADD, i.apply(g))),
                new Mistake("not ascending axes", g -> g.sum(a.apply(g), List.of(2))),
                new Mistake("it takes one axis", g -> g.reduce(Form.ReduceKind.ARGMAX, a.apply(g), List.of(0, 1))),
                new Mistake("the paired dimensions differ", g -> g.matmul(a.apply(g), a.apply(g))),
                new Mistake(
                        "not different axes",
                        g -> g.contract(
                                a.apply(g),
                                a.apply(g),
                                new Form.Contract(List.of(0), List.of(0), List.of(0), List.of(1)))),
                new Mistake("the sizes differ", g -> g.reshape(a.apply(g), Shape.of(7))),
                new Mistake("not a permutation", g -> g.transpose(a.apply(g), List.of(1, 1))),
                new Mistake("leaves the input", g -> g.slice(a.apply(g), 0, Dim.ONE, Dim.of(3), 1)),
                new Mistake("not positive", g -> g.slice(a.apply(g), 0, Dim.ZERO, Dim.ONE, 0)),
                new Mistake("is negative", g -> g.pad(i.apply(g), List.of(Dim.of(-1)), List.of(Dim.ZERO))),
                new Mistake("differ in more than the axis", g -> g.concat(0, List.of(a.apply(g), i.apply(g)))),
                new Mistake("the dimensions differ", g -> g.broadcast(i.apply(g), Shape.of(2, 5), List.of(1))),
                new Mistake("ascending axis", g -> g.broadcast(a.apply(g), Shape.of(3, 2), List.of(1, 0))),
                new Mistake("indices are not i32", g -> g.gather(a.apply(g), a.apply(g))),
                new Mistake("not one update", g -> g.scatterAdd(Dim.of(9), i.apply(g), a.apply(g))),
                new Mistake("no such axis", g -> g.iota(Shape.of(3), 1)),
                new Mistake("another graph", g -> g.apply(Ops.NEG, a.apply(new Graph()))));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsFoundWhereItIsMade(Mistake mistake) {
        var error = assertThrows(IrException.class, () -> mistake.build.apply(new Graph()));
        assertTrue(error.getMessage().contains(mistake.message), error.getMessage());
    }

    @Test
    void typesFollowTheForms() {
        var b = Dim.symbol("b");
        var y = graph.input("y", new TensorType(DType.F32, Shape.of(b, Dim.of(4), b.times(2))));
        assertEquals("f32[b, 2*b]", graph.sum(y, List.of(1)).type().toString());
        assertEquals("i32[b, 4]", graph.reduce(Form.ReduceKind.ARGMAX, y, List.of(2)).type().toString());
        assertEquals("f32[2*b, b, 4]", graph.transpose(y, List.of(2, 0, 1)).type().toString());
        assertEquals("f32[b, 4, b]", graph.slice(y, 2, Dim.ZERO, b.times(2), 2).type().toString());
        assertEquals("f32[b, 4, 2*b - 1]", graph.slice(y, 2, Dim.ONE, b.times(2), 1).type().toString());
        assertEquals("f32[8*b^2]", graph.reshape(y, new Shape(List.of(y.shape().size()))).type().toString());
        assertEquals("f32[2*b, 4, 2*b]", graph.concat(0, List.of(y, y)).type().toString());
        var batched = new Form.Contract(List.of(0), List.of(0), List.of(2), List.of(2));
        assertEquals("f32[b, 4, 4]", graph.contract(y, y, batched).type().toString());
        assertEquals("f32", graph.sum(y, List.of(0, 1, 2)).type().toString());
    }
}
