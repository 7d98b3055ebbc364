package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.tensor.DType;

/// Weights that are packed once for many runs give what they would if they were read anew.
class HeldWeightsTest {
    private static final Dim BATCH = Dim.symbol("b");
    private static final int WIDTH = 40;
    private static final Options HELD = new Options(Tier.SCALAR, true);
    private static final Options PLAIN = new Options(Tier.SCALAR, false);

    /// Those of plain kernels are never packed.
    @BeforeEach
    void vectors() {
        assumeTrue(Machine.vectors(), "there is no vector module");
    }

    private static TensorType floats(Dim... dims) {
        return new TensorType(DType.F32, Shape.of(dims));
    }

    /// max(x·W, 0)·Wᵀ, and W becomes W + g.
    private static List<Procedure> procedures() {
        var graph = new Graph();
        Node x = graph.input("x", floats(BATCH, Dim.of(WIDTH)));
        Node w = graph.variable("W", Form.VariableKind.PARAMETER, floats(Dim.of(WIDTH), Dim.of(WIDTH)));
        Node g = graph.input("g", w.type());
        Node h = graph.matmul(x, w);
        Node y = graph.matmul(
                graph.apply(Ops.MAX, h, graph.fill(h.type(), 0)), graph.transpose(w, List.of(1, 0)));
        var changed = new Procedure.Update("W", Form.VariableKind.PARAMETER, graph.apply(Ops.ADD, w, g));
        return List.of(
                new Procedure("apply", List.of(x), List.of(new Procedure.Output("y", y)), List.of()),
                new Procedure("learn", List.of(g), List.of(), List.of(changed)),
                new Procedure(
                        "both", List.of(x, g), List.of(new Procedure.Output("y", y)), List.of(changed)));
    }

    private static float[] random(int size, long seed) {
        var random = new Random(seed);
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static CompiledProgram program(Image image, boolean interpreted) {
        return interpreted ? CompiledProgram.interpreted() : ProgramClass.of("nn.Held", image).load();
    }

    private static float[] run(Instance instance, float[] x) {
        instance.setInput("x", x);
        instance.run();
        return instance.output("y");
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "false, 2"})
    void whoeverChangesWeightsIsSeen(boolean interpreted, int threads) {
        List<Procedure> procedures = procedures();
        var layout = VariableLayout.of(procedures);
        List<Image> images = procedures.stream()
                .map(procedure -> Planner.plan(procedure, layout, Fusion.Effort.FULL))
                .toList();
        var memory = new Memory(images.getFirst().variables());
        CompiledProgram apply = program(images.getFirst(), interpreted);
        float[] x = random(7 * WIDTH, 1);
        float[] few = Arrays.copyOf(x, 3 * WIDTH);
        try (Team team = Team.of(threads)) {
            Instance held = Instance.bind(images.getFirst(), apply, memory, Map.of("b", 7), team, HELD);
            Instance smaller = Instance.bind(images.getFirst(), apply, memory, Map.of("b", 3), team, HELD);
            Instance plain = Instance.bind(images.getFirst(), apply, memory, Map.of("b", 7), team, PLAIN);
            Instance learn = Instance.bind(images.get(1), program(images.get(1), true), memory, Map.of(), team, HELD);
            Instance both =
                    Instance.bind(images.get(2), program(images.get(2), true), memory, Map.of("b", 7), team, HELD);
            learn.setInput("g", random(WIDTH * WIDTH, 2));
            both.setInput("g", random(WIDTH * WIDTH, 3));
            memory.set("W", random(WIDTH * WIDTH, 4));
            float[] before = run(plain, x);
            assertArrayEquals(before, run(held, x));
            assertArrayEquals(before, run(held, x));
            assertArrayEquals(Arrays.copyOf(before, 3 * WIDTH), run(smaller, few));
            learn.run();
            float[] after = run(plain, x);
            assertNotEquals(before[0], after[0]);
            assertArrayEquals(after, run(held, x));
            assertArrayEquals(Arrays.copyOf(after, 3 * WIDTH), run(smaller, few));
            assertArrayEquals(after, run(both, x));
            float[] later = run(plain, x);
            assertNotEquals(after[0], later[0]);
            assertArrayEquals(later, run(held, x));
            assertArrayEquals(later, run(both, x));
            memory.set("W", random(WIDTH * WIDTH, 4));
            assertArrayEquals(before, run(held, x));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 2"})
    void allInstancesShareThem(boolean holds, int copies) {
        Procedure procedure = procedures().getFirst();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var memory = new Memory(image.variables());
        long bytes = memory.bytes();
        try (Team team = Team.of(1)) {
            // A row alone reads the matrix as it is.
            for (int batch : new int[] {1, 5, 9}) {
                Instance.bind(
                        image, CompiledProgram.interpreted(), memory, Map.of("b", batch), team,
                        new Options(Tier.SCALAR, holds));
            }
        }
        long panels = memory.bytes() - bytes - 4L * arena(memory);
        // One for each way in which it is read, in whole vectors.
        assertEquals(copies * 4L * WIDTH * width(WIDTH), panels);
    }

    private static int arena(Memory memory) {
        return memory.floats(Segment.ARENA).length;
    }

    private static int width(int columns) {
        int lanes = FloatVector.SPECIES_PREFERRED.length();
        return (columns + lanes - 1) / lanes * lanes;
    }

    /// h' = max(h·Wₜ, 0)·U: one matrix is another in each round, and one is not.
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aRoundsOwnWeightsAreNotHeld(boolean interpreted) {
        var graph = new Graph();
        Node first = graph.input("x", floats(BATCH, Dim.of(WIDTH)));
        Node all = graph.variable(
                "W", Form.VariableKind.PARAMETER, floats(Dim.of(5), Dim.of(WIDTH), Dim.of(WIDTH)));
        Node u = graph.variable("U", Form.VariableKind.PARAMETER, floats(Dim.of(WIDTH), Dim.of(WIDTH)));
        var loop = new ScanBuilder(graph, Dim.of(5), false);
        Node h = loop.carry(first);
        Node w = loop.slice(all);
        Node inner = graph.matmul(h, w);
        Node next = graph.matmul(graph.apply(Ops.MAX, inner, graph.fill(inner.type(), 0)), u);
        loop.next(h, next);
        loop.close();
        var procedure = new Procedure(
                "rounds", List.of(first), List.of(new Procedure.Output("y", loop.last(h))), List.of());
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var memory = new Memory(image.variables());
        memory.set("W", random(5 * WIDTH * WIDTH, 1));
        memory.set("U", random(WIDTH * WIDTH, 2));
        float[] x = random(6 * WIDTH, 3);
        try (Team team = Team.of(1)) {
            CompiledProgram program = program(image, interpreted);
            Instance plain = Instance.bind(image, program, memory, Map.of("b", 6), team, PLAIN);
            Instance held = Instance.bind(image, program, memory, Map.of("b", 6), team, HELD);
            for (int round = 0; round < 3; round++) {
                assertArrayEquals(run(plain, x), run(held, x));
                memory.set("U", random(WIDTH * WIDTH, 4 + round));
            }
        }
    }
}
