package org.nnlang

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.nnlang.compiler.ir.IrText
import org.nnlang.compiler.pipeline.FrontEnd
import org.nnlang.kotlin.Dense
import org.nnlang.kotlin.LSTM
import org.nnlang.kotlin.LayerNorm
import org.nnlang.kotlin.concat
import org.nnlang.kotlin.conv2D
import org.nnlang.kotlin.dense
import org.nnlang.kotlin.dropout
import org.nnlang.kotlin.embedding
import org.nnlang.kotlin.flatten
import org.nnlang.kotlin.function
import org.nnlang.kotlin.invoke
import org.nnlang.kotlin.layers
import org.nnlang.kotlin.leakyRelu
import org.nnlang.kotlin.lstm
import org.nnlang.kotlin.matmul
import org.nnlang.kotlin.maxPool2D
import org.nnlang.kotlin.minus
import org.nnlang.kotlin.model
import org.nnlang.kotlin.relu
import org.nnlang.kotlin.residual
import org.nnlang.kotlin.sigmoid
import org.nnlang.kotlin.softmax
import org.nnlang.kotlin.stacked
import org.nnlang.kotlin.tanh
import org.nnlang.kotlin.then
import org.nnlang.kotlin.times
import org.nnlang.kotlin.transformerDecoder
import org.nnlang.kotlin.transformerEncoder
import org.nnlang.runtime.tensor.DType

/** One model, written in the language, in Kotlin and in Java: one intermediate representation. */
class SameModelTest {
    private fun ir(program: Program, model: String): String {
        val made = Program.require(FrontEnd.model(program.source(), program.sources(), model, mapOf()))
        return "${made.variables()}\n${IrText.print(made.init())}${IrText.print(made.apply())}"
    }

    private fun same(written: String, vararg definitions: ModelDefinition) {
        for (definition in definitions) {
            assertEquals(emptyList<Any>(), definition.program().check()) { definition.source() }
            assertEquals(ir(Program.of(written), definition.name()), ir(definition.program(), definition.name())) { definition.source() }
        }
    }

    @Test
    fun `a stack of layers`() {
        val kotlin = model("Digits") {
            val x = input("x", batch, 784)
            dense(128, relu)
            dropout(0.2)
            dense(10)
        }
        val x = Value.input("x", Size.named("batch"), Size.of(784))
        val java = ModelDefinition.of(
            "Digits",
            listOf(x),
            x.then(Fn.layer("Dense", 128, Fn.named("relu"))).then(Fn.layer("Dropout", 0.2)).then(Fn.layer("Dense", 10)),
        )
        val written = "model Digits()(x: f32[batch, 784]) = x |> Dense(128, relu) |> Dropout(0.2) |> Dense(10)\n"
        same(written, kotlin, java)
        assertEquals(written, kotlin.source())
        assertEquals(written, java.source())
    }

    @Test
    fun `images, and hyper-parameters by name`() {
        val kotlin = model("Pictures") {
            input("image", batch, 28, 28, 1)
            conv2D(16, padding = "same", activation = relu)
            maxPool2D()
            conv2D(32, listOf(5, 5), groups = 4)
            flatten()
            dense(10, bias = false)
        }
        val image = Value.input("image", Size.named("batch"), Size.of(28), Size.of(28), Size.of(1))
        val java = ModelDefinition.of(
            "Pictures",
            listOf(image),
            image.then(Fn.layer("Conv2D", 16).with("padding", "same").with("activation", Fn.named("relu")))
                .then(Fn.layer("MaxPool2D"))
                .then(Fn.layer("Conv2D", 32, listOf(5, 5)).with("groups", 4))
                .then(Fn.layer("Flatten"))
                .then(Fn.layer("Dense", 10).with("bias", false)),
        )
        same(
            """
            model Pictures()(image: f32[batch, 28, 28, 1]) = image |> Conv2D(16, padding = "same", activation = relu) |> MaxPool2D
                |> Conv2D(32, window = [5, 5], groups = 4) |> Flatten |> Dense(10, bias = false)
            """,
            kotlin,
            java,
        )
    }

