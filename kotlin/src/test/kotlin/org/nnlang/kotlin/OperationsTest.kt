package org.nnlang.kotlin

import kotlin.math.atan
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.nnlang.Fn
import org.nnlang.OperationCheck
import org.nnlang.runtime.operation.Operation

/** An operation written in Kotlin is a function of models and programs. */
class OperationsTest {
    private class Arctangent : Operation.Unary {
        override fun name() = "arctan"

        override fun apply(x: Double) = atan(x)

        override fun gradients() = listOf("1 / (1 + x^2)")
    }

    @Test
    fun `a model calls it by its name`() {
        OperationCheck.check(Arctangent())
        val angles = model("Angles") {
            val x = input("x", batch, 2)
            Fn.named("arctan")(x) + 1
        }
        val program = angles.program().with(Arctangent())
        assertEquals(emptyList<Any>(), program.check())
        val y = program.model().untrained(1)(tensorOf(floatArrayOf(1f, -2f)))
        assertEquals(atan(1.0) + 1, y[0, 0].toDouble(), 1e-6)
        assertEquals(atan(-2.0) + 1, y[0, 1].toDouble(), 1e-6)
    }
}
