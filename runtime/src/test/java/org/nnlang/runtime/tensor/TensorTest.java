package org.nnlang.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void aTensorWrapsItsArray() {
        float[] data = {1, 2, 3, 4, 5, 6};
        Tensor tensor = Tensor.of(data, 2, 3);
        assertSame(data, tensor.floats());
        assertSame(data, tensor.reshape(3, 2).floats());
        assertEquals(3, tensor.dim(-1));
        assertEquals(6, tensor.size());
        assertEquals(4f, tensor.get(3));
    }

    @Test
    void aShapeOfAnotherSizeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3));
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(DType.F32, -1));
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(DType.F32, 1 << 20, 1 << 20));
    }

    @Test
    void elementsAreAskedForByTheirKind() {
        assertThrows(IllegalStateException.class, () -> Tensor.zeros(DType.BOOL, 2).floats());
        assertThrows(IllegalStateException.class, () -> Tensor.scalar(1).ints());
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(DType.F32, new int[1], 1));
    }

    @Test
    void equalityIsThatOfBits() {
        assertEquals(Tensor.of(new float[] {Float.NaN}, 1), Tensor.of(new float[] {Float.NaN}, 1));
        assertNotEquals(Tensor.of(new float[] {0f}, 1), Tensor.of(new float[] {-0f}, 1));
        assertNotEquals(Tensor.of(new int[] {1}, 1), Tensor.of(DType.BOOL, new int[] {1}, 1));
    }

    @Test
    void aLongTensorPrintsItsFirstElements() {
        assertEquals("f32[2, 2] {1.0, 2.0, 3.0, 4.0}", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).toString());
        assertEquals("u8[9] {0, 0, 0, 0, 0, 0, 0, 0, …}", Tensor.zeros(DType.U8, 9).toString());
        assertEquals("f32[] {0.5}", Tensor.scalar(0.5f).toString());
    }
}
