package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraph;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.rewrite.Simplify;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

class RandomProgramsTest {
    /// Of the largest element of a tensor.
    private static final double TOLERANCE = 2e-4;

    @Provide
    Arbitrary<RandomGraph> graphs() {
        return RandomGraphs.arbitrary();
    }

    @Property(shrinking = ShrinkingMode.BOUNDED)
    void aProgramComputesWhatItsProcedureMeans(@ForAll("graphs") RandomGraph random) {
        check(random);
    }

    static void check(RandomGraph random) {
        Map<String, double[]> inputs = new HashMap<>();
        Procedure plain = Running.withoutDraws(random.procedure(), random.bindings(), inputs);
        Bindings bindings = new Bindings(
                random.bindings().sizes(), inputs, random.bindings().variables(), random.bindings().draws());
        var expected = Interpreter.run(plain, bindings);
        var scalar = new Options(Tier.SCALAR);
        var tiles = new Options(Machine.vectors() ? Tier.TILE : Tier.SCALAR, true);
        var generated = new Options(Machine.vectors() ? Tier.GENERATED : Tier.SCALAR);
        same("unfused", expected, Running.run(plain, bindings, Fusion.Effort.NONE, scalar, 1), TOLERANCE, plain);
        Image image = Planner.plan(plain, VariableLayout.of(List.of(plain)), Fusion.Effort.FULL);
        var program = ProgramClass.of("nn.Random", image).load();
        var fused = Running.run(image, program, plain, bindings, scalar, 1);
        same("fused", expected, fused, TOLERANCE, plain);
        same("tiles", fused, Running.run(image, program, plain, bindings, tiles, 2), 0, plain);
        same("generated", fused, Running.run(image, program, plain, bindings, generated, 1), 0, plain);
        var graph = new Graph();
        var simple = Simplify.fuseMultiplyAdd(graph, Simplify.simplify(graph, plain));
        same("simplified", expected, Running.run(simple, bindings, Fusion.Effort.FULL, tiles, 1), TOLERANCE, simple);
    }

    private static void same(
            String what, Interpreter.Results expected, Interpreter.Results actual, double tolerance,
            Procedure procedure) {
        assertNull(Running.difference(expected, actual, tolerance), () -> what + "\n" + procedure);
    }
}
