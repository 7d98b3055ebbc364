package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.runtime.json.Json;

/// Whole trainings give the same bits whatever runs their loops: plain ones, tiles, generated code, or a choice made
/// on the way; on one thread or on several.
class TiersTest {
    private static final String PROPERTY = "nn.tier";

    static Stream<Path> programs() {
        return Repository.files(Repository.root().resolve("cli/src/test/resources/programs"), ".nn").stream();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aProgramTrainsAlikeOnEveryTier(Path program) throws IOException {
        List<Json> lines = assertSameOnEveryTier(Files.readString(program));
        double first = loss(lines.getFirst());
        double last = loss(lines.getLast());
        assertTrue(Double.isFinite(last));
        assertTrue(last < 1.5 * first, () -> "the loss went from " + first + " to " + last);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aProgramAndItsTestsAreRight(Path program) throws IOException {
        Path folder = withData();
        try {
            Path copy = Files.copy(program, folder.resolve("program.nn"));
            assertEquals(copy + ": no mistakes\n", Answer.good("check", copy).out());
            Answer.ofTests(copy);
        } finally {
            delete(folder);
        }
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aRandomNetworkTrainsAlikeOnEveryTier(@ForAll("networks") String program) throws IOException {
        assertSameOnEveryTier(program);
    }

    /// Networks that read digits: any layers, loss, optimizer and batch.
    @Provide
    static Arbitrary<String> networks() {
        Arbitrary<String> activation = Arbitraries.of(
                "relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus", "softmax", "identity");
        Arbitrary<Integer> width = Arbitraries.integers().between(1, 40);
        Arbitrary<String> dense = Combinators.combine(width, activation).as((w, f) -> "Dense(" + w + ", " + f + ")");
        Arbitrary<String> layer = Arbitraries.frequencyOf(
                Tuple.of(4, dense),
                Tuple.of(1, Arbitraries.of("LayerNorm()", "BatchNorm()", "Dropout(0.3)", "Dropout(0.05)")),
                Tuple.of(1, activation.map(f -> "Residual({ y -> " + f + "(y) * 0.5 })")));
        Arbitrary<String> body = layer.list().ofMinSize(1).ofMaxSize(5).map(layers -> String.join(" |> ", layers));
        Arbitrary<String> loss = Arbitraries.of(
                "cross_entropy(logits, label)",
                "cross_entropy(logits, label, smoothing = 0.1) + l2(net.params, 1e-3)",
                "mse(logits, one_hot(label, 10))",
                "huber(logits, one_hot(label, 10), delta = 0.3) + l1(net.params, 1e-4)",
                "binary_cross_entropy_with_logits(logits, one_hot(label, 10))",
                "hinge(logits, 2 * one_hot(label, 10) - 1)");
        Arbitrary<String> optimizer = Arbitraries.of(
                "SGD(0.05)", "SGD(0.02, momentum = 0.9, nesterov = true, decay = 1e-4)",
                "Adam(cosine(2e-3, total = 20))",
                "AdamW(1e-3, decay = 0.1)", "RMSProp(1e-3, momentum = 0.5)", "Adagrad(1e-2)", "Adadelta(0.5)",
                "Adam(1e-3) clip by_norm(0.5)", "SGD(warmup(0.05, warmup = 5)) clip by_value(0.01)");
        Arbitrary<Integer> batch = Arbitraries.integers().between(1, 70);
        return Combinators.combine(body, loss, optimizer, batch).as((layers, losses, update, size) -> """
                model Net()(image: f32[b, 8, 8]) -> f32[b, 10] = flatten(image) / 16 |> %s |> Dense(10)

                train Fit(
                    digits: Data = csv("digits8x8.csv", label = -1, image = [8, 8]).take(150),
                    epochs: Int = 2,
                    batch: Int = %d,
                    seed: Int = 9
                ) {
                    val net = Net()
                    step (image, label) in digits.shuffle() {
                        val logits = net(image)
                        minimize %s with %s
                        report f1 = F1(positive = 3)(logits, label)
                    }
                    validate (image, label) in digits { report accuracy(net(image), label) }
                    checkpoint("out", highest = validate.accuracy)
                }
                """.formatted(layers, size, losses, update));
    }

    /// Trains on every tier; what is said must be the same text, what is kept the same bytes.
    ///
    /// @return the lines of one of the runs
    private static List<Json> assertSameOnEveryTier(String text) throws IOException {
        Path folder = withData();
        String before = System.getProperty(PROPERTY);
        try {
            Path program = Files.writeString(folder.resolve("program.nn"), text);
            String said = null;
            Map<String, byte[]> kept = Map.of();
            List<Json> lines = List.of();
            for (String tier : List.of("scalar", "tile", "generated", "auto")) {
                System.setProperty(PROPERTY, tier);
                Path output = folder.resolve(tier);
                Answer answer = Answer.good(
                        "train", program, "--output", output, "--json", "--threads", tier.equals("tile") ? 2 : 1);
                if (said == null) {
                    said = answer.withoutTimes(output);
                    kept = checkpoints(output);
                    lines = answer.objects();
                    assertFalse(lines.isEmpty());
                } else {
                    assertEquals(said, answer.withoutTimes(output), () -> tier + ":\n" + text);
                    Map<String, byte[]> here = checkpoints(output);
                    assertEquals(kept.keySet(), here.keySet());
                    kept.forEach((name, bytes) -> assertArrayEquals(bytes, here.get(name),
                            () -> tier + ", " + name + ":\n" + text));
                }
            }
            return lines;
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
            delete(folder);
        }
    }

    private static Map<String, byte[]> checkpoints(Path folder) throws IOException {
        var result = new TreeMap<String, byte[]>();
        if (Files.exists(folder)) {
            for (Path file : Repository.files(folder, ".safetensors")) {
                result.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return result;
    }

    private static double loss(Json line) {
        return line.get("train").members().values().iterator().next().decimal();
    }

    /// A folder with the samples' data.
    private static Path withData() throws IOException {
        Path folder = Files.createTempDirectory("nn-tiers");
        Repository.copySamples(folder, "digits/digits8x8.csv", "iris/iris.csv");
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
