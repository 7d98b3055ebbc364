import kotlinx.coroutines.runBlocking
import org.nnlang.kotlin.*
import org.nnlang.runtime.data.Dataset

val iris = model("Iris", "Tells two species by length and width.") {
    input("features", batch, 2)
    dense(8, tanh)
    residual(function { x -> x.then(LayerNorm()).then(Dense(8)) })
    dense(2)
}

const val TRAINING = """
train Species(flowers: Data, epochs: Int = 30, batch: Int = 4, seed: Int = 1) {
    val net = Iris()
    step (features, label) in flowers.standardize().shuffle() {
        val logits = net(features)
        minimize cross_entropy(logits, label) with Adam(0.05)
        report accuracy(logits, label)
    }
}
"""

data class Flower(val length: Float, val width: Float, val species: String)

fun main() = runBlocking {
    print(iris)

    val garden = listOf(
        Flower(1.4f, 0.2f, "setosa"), Flower(1.3f, 0.2f, "setosa"), Flower(1.5f, 0.3f, "setosa"),
        Flower(4.7f, 1.4f, "versicolor"), Flower(4.5f, 1.5f, "versicolor"), Flower(4.9f, 1.5f, "versicolor"),
    )
    val flowers = Dataset.rows(garden)
        .floats("features", { floatArrayOf(it.length, it.width) }, 2)
        .className("label", Flower::species)
        .build()

    val program = iris + TRAINING
    program.check().forEach(::println)
    program.training { set("epochs", 20); data("flowers", flowers) }.events().collect { event ->
        when (event) {
            is TrainingEvent.Epoch -> if (event.number % 10 == 0) println("epoch ${event.number}: accuracy ${event.train["accuracy"]}")
            is TrainingEvent.Finished -> {
                val logits = event.trained.model("Iris")(tensorOf(floatArrayOf(1.6f, 0.2f), floatArrayOf(4.6f, 1.3f)))
                println(logits.rows.map { listOf("setosa", "versicolor")[it.argmax()] })
            }
            else -> {}
        }
    }
}
