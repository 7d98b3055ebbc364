package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.autodiff.Loops;
import org.nnlang.compiler.autodiff.Loops.Loop;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.rewrite.Simplify;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Step;

/// Loops and their gradients, as programs.
class LoopsTest {
    private static final double TOLERANCE = 2e-5;

    static List<Loop> loops() {
        return Loops.all();
    }

    @ParameterizedTest
    @MethodSource("loops")
    void loopsComputeWhatTheyMean(Loop loop) {
        for (int length : new int[] {0, 1, 2, 5}) {
            check(loop.procedure(), loop.bindings(length));
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void gradientsComputeWhatTheyMean(Loop loop) {
        var procedure = loop.withGradients();
        for (int length : new int[] {1, 2, 5}) {
            check(procedure, loop.bindings(length));
        }
    }

    private static void check(Procedure procedure, Bindings bindings) {
        var expected = Interpreter.run(procedure, bindings);
        var scalar = new Options(Tier.SCALAR);
        var tiles = new Options(Machine.vectors() ? Tier.TILE : Tier.SCALAR);
        var generated = new Options(Machine.vectors() ? Tier.GENERATED : Tier.SCALAR);
        same("unfused", expected, Running.run(procedure, bindings, Fusion.Effort.NONE, scalar, 1), TOLERANCE,
                procedure);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var program = ProgramClass.of("nn.Loop", image).load();
        var fused = Running.run(image, program, procedure, bindings, scalar, 1);
        same("fused", expected, fused, TOLERANCE, procedure);
        same("tiles", fused, Running.run(image, program, procedure, bindings, tiles, 2), 0, procedure);
        same("generated", fused, Running.run(image, program, procedure, bindings, generated, 1), 0, procedure);
        same(
                "interpreted",
                fused,
                Running.run(image, CompiledProgram.interpreted(), procedure, bindings, scalar, 3),
                0,
                procedure);
        var graph = new Graph();
        var simple = Verifier.verify(
                "simplify", graph, Simplify.fuseMultiplyAdd(graph, Simplify.simplify(graph, procedure)));
        same("simplified in the oracle", expected, Interpreter.run(simple, bindings), 1e-12, simple);
        same("simplified", expected, Running.run(simple, bindings, Fusion.Effort.FULL, tiles, 1), TOLERANCE, simple);
    }

    private static void same(
            String what, Interpreter.Results expected, Interpreter.Results actual, double tolerance,
            Procedure procedure) {
        assertNull(Running.difference(expected, actual, tolerance), () -> what + "\n" + procedure);
    }

    /// The input product is one before the loop, and the gradient of each weight one behind it; rounds have the
    /// recurrent product alone, and copy nothing.
    @Test
    void roundsHaveTheRecurrentProductAlone() {
        var loop = Loops.all().stream().filter(l -> l.name().equals("rnn")).findFirst().orElseThrow();
        var graph = new Graph();
        var procedure = Simplify.simplify(graph, loop.withGradients());
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        int inRounds = 0;
        int outside = 0;
        int loops = 0;
        int end = 0;
        for (int step = 0; step < image.steps().size(); step++) {
            if (image.steps().get(step) instanceof Step.Repeat repeat) {
                loops++;
                end = step + 1 + repeat.steps();
            } else if (image.steps().get(step) instanceof Step.Product) {
                inRounds += step < end ? 1 : 0;
                outside += step < end ? 0 : 1;
            } else {
                assertTrue(step >= end || !(image.steps().get(step) instanceof Step.Move), "a round copies");
            }
        }
        assertEquals(2, loops);
        assertEquals(2, inRounds);
        // x·W, and the gradients of x, W and U.
        assertEquals(4, outside);
    }

    /// One program does for every length: nothing is unrolled, and no round allocates.
    @ParameterizedTest
    @MethodSource("loops")
    void tenThousandRoundsAllocateNothing(Loop loop) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var procedure = loop.withGradients();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var program = ProgramClass.of("nn.Long", image).load();
        try (Team team = Team.of(1)) {
            Instance instance = Instance.bind(
                    image, program, new Memory(image.variables()), Map.of("t", 10_000), team, new Options(Tier.SCALAR));
            long thread = Thread.currentThread().threadId();
            long least = Long.MAX_VALUE;
            // Vectors of products are objects until C2 has compiled what uses them; what runs once before the rounds waits longest.
            for (int i = 0; i < 50 && least >= 10_000; i++) {
                long before = threads.getThreadAllocatedBytes(thread);
                instance.run();
                least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
            }
            assertTrue(least < 10_000, "10,000 rounds allocated " + least);
        }
    }

    @Test
    void aRunThatBrokeOffLeavesNoRoundBehind() {
        var loop = Loops.all().stream().filter(l -> l.name().equals("looked up")).findFirst().orElseThrow();
        var procedure = loop.procedure();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        for (var program : List.of(CompiledProgram.interpreted(), ProgramClass.of("nn.Broken", image).load())) {
            try (Team team = Team.of(1)) {
                Instance instance = Instance.bind(
                        image, program, new Memory(image.variables()), Map.of("t", 5), team, new Options(Tier.SCALAR));
                var bindings = loop.bindings(5);
                loop.inputs().forEach(input -> {
                    var name = ((Form.Input) input.form()).name();
                    instance.setInput(name, Running.floats(bindings.inputs().get(name)));
                });
                int[] ids = Running.ints(bindings.inputs().get("ids"));
                int[] wrong = ids.clone();
                wrong[4] = 99;
                instance.setInput("ids", ids);
                instance.run();
                float[] expected = instance.output("y0");
                instance.setInput("ids", wrong);
                assertThrows(NnException.class, instance::run);
                instance.setInput("ids", ids);
                instance.run();
                assertArrayEquals(expected, instance.output("y0"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void textSaysAll(Loop loop) {
        var procedure = loop.withGradients();
        var text = IrText.print(procedure);
        var graph = new Graph();
        var read = Verifier.verify("text", graph, IrText.parse(text, graph, Ops::named));
        assertEquals(text, IrText.print(read));
        var bindings = loop.bindings(3);
        same("text", Interpreter.run(procedure, bindings), Interpreter.run(read, bindings), 0, procedure);
    }

    @ParameterizedTest
    @MethodSource("loops")
    void imagesAreWrittenAndRead(Loop loop) throws IOException {
        var procedure = loop.withGradients();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var bytes = new ByteArrayOutputStream();
        image.encode(bytes);
        assertEquals(image, Image.decode(new ByteArrayInputStream(bytes.toByteArray())));
    }
}
