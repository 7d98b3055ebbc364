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

/// The examples of docs/java.md compile, run, and print what the page shows.
class JavaPageTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```java\n(.*?)```\n+```\n(.*?)```", Pattern.DOTALL);

    private static final Pattern CLASS = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void theExamplesDoWhatThePageShows() throws IOException, ReflectiveOperationException {
        Matcher example = EXAMPLE.matcher(Files.readString(page()));
        int found = 0;
        while (example.find()) {
            found++;
            runs(example.group(1), example.group(2));
        }
        assertEquals(4, found);
    }

    private void runs(String java, String output) throws IOException, ReflectiveOperationException {
        Matcher name = CLASS.matcher(java);
        assertTrue(name.find());
        Path source = Files.writeString(folder.resolve(name.group(1) + ".java"), java);
        var messages = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler().run(
                null, messages, messages, "-Xlint:all", "-Werror", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
        assertEquals(0, failed, () -> messages.toString(StandardCharsets.UTF_8));

        PrintStream before = System.out;
        var printed = new ByteArrayOutputStream();
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass(name.group(1)).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertEquals(
                output.lines().toList(), List.of(printed.toString(StandardCharsets.UTF_8).split("\n")));
    }

    private static Path page() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("docs"))) {
            here = here.getParent();
        }
        return here.resolve("docs/java.md");
    }
}
