package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nnlang.runtime.fused.FusedProgramCodec;
import org.nnlang.runtime.fused.TileExecutor;
import org.nnlang.runtime.kernel.Team;

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

    @Property(tries = 100)
    void programsSurviveTheirBytes(@ForAll long seed) throws IOException {
        FusedCase fused = RandomFused.of(seed);
        var bytes = new ByteArrayOutputStream();
        FusedProgramCodec.write(fused.program(), new DataOutputStream(bytes));
        var read = FusedProgramCodec.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertEquals(fused.program(), read);
        assertEquals(fused.program().toString(), read.toString());
    }

    private static void check(FusedCase fused, FusedCase.Memory actual) {
        assertEquals("", FusedCase.difference(FusedReference.run(fused), actual), () -> fused.toString());
    }
}
