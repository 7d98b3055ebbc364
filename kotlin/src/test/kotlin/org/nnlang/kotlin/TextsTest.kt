package org.nnlang.kotlin

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.nnlang.Program
import java.nio.file.Path
import kotlin.io.path.writeText

class TextsTest {
    @Test
    fun `a model of texts is asked in text`(@TempDir folder: Path) {
        folder.resolve("mails.csv").writeText("spam,you have won\nham,see you at home\nspam,free euros won\nham,I am at home\n")
        val file = folder.resolve("mails.nn")
        file.writeText(
            """
            model Spam(tokens: Int, classes: Int)(text: i32[b, length]) -> f32[b, classes] =
                mean(Embedding(tokens, 8)(text), along = length) |> Dense(classes)

            train Mails(mails: Data = texts("mails.csv", tokens = "words", held_out = 0), epochs: Int = 40, batch: Int = 2, seed: Int = 1) {
                val net = Spam(mails.vocabulary, mails.classes)
                step (text, label) in mails.train.shuffle() { minimize cross_entropy(net(text), label) with Adam(0.05) }
            }
            """.trimIndent(),
        )
        val trained = runBlocking { Program.load(file).training { threads(1) }.await() }
        val spam = trained.model("Spam")
        fun verdict(text: String) = spam.classes("out")[spam(spam.encode("text", text)).argmax()]
        assertEquals("spam", verdict("you have won"))
        assertEquals("ham", verdict("at home"))
    }
}
