package org.nnlang.kotlin

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Test

/** The example of docs/kotlin.md is the file that was compiled, and prints what the page shows. */
class KotlinPageTest {
    private val root = generateSequence(Path.of("").toAbsolutePath()) { it.parent }.first { Files.isDirectory(it.resolve("docs")) }

    @Test
    fun `the example does what the page shows`() {
        val example = Regex("```kotlin\n(import .*?)```\n+```\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
            .find(root.resolve("docs/kotlin.md").readText())
        assertNotNull(example)
        val (source, output) = example!!.destructured
        assertEquals(root.resolve("kotlin/src/test/kotlin/Flowers.kt").readText(), source)
        assertEquals(output.lines(), printed { Class.forName("FlowersKt").getMethod("main").invoke(null) }.lines())
    }

    private fun printed(work: () -> Unit): String {
        val before = System.out
        val bytes = ByteArrayOutputStream()
        System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
        try {
            work()
        } finally {
            System.setOut(before)
        }
        return bytes.toString(Charsets.UTF_8)
    }
}
