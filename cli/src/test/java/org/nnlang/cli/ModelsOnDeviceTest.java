package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.Program;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.tensor.Tensor;

/// Models answer on a device what they answer on the processor, whichever way they were made.
class ModelsOnDeviceTest {
    /// Attention is a kernel of the library; the first dimension is free.
    private static final String SOURCE = """
            model Net()(x: f32[b, 6, 4]) -> f32[b, 6, 4] = attention(x, Dense(4)(x), x, causal = true) |> Dense(4, tanh)
            """;

    @AutoClose
    private static Accelerator device;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        device = OpenClDevice.open();
    }

    private static Tensor examples(int count) {
        float[] values = new float[count * 24];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        return Tensor.of(values, count, 6, 4);
    }

    @Test
    void aModelAnswersThereWhatItAnswersHere() {
        Model here = Program.of(SOURCE).model().untrained(3);
        Model there = here.on(device);
        Model back = there.on(null);
        for (int count : List.of(1, 3, 1)) {
            Map<String, Tensor> inputs = Map.of("x", examples(count));
            float[] wanted = here.predict(inputs).get("out").floats();
            float[] found = there.predict(inputs).get("out").floats();
            assertArrayEquals(wanted, found, 1e-5f);
            assertArrayEquals(wanted, back.predict(inputs).get("out").floats());
        }
        there.release();
        // What it had is free again, and the device serves others.
        assertEquals(24, here.on(device).predict(Map.of("x", examples(1))).get("out").size());
    }

    @Test
    void aClassMadeOfAModelHasADevice() throws IOException, ReflectiveOperationException {
        Path file = folder.resolve("nn/net.nn");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "model Twice()(x: f32[b]) -> f32[b] = 2 * x");
        Path classes = folder.resolve("classes");
        Answer.good("bind", "--root", folder.resolve("nn"), "--package", "made", "--sources", folder.resolve("java"),
                "--resources", classes, file);
        Path source = Repository.files(folder.resolve("java"), "Twice.java").getFirst();
        var messages = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler().run(
                null, messages, messages, "-Xlint:all", "-Werror", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", classes.toString(), source.toString());
        assertEquals(0, failed, () -> messages.toString(StandardCharsets.UTF_8));
        String name = folder.resolve("java").relativize(source).toString().replace(".java", "").replace('/', '.');
        try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> twice = loader.loadClass(name);
            Object there = twice.getMethod("on", Accelerator.class)
                    .invoke(twice.getMethod("load").invoke(null), device);
            Tensor out = (Tensor) twice.getMethod("predict", Tensor.class)
                    .invoke(there, Tensor.of(new float[] {1, 2, 3}, 3));
            assertArrayEquals(new float[] {2, 4, 6}, out.floats());
            assertTrue(there != null);
        }
    }
}
