package org.nnlang.kotlin

import java.nio.file.Path
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.ProducerScope
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.launch
import org.nnlang.ModelLoader
import org.nnlang.Program
import org.nnlang.Trained
import org.nnlang.Training
import org.nnlang.runtime.model.Model
import org.nnlang.runtime.train.TrainingListener

/** What happens in a training. */
public sealed interface TrainingEvent {
    /** Before the first step. */
    public data class Started(val run: TrainingListener.Started) : TrainingEvent

    /** Now and then during an epoch. */
    public data class Progress(val now: TrainingListener.Progress) : TrainingEvent

    /** After an epoch and its validation. */
    public data class Epoch(val result: TrainingListener.EpochEnded) : TrainingEvent {
        /** From 1. */
        val number: Int get() = result.epoch()

        /** What the step reported, by name; the loss is `loss`. */
        val train: Map<String, Double> get() = result.train()

        /** What the validation reported; empty without one. */
        val validate: Map<String, Double> get() = result.validate()
    }

    /** After a checkpoint was written whole. */
    public data class Checkpointed(val path: Path, val best: Boolean) : TrainingEvent

    /** The last event. */
    public data class Finished(val trained: Trained) : TrainingEvent
}

/**
 * Runs the training and tells how it goes. It begins when the flow is collected, computes on threads of its own, and ends
 * after the step at hand when the collector does. A slow collector slows the training down; nothing is lost. To be
 * collected once.
 *
 * What [Training.run] throws, the flow throws.
 */
public fun Training.events(): Flow<TrainingEvent> = callbackFlow {
    listen(Sender(this))
    launch(Dispatchers.IO) {
        val trained = this@events.run()
        send(TrainingEvent.Finished(trained))
        close()
    }
    awaitClose { interrupt() }
}

/** Runs the training without keeping the caller's thread. Cancelled, it ends after the step at hand. */
public suspend fun Training.await(): Trained = coroutineScope {
    val running = async(Dispatchers.IO) { this@await.run() }
    try {
        running.await()
    } catch (e: CancellationException) {
        interrupt()
        throw e
    }
}

/** A run of the only `train`, or the one of that name, set up in a block: `program.training { set("epochs", 3) }`. */
public fun Program.training(name: String? = null, setUp: Training.() -> Unit): Training =
    (if (name == null) training() else training(name)).apply(setUp)

/** Its only `model`, or the one of that name, with the weights of a checkpoint, set up in a block. */
public fun Program.model(checkpoint: Path, name: String? = null, setUp: ModelLoader.() -> Unit = {}): Model =
    (if (name == null) model() else model(name)).apply(setUp).from(checkpoint)

private class Sender(private val to: ProducerScope<TrainingEvent>) : TrainingListener {
    override fun started(event: TrainingListener.Started) = send(TrainingEvent.Started(event))

    override fun progressed(event: TrainingListener.Progress) = send(TrainingEvent.Progress(event))

    override fun epochEnded(event: TrainingListener.EpochEnded) = send(TrainingEvent.Epoch(event))

    override fun checkpointed(event: TrainingListener.Checkpointed) = send(TrainingEvent.Checkpointed(event.path(), event.best()))

    /** A collector that is gone has asked the training to end: what comes until then is for nobody. */
    private fun send(event: TrainingEvent) {
        to.trySendBlocking(event)
    }
}
