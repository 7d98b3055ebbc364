package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example of docs/java.md compiles, runs, and prints what the page shows.
class JavaPageTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```java\n(.*?)```\n+```\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theExampleDoesWhatThePageShows() throws IOException, ReflectiveOperationException {
        Matcher example = EXAMPLE.matcher(Files.readString(page()));
        assertTrue(example.find());
        Path source = Files.writeString(folder.resolve("Flowers.java"), example.group(1));
        var messages = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler().run(
                null, messages, messages, "-Xlint:all", "-Werror", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
        assertEquals(0, failed, () -> messages.toString(StandardCharsets.UTF_8));

        PrintStream before = System.out;
        var printed = new ByteArrayOutputStream();
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass("Flowers").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertEquals(
                example.group(2).lines().toList(), List.of(printed.toString(StandardCharsets.UTF_8).split("\n")));
    }

    private static Path page() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("docs"))) {
            here = here.getParent();
        }
        return here.resolve("docs/java.md");
    }
}
