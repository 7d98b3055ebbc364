package org.nnlang.runtime.fused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

class FusedProgramTest {
    static FusedProgram softmax(String name) {
        FusedProgramBuilder builder = new FusedProgramBuilder(name, 1);
        int x = builder.load(builder.operand("x", DType.F32, Columns.CONTIGUOUS));
        int greatest = builder.reduce(Reduction.MAX, x);
        int e = builder.apply(Opcode.EXP, builder.apply(Opcode.SUB, x, greatest));
        int total = builder.reduce(Reduction.SUM, e);
        builder.store(builder.operand("y", DType.F32, Columns.CONTIGUOUS), builder.apply(Opcode.DIV, e, total));
        return builder.build();
    }

    @Test
    void softmaxHasThreePhasesAndKeepsItsExponentials() {
        assertEquals(
                """
                fused softmax(outer 1) {
                  x: f32 contiguous
                  y: f32 contiguous
                  phase 0
                    %0* = load x
                    %1 = row max %0*
                  phase 1
                    known %1
                    %0* = load x
                    %2* = SUB %0*, %1
                    %3* = EXP %2*
                    %4 = row sum %3*
                    keep %3*
                  phase 2
                    known %4
                    restore %3*
                    %5* = DIV %3*, %4
                    store y, %5*
                }
                """,
                softmax("softmax").toString());
    }

    @Test
    void namesDoNotCountWhereProgramsAreCompared() {
        assertEquals(softmax("a"), softmax("b"));
        assertEquals(softmax("a").hashCode(), softmax("b").hashCode());
        FusedProgramBuilder other = new FusedProgramBuilder("a", 1);
        int x = other.load(other.operand("x", DType.F32, Columns.CONTIGUOUS));
        other.store(other.operand("y", DType.F32, Columns.CONTIGUOUS), x);
        assertNotEquals(softmax("a"), other.build());
    }

    @Test
    void softmaxMayBeWrittenOverItsInput() {
        assertTrue(softmax("softmax").mayOverwrite(1, 0));
    }

    @Test
    void whatIsReadAgainInALaterPhaseMayNotBeOverwritten() {
        FusedProgramBuilder builder = new FusedProgramBuilder("early", 1);
        int x = builder.load(builder.operand("x", DType.F32, Columns.CONTIGUOUS));
        int y = builder.operand("y", DType.F32, Columns.CONTIGUOUS);
        int z = builder.operand("z", DType.F32, Columns.CONTIGUOUS);
        builder.store(y, builder.apply(Opcode.NEG, x));
        builder.store(z, builder.apply(Opcode.SUB, x, builder.reduce(Reduction.SUM, x)));
        FusedProgram program = builder.build();
        assertFalse(program.mayOverwrite(y, 0));
        assertTrue(program.mayOverwrite(z, 0));
    }

    @Test
    void programsThatMakeNoSenseAreRefused() {
        FusedProgramBuilder mixed = new FusedProgramBuilder("mixed", 0);
        int one = mixed.constant(1);
        int half = mixed.constant(0.5f);
        mixed.apply(Opcode.ADD, one, half);
        assertThrows(IllegalArgumentException.class, mixed::build);

        FusedProgramBuilder wide = new FusedProgramBuilder("wide", 0);
        int x = wide.load(wide.operand("x", DType.F32, Columns.CONTIGUOUS));
        wide.store(wide.operand("y", DType.F32, Columns.ONE_VALUE), x);
        assertThrows(IllegalArgumentException.class, wide::build);
    }

    @Test
    void damagedBytesAreNoProgram() throws IOException {
        var bytes = new ByteArrayOutputStream();
        FusedProgramCodec.write(softmax("softmax"), new DataOutputStream(bytes));
        byte[] whole = bytes.toByteArray();
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x55;
            try {
                FusedProgramCodec.read(new DataInputStream(new ByteArrayInputStream(damaged)), Operations::installed);
            } catch (IOException e) {
                // what a damaged file may cause; anything else fails the test
            }
        }
        assertThrows(
                IOException.class,
                () -> FusedProgramCodec
                        .read(new DataInputStream(new ByteArrayInputStream(whole, 0, whole.length / 2)),
                                Operations::installed));
    }
}
