package org.nnlang.kotlin

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.nnlang.runtime.tensor.Tensor

class TensorsTest {
    private val matrix = tensor(2, 3) { (i, j) -> 10f * i + j }

    @Test
    fun `elements have indices`() {
        assertEquals(12f, matrix[1, 2])
        assertEquals(11f, matrix[-1, -2])
        assertEquals(10f, matrix[3])
        assertEquals(tensorOf(10f, 11f, 12f), matrix.row(1))
        assertEquals(listOf(tensorOf(0f, 1f, 2f), tensorOf(10f, 11f, 12f)), matrix.rows)
        assertEquals(tensorOf(7), Tensor.of(intArrayOf(5, 7), 2, 1).row(-1))
        assertEquals(matrix, tensorOf(floatArrayOf(0f, 1f, 2f), floatArrayOf(10f, 11f, 12f)))
        assertEquals(2, tensorOf(1f, 0f, 5f, 5f).argmax())
    }

    @Test
    fun `arithmetic is by elements`() {
        val a = tensorOf(1f, 2f)
        val b = tensorOf(4f, 8f)
        assertEquals(tensorOf(5f, 10f), a + b)
        assertEquals(tensorOf(-3f, -6f), a - b)
        assertEquals(tensorOf(4f, 16f), a * b)
        assertEquals(tensorOf(0.25f, 0.25f), a / b)
        assertEquals(tensorOf(-2.5f, -4.5f), -(a * 2f + 1f - 0.5f) / 1f)
    }

    @Test
    fun `mistakes are named`() {
        says<IndexOutOfBoundsException>("index 2 is outside of dimension 0, which has 2 elements") { matrix[2, 0] }
        says<IllegalArgumentException>("takes as many indices, not 3") { matrix[0, 0, 0] }
        says<IllegalArgumentException>("needs tensors of one shape, and gets [2, 3] and [1]") { matrix + tensorOf(1f) }
        says<IllegalArgumentException>("arithmetic needs f32, and this tensor is of i32") { -tensorOf(1) }
        says<IllegalArgumentException>("the rows of a matrix are of one length") { tensorOf(floatArrayOf(1f), floatArrayOf()) }
    }

    private inline fun <reified T : Throwable> says(text: String, noinline mistake: () -> Unit) {
        val message = assertThrows<T> { mistake() }.message
        assertTrue(text in message!!) { message }
    }
}