    @Test
    fun `values, operators and shared layers`() {
        val kotlin = model("Mixed") {
            val x = input("x", batch, 8)
            val shared = Dense(8).bound("shared")
            val h = dense(8, tanh)
            val y = shared(h) + shared(x) * 2 - 0.5
            1 - softmax(y) * leakyRelu(y matmul y.slice(":8"), slope = 0.2) / -h.pow(2)
        }
        val x = Value.input("x", Size.named("batch"), Size.of(8))
        val shared = Fn.layer("Dense", 8).bound("shared")
        val h = x.then(Fn.layer("Dense", 8, Fn.named("tanh")))
        val y = shared.call(h).plus(shared.call(x).times(2)).minus(0.5)
        val leaky = Fn.named("leaky_relu").call(listOf(y.matmul(y.slice(":8"))), mapOf("slope" to 0.2))
        val java = ModelDefinition.of(
            "Mixed", listOf(x), Value.constant(1).minus(Fn.named("softmax").call(y).times(leaky).div(h.pow(2).unaryMinus())))
        same(
            """
            model Mixed()(x: f32[batch, 8]) {
                val shared = Dense(8)
                val h = x |> Dense(8, tanh)
                val y = shared(h) + shared(x) * 2 - 0.5
                1 - softmax(y) * leaky_relu(y @ y[:8], slope = 0.2) / -h^2
            }
            """,
            kotlin,
            java,
        )
    }

    @Test
    fun `sequences, functions and several outputs`() {
        val kotlin = model("Reader") {
            val time = size("t")
            val tokens = input("tokens", batch, time, dtype = DType.I32)
            embedding(100, 16)
            residual(function { x -> x.then(LayerNorm()).then(Dense(16) then relu) })
            stacked(2, layers { LSTM(16) })
            val run = lstm(8, reversed = true)
            outputs("all" to run.out, "last" to concat(run.h, sigmoid(run.c)))
        }
        same(
            """
            model Reader()(tokens: i32[batch, t]) -> (all: f32[batch, t, 8], last: f32[batch, 16]) {
                val x = tokens |> Embedding(100, 16) |> Residual { y -> y |> LayerNorm |> Dense(16) |> relu }
                val run = x |> Stacked(2) { i -> LSTM(16) } |> LSTM(8, reversed = true)
                (run.out, concat([run.h, sigmoid(run.c)], axis = -1))
            }
            """,
            kotlin,
        )
    }

    @Test
    fun `layers with several inputs`() {
        val kotlin = model("Translate") {
            val s = size("s")
            val source = input("source", batch, s, 16)
            val memory = transformerEncoder(2, 4)
            val target = input("target", batch, size("t"), 16)
            transformerDecoder(2, 4, rate = 0.0, memory = memory)
        }
        same(
            """
            model Translate()(source: f32[batch, s, 16], target: f32[batch, t, 16]) =
                TransformerDecoder(2, 4, rate = 0.0)(target, memory = source |> TransformerEncoder(2, 4))
            """,
            kotlin,
        )
    }

    @Test
    fun `sizes that depend on sizes`() {
        val kotlin = model("Wide") {
            val d = size("d")
            input("x", listOf(batch, d))
            input("y", listOf(batch, 2 * d))
        }
        same("model Wide()(x: f32[batch, d], y: f32[batch, 2 * d]) = y", kotlin)
    }

    @Test
    fun `hyper-parameters of the model, and parts of values`() {
        val kotlin = model("Hyper") {
            val width = hyperparameter("width", 16)
            val x = input("x", batch, 4, 8)
            flow(x[0, 1] + x[-1])
            dense(2 * width, relu)
            dense(width)
        }
        same(
            """
            model Hyper(width: Int = 16)(x: f32[batch, 4, 8]) = (x[0, 1] + x[-1]) |> Dense(width * 2, relu) |> Dense(width)
            """,
            kotlin,
        )
    }

    @Test
    fun `a model without an input has nothing to begin with`() {
        val failure = org.junit.jupiter.api.assertThrows<IllegalStateException> { model("Nothing") { dense(3) } }
        assertTrue("begin with input" in failure.message!!)
    }
}
