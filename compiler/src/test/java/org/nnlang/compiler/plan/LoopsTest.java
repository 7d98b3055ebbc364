package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.autodiff.Loops;
import org.nnlang.compiler.autodiff.Loops.Loop;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.rewrite.Simplify;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

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
        same("unfused", expected, Running.run(procedure, bindings, Fusion.Effort.NONE, scalar, 1), TOLERANCE, procedure);
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
