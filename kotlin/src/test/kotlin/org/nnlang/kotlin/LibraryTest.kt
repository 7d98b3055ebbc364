package org.nnlang.kotlin

import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.Path
import java.lang.reflect.Modifier
import kotlin.io.path.extension
import org.jspecify.annotations.NullMarked
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.nnlang.Program
import org.nnlang.runtime.tensor.Tensor
import org.nnlang.stdlib.StandardLibrary

/** What Kotlin sees of the library and of the Java it stands on. */
class LibraryTest {
    @Test
    fun `every layer of the standard library is a function, in a model and alone`() {
        val functions = Class.forName("org.nnlang.kotlin.LayersKt").methods.map { it.name }.toSet()
        val layers = StandardLibrary.modules().flatMap { module ->
            Regex("^layer (\\w+)", RegexOption.MULTILINE).findAll(StandardLibrary.text(module).orElseThrow()).map { it.groupValues[1] }
        }
        assertTrue(layers.size > 40)
        for (layer in layers) {
            assertTrue(layer in functions) { "$layer is missing" }
            assertTrue(functions.any { it != layer && it.equals(layer, ignoreCase = true) }) { "$layer is missing in a model" }
        }
    }

    @Test
    fun `every function of the standard library that takes a tensor is one`() {
        val functions = Class.forName("org.nnlang.kotlin.LibraryKt").methods.map { it.name.removePrefix("get").lowercase() }.toSet()
        for (module in StandardLibrary.modules().filter { "activations" in it || "losses" in it || "optimizers" in it }) {
            assertTrue(module.substringAfterLast('.').replace("_", "").lowercase() in functions) { "$module is missing" }
        }
    }

    @Test
    fun `no public name of the Java API is a hard keyword`() {
        val types = publicTypes()
        assertTrue(types.size > 40) { "only ${types.size} types were found" }
        val bad = types.flatMap { type ->
            (type.methods.map { it.name } + type.fields.map { it.name } + type.simpleName + type.packageName.split('.'))
                .filter { it in KEYWORDS }
                .map { "${type.name}: $it" }
        }
        assertEquals(emptyList<String>(), bad)
    }

    @Test
    fun `whether something may be null is said everywhere`() {
        val unmarked = publicTypes().map { it.`package` }.distinct().filter { !it.isAnnotationPresent(NullMarked::class.java) }
        assertEquals(emptyList<Package>(), unmarked)
    }

    /** Those that a user of the API meets. */
    private fun publicTypes(): List<Class<*>> =
        (classes(Program::class.java, "org/nnlang") +
            listOf("tensor", "data", "model", "train", "checkpoint", "operation").flatMap { classes(Tensor::class.java, "org/nnlang/runtime/$it") })
            .filter { Modifier.isPublic(it.modifiers) }

    private fun classes(beside: Class<*>, folder: String): List<Class<*>> {
        val place = Path.of(beside.protectionDomain.codeSource.location.toURI())
        return if (Files.isDirectory(place)) {
            named(place.resolve(folder), folder)
        } else {
            FileSystems.newFileSystem(place).use { named(it.getPath(folder), folder) }
        }
    }

    private fun named(directory: Path, folder: String): List<Class<*>> =
        Files.list(directory).use { files ->
            files.filter { it.extension == "class" }.map { it.fileName.toString().removeSuffix(".class") }
                .filter { !it.endsWith("-info") && !it.endsWith("Test") && "Test$" !in it }
                .map { Class.forName("${folder.replace('/', '.')}.$it", false, javaClass.classLoader) }
                .toList()
        }

    private companion object {
        val KEYWORDS = setOf(
            "as", "break", "class", "continue", "do", "else", "false", "for", "fun", "if", "in", "interface", "is", "null",
            "object", "package", "return", "super", "this", "throw", "true", "try", "typealias", "typeof", "val", "var", "when",
            "while",
        )
    }
}
