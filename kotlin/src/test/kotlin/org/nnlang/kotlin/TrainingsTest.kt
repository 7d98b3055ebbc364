package org.nnlang.kotlin

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.nnlang.ProgramException
import org.nnlang.Training
import org.nnlang.runtime.data.Dataset

@Timeout(60)
class TrainingsTest {
    private val line = model("Line") {
        input("x", batch, 1)
        dense(1)
    }

    private fun training(epochs: Int): Training = (line + """
        train Fit(points: Data, epochs: Int = 3, batch: Int = 8) {
            val net = Line()
            step (x, y) in points.shuffle() { minimize mse(net(x), y) with SGD(0.1) }
        }
        """).training {
        val xs = FloatArray(32) { it / 32f }
        data("points", Dataset.columns().floats("x", xs, 1).floats("y", FloatArray(32) { 2 * xs[it] }, 1).build())
        set("epochs", epochs)
        threads(1)
    }

    @Test
    fun `a training is a flow of events`() = runBlocking {
        val events = training(3).events().toList()
        assertInstanceOf(TrainingEvent.Started::class.java, events.first())
        val epochs = events.filterIsInstance<TrainingEvent.Epoch>()
        assertEquals(listOf(1, 2, 3), epochs.map { it.number })
        assertTrue(epochs.last().train.getValue("loss") < epochs.first().train.getValue("loss"))
        val finished = assertInstanceOf(TrainingEvent.Finished::class.java, events.last())
        assertEquals(1, finished.trained.model("Line")(tensorOf(floatArrayOf(1f))).size())
    }

    @Test
    fun `a collector that has seen enough ends the training`() = runBlocking {
        val epoch = training(1_000_000).events().first { it is TrainingEvent.Epoch }
        assertEquals(1, (epoch as TrainingEvent.Epoch).number)
    }

    @Test
    fun `what is wrong with the program is thrown to the collector`() {
        val broken = (line + "train Fit(epochs: Int = 1) { step { minimize missing with SGD(0.1) } }").training { threads(1) }
        assertThrows<ProgramException> { runBlocking { broken.events().toList() } }
    }

    @Test
    fun `waiting keeps no thread, and may be given up`() = runBlocking {
        assertEquals(2, training(2).await().result().epochs())
        val job = launch { training(1_000_000).await() }
        kotlinx.coroutines.delay(200)
        job.cancel()
        job.join()
    }
}
