package org.nnlang.compiler.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Dim;

class StridedTest {
    private static final Dim B = Dim.symbol("b");
    private static final Dim T = Dim.symbol("t");

    private static List<Dim> dims(Object... dims) {
        return java.util.Arrays.stream(dims)
                .map(dim -> dim instanceof Integer number ? Dim.of(number) : (Dim) dim)
                .toList();
    }

    @Test
    void rowMajorIsContiguous() {
        var layout = Strided.rowMajor(dims(B, 3, T));
        assertEquals(List.of(T.times(3), T, Dim.ONE), layout.strides());
        assertTrue(layout.isContiguous());
        assertFalse(layout.transpose(List.of(0, 2, 1)).isContiguous());
    }

    @Test
    void axesOfOneElementDoNotBreakARow() {
        assertTrue(Strided.rowMajor(dims(1, B, 1)).transpose(List.of(1, 2, 0)).isContiguous());
    }

    @Test
    void axesAreJoinedAndSplit() {
        var layout = Strided.rowMajor(dims(B, 4, 6));
        assertEquals(Optional.of(Strided.rowMajor(dims(B.times(4), 6))), layout.reshape(dims(B.times(4), 6)));
        assertEquals(Optional.of(Strided.rowMajor(dims(B, 2, 12))), layout.reshape(dims(B, 2, 12)));
        assertEquals(Optional.of(Strided.rowMajor(dims(B.times(24)))), layout.reshape(dims(B.times(24))));
        assertEquals(Optional.of(Strided.rowMajor(dims(B, 1, 4, 6, 1))), layout.reshape(dims(B, 1, 4, 6, 1)));
    }

    @Test
    void aSymbolicAxisIsSplitOffAnother() {
        var layout = Strided.rowMajor(dims(B.times(T), 5));
        assertEquals(Optional.of(Strided.rowMajor(dims(B, T, 5))), layout.reshape(dims(B, T, 5)));
    }

    @Test
    void headsOfAnAttentionAreSplitAfterATranspose() {
        var layout = Strided.rowMajor(dims(B, T, 24)).reshape(dims(B, T, 3, 8)).orElseThrow();
        var heads = layout.transpose(List.of(0, 2, 1, 3));
        assertEquals(List.of(T.times(24), Dim.of(8), Dim.of(24), Dim.ONE), heads.strides());
        assertEquals(Optional.empty(), heads.reshape(dims(B, T, 24)));
        assertTrue(heads.reshape(dims(B, 3, T, 2, 4)).isPresent());
    }

    @Test
    void whatIsRepeatedHasNoStride() {
        var layout = Strided.rowMajor(dims(5)).broadcast(dims(B, 5, T), List.of(1));
        assertEquals(List.of(Dim.ZERO, Dim.ONE, Dim.ZERO), layout.strides());
        assertEquals(Optional.empty(), layout.run(0, 2));
        assertEquals(Optional.of(Dim.ZERO), Strided.rowMajor(dims()).broadcast(dims(B, T), List.of()).run(0, 2));
    }

    @Test
    void aSliceStartsAndStrides() {
        var layout = Strided.rowMajor(dims(B, 10)).slice(dims(1, 2), List.of(1, 3), dims(B.minus(1), 3));
        assertEquals(Dim.of(12), layout.offset());
        assertEquals(List.of(Dim.of(10), Dim.of(3)), layout.strides());
    }
}
