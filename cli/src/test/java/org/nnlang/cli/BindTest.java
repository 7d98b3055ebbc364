package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.Tensor;

class BindTest {
    @TempDir
    private Path folder;

    private Path program(String path, String text) throws IOException {
        Path file = folder.resolve("nn").resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Answer bind(Object... rest) {
        var arguments = new ArrayList<Object>(List.of(
                "bind", "--root", folder.resolve("nn"), "--sources", folder.resolve("java"), "--resources",
                folder.resolve("classes")));
        arguments.addAll(List.of(rest));
        return Answer.to(arguments.toArray());
    }

    /// Compiles what was made, with every warning on, and loads a class of it.
    private Class<?> compiled(URLClassLoader loader, String name) throws ReflectiveOperationException {
        var arguments = new ArrayList<>(List.of(
                "-Xlint:all", "-Werror", "-Xdoclint:all,-missing", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", folder.resolve("classes").toString()));
        Repository.files(folder.resolve("java"), ".java").forEach(file -> arguments.add(file.toString()));
        var messages = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, messages, messages, arguments.toArray(String[]::new));
        assertEquals(0, failed, () -> messages.toString(StandardCharsets.UTF_8));
        return loader.loadClass(name);
    }

    private URLClassLoader loader() throws IOException {
        return new URLClassLoader(
                new URL[] {folder.resolve("classes").toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void aModelBecomesAClassWithItsNames() throws IOException, ReflectiveOperationException {
        Path file = program("com/example/net.nn", """
                /// Doubles; the path is C:\\\\users.
                model Net(n: Int = 2)(x: f32[b, n], class: i32[b]) -> (twice: f32[b, n], wait: f32[b]) =
                    (2 * x, f32(class))
                model Open()(x: f32[b, n]) -> f32[b, 3] = x |> Dense(3)
                model Sized(n: Int)(x: f32[b, n]) -> f32[b, 3] = x |> Dense(3)
                private model Hidden()(x: f32[b]) -> f32[b] = x
                model Tensor()(sides: u8[b, 2 * h, h]) -> f32[b] = sum(f32(sides), axis = [1, 2])
                """);
        Answer answer = bind(file);
        assertEquals(0, answer.exit(), answer::err);
        assertEquals(
                "left out Open: `W` is f32[n, 3] here: its shape must be known when compiling, and `n` is not",
                answer.lines("left out Open").getFirst());
        assertEquals("left out Sized: `n` must be given", answer.lines("left out Sized").getFirst());
        assertFalse(Files.exists(folder.resolve("java/com/example/Hidden.java")));
        try (var loader = loader()) {
            Class<?> net = compiled(loader, "com.example.Net");
            Object model = net.getMethod("load").invoke(null);
            Object x = net.getMethod("x", float[].class).invoke(null, new float[] {1, 2, 3, 4});
            Object ids = net.getMethod("class_", int[].class).invoke(null, new int[] {7, 8});
            Object outputs = net.getMethod("predict", Tensor.class, Tensor.class).invoke(model, x, ids);
            Tensor twice = (Tensor) outputs.getClass().getMethod("twice").invoke(outputs);
            assertEquals(Tensor.of(new float[] {2, 4, 6, 8}, 2, 2), twice);
            assertEquals(
                    Tensor.of(new float[] {7, 8}, 2), outputs.getClass().getMethod("wait_").invoke(outputs));
            var short_ = assertThrows(
                    InvocationTargetException.class,
                    () -> net.getMethod("x", float[].class).invoke(null, new float[3]));
            assertEquals("`x` is f32[b, 2]: 3 numbers are no multiple of 2", short_.getCause().getMessage());

            Class<?> sums = loader.loadClass("com.example.Tensor");
            Object sides = sums.getMethod("sides", int[].class, int.class, int.class)
                    .invoke(null, new int[] {1, 2, 3, 4, 5, 6, 7, 250}, 1, 2);
            Object sum = sums.getMethod("predict", Tensor.class)
                    .invoke(sums.getMethod("load").invoke(null), sides);
            assertArrayEquals(new float[] {278}, ((Tensor) sum).floats());
        }
    }

    @Test
    void weightsBesideAProgramArePackagedAndWhatTheTrainingDidToItsData()
            throws IOException, ReflectiveOperationException {
        Repository.copySamples(folder, "iris/iris.csv");
        Path file = program("com/example/iris.nn", """
                model Iris(width: Int)(features: f32[b, 4]) -> f32[b, 3] = features |> Dense(width) |> Dense(3)

                train Species(flowers: Data = csv("../../../iris.csv", label = "species"), epochs: Int = 40) {
                    val net = Iris(8)
                    step (features, label) in flowers.standardize().shuffle() {
                        minimize cross_entropy(net(features), label) with Adam(0.05)
                    }
                    checkpoint("kept")
                }
                """);
        assertEquals("", Answer.to("bind", "--help").err());
        Answer.good("train", file, "--output", folder, "--seed", 1);
        Files.copy(folder.resolve("kept/last.safetensors"), file.resolveSibling("Iris.safetensors"));
        Answer told = bind("--format", "json", file);
        assertEquals(0, told.exit(), told::err);
        assertEquals(List.of(), told.objects().getFirst().get("diagnostics").items());
        assertEquals(
                List.of("com.example.Iris"),
                told.objects().getFirst().get("models").items().stream().map(Json::text).toList());
        try (var loader = loader()) {
            Class<?> iris = compiled(loader, "com.example.Iris");
            Object features = iris.getMethod("features", float[].class)
                    .invoke(null, new float[] {5.1f, 3.5f, 1.4f, 0.2f, 6.3f, 3.3f, 6.0f, 2.5f});
            Tensor logits = (Tensor) iris.getMethod("predict", Tensor.class)
                    .invoke(iris.getMethod("load").invoke(null), features);
            assertEquals(0, largest(logits, 0));
            assertEquals(2, largest(logits, 1));
        }
    }

    private static int largest(Tensor logits, int example) {
        int best = 0;
        for (int i = 1; i < 3; i++) {
            best = logits.get(3 * example + i) > logits.get(3 * example + best) ? i : best;
        }
        return best;
    }

    @Test
    void aClassWithoutWeightsSaysSo() throws IOException, ReflectiveOperationException {
        bind(program("net.nn", "model Net()(x: f32[b, 2]) -> f32[b, 3] = x |> Dense(3)\n"));
        try (var loader = loader()) {
            var thrown = assertThrows(
                    InvocationTargetException.class,
                    () -> compiled(loader, "models.Net").getMethod("load").invoke(null));
            assertEquals("NN0823", ((NnException) thrown.getCause()).code());
        }
    }

    @Test
    void whatIsWrongMakesNothing() throws IOException {
        Path file = program("com/example/net.nn", "model Net()(x: f32[b, 2]) -> f32[b, 3] = x @ ones([3, 3])\n");
        Answer wrong = bind(file);
        assertEquals(1, wrong.exit());
        assertTrue(wrong.out().startsWith("error[NN0203]"), wrong::out);
        assertFalse(Files.exists(folder.resolve("java")));

        Path good = program("com/example/good.nn", "model Good()(x: f32[b]) -> f32[b] = x\n");
        Answer misspelt = bind("--weights", "Godo=x.safetensors", good);
        assertEquals(2, misspelt.exit());
        assertTrue(misspelt.err().contains("there is no model Godo to give weights to; there is com.example.Good"));

        for (String path : List.of("com/my-app/net.nn", "com/class/net.nn", "com/example/twin.nn")) {
            Answer impossible = bind(good, program(path, "model Good()(x: f32[b]) -> f32[b] = x\n"));
            assertEquals(1, impossible.exit());
            assertTrue(impossible.err().startsWith("error[NN0857]"), impossible::err);
        }
    }

    @Test
    void whatIsThereIsNotWrittenAgain() throws IOException {
        Path file = program("net.nn", "model Net()(x: f32[b]) -> f32[b] = 2 * x\n");
        bind(file);
        Path java = folder.resolve("java/models/Net.java");
        var before = Files.getLastModifiedTime(java);
        Path image = folder.resolve("classes/META-INF/nnlang/models/models.Net.image");
        byte[] first = Files.readAllBytes(image);
        program("net.nn", "model Net()(x: f32[b]) -> f32[b] = 3 * x\n");
        bind(file);
        assertEquals(before, Files.getLastModifiedTime(java), "its text is the same");
        assertFalse(Arrays.equals(first, Files.readAllBytes(image)));
    }
}
