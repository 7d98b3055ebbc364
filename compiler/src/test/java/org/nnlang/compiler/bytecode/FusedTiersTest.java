package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedArguments;
import org.nnlang.runtime.fused.FusedKernel;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.fused.FusedProgramCodec;
import org.nnlang.runtime.fused.FusedTiers;
import org.nnlang.runtime.fused.FusedWorkspace;
import org.nnlang.runtime.fused.GeneratedKernels;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.fused.TileExecutor;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

/// Every tier does what the reference does, bit for bit.
class FusedTiersTest {
    private static final Team ONE = Team.of(1);
    private static final Team TWO = Team.of(2);

    @Property(tries = 300)
    void scalarTierIsTheReference(@ForAll long seed) {
        FusedCase fused = RandomFused.of(seed);
        check(fused, fused.run(TileExecutor.scalar(fused.program()), ONE));
    }

    @Property(tries = 300)
    void tileTierIsTheReference(@ForAll long seed) {
        FusedCase fused = RandomFused.of(seed);
        check(fused, fused.run(TileExecutor.vectors(fused.program()), TWO));
    }

    @Property(tries = 100)
    void blocksOfAnElementwiseProgramMakeTheWhole(@ForAll long seed) {
        FusedCase fused = RandomFused.of(seed);
        if (fused.program().isElementwise()) {
            check(fused, fused.runBlocks(TileExecutor.vectors(fused.program()), ONE, 5, 37));
        }
    }

    @Property(tries = 60)
    void generatedTierIsTheReferenceOnEveryVectorLength(@ForAll long seed, @ForAll("vectorBits") int bits) {
        FusedCase fused = emittable(seed);
        GeneratedKernels generated = FusedLoader.load(List.of(fused.program()), bits);
        check(fused, fused.run(generated.kernel(0), TWO));
        if (fused.program().isElementwise()) {
            check(fused, fused.runBlocks(generated.kernel(0), ONE, 3, 50));
        }
    }

    @Provide
    Arbitrary<Integer> vectorBits() {
        return Arbitraries.of(0, 128, 256, 512);
    }

    @Property(tries = 60)
    void tiersMayChangeAtEveryCall(@ForAll long seed) {
        FusedCase fused = emittable(seed);
        List<FusedKernel> tiers = List.of(
                TileExecutor.scalar(fused.program()),
                FusedLoader.load(List.of(fused.program()), 0).kernel(0),
                TileExecutor.vectors(fused.program()));
        AtomicInteger calls = new AtomicInteger();
        FusedKernel changing = (arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo) -> tiers
                .get(calls.getAndIncrement() % tiers.size())
                .run(arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
        check(fused, fused.run(changing, ONE));
    }

    /// The first program from `seed` on that can be generated.
    private static FusedCase emittable(long seed) {
        long next = seed;
        FusedCase fused = RandomFused.of(next);
        while (!EmittableLoops.contain(fused.program())) {
            next++;
            fused = RandomFused.of(next);
        }
        return fused;
    }

    @Test
    void aHotProgramKeepsItsBits() {
        FusedProgramBuilder builder = new FusedProgramBuilder("hot", 1);
        int x = builder.operand("x", DType.F32, Columns.CONTIGUOUS);
        int y = builder.operand("y", DType.F32, Columns.CONTIGUOUS);
        int value = builder.load(x);
        for (int i = 0; i < 12; i++) {
            value = builder.apply(Opcode.FMA, value, value, builder.constant(i / 24f));
        }
        int total = builder.reduce(Reduction.SUM, value);
        builder.store(y, builder.apply(Opcode.DIV, value, total));
        FusedProgram program = builder.build();
        FusedTiers tiers = new FusedTiers(List.of(program), FusedLoader.load(List.of(program), 0), Tier.AUTO);
        int rows = 32;
        int columns = 1000;
        float[] in = new float[rows * columns];
        float[] out = new float[rows * columns];
        for (int i = 0; i < in.length; i++) {
            in[i] = i % 7 / 70f;
        }
        FusedArguments arguments = new FusedArguments(program, new int[] {rows}, columns, new int[0])
                .bind(x, in, 0, new int[] {columns}, 1)
                .bind(y, out, 0, new int[] {columns}, 1);
        FusedLaunch launch = new FusedLaunch(tiers.kernel(0), arguments, new FusedWorkspace(1), ONE);
        launch.run();
        float[] first = out.clone();
        // On a busy machine it may not get as far as generated code, which is no failure.
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!tiers.isGenerated(0) && System.nanoTime() < deadline) {
            launch.run();
            assertArrayEquals(first, out);
        }
        launch.run();
        assertArrayEquals(first, out);
    }

    @Property(tries = 100)
    void programsSurviveTheirBytes(@ForAll long seed) throws IOException {
        FusedCase fused = RandomFused.of(seed);
        var bytes = new ByteArrayOutputStream();
        FusedProgramCodec.write(fused.program(), new DataOutputStream(bytes));
        var read = FusedProgramCodec.read(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), Operations::installed);
        assertEquals(fused.program(), read);
        assertEquals(fused.program().toString(), read.toString());
    }

    private static void check(FusedCase fused, FusedCase.Memory actual) {
        assertEquals("", FusedCase.difference(FusedReference.run(fused), actual), () -> fused.toString());
    }
}
