package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.json.Json;

/// Examples that meet others of their batch, whose size is free.
class RolledBatchTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void data() {
        Repository.copySamples(folder, "iris/iris.csv");
    }

    private String loss(String mixed, int batch) throws IOException {
        Path program = Files.writeString(folder.resolve("mixed.nn"), """
                train Mixed(flowers: Data = csv("iris.csv", label = "species"), epochs: Int = 2, batch: Int = 32) {
                    val net = Dense(3)
                    step (x, label) in flowers.shuffle() {
                        minimize cross_entropy(net(%s), label) with Adam()
                    }
                }
                """.formatted(mixed));
        List<Json> lines = Answer.good("train", program, "--json", "--set", "batch=" + batch, "--threads", 1).objects();
        return lines.stream().filter(line -> line.has("train")).map(line -> line.get("train").get("loss").toString())
                .toList()
                .toString();
    }

    @Test
    void anExampleAloneMeetsItself() throws IOException {
        String plain = loss("x", 1);
        assertEquals(plain, loss("0.5 * x + 0.5 * roll(x, 1, axis = 0)", 1));
        assertEquals(plain, loss("0.5 * x + 0.5 * roll(x, -1, axis = 0)", 1));
        // The last batch of 150 examples is one example.
        assertNotEquals(loss("x", 149), loss("0.5 * x + 0.5 * roll(x, 1, axis = 0)", 149));
    }

    @TestFactory
    Stream<DynamicContainer> gradientsAreSlopes() {
        return SlopeCheck.of("param x: f32[6, 4] ~ normal()", """
                sum(roll(x, 1, axis = 0) * x ^ 2)
                sum(roll(x, -2, axis = 0) * x ^ 2)
                sum(roll(x, 2) * x ^ 2)
                """);
    }
}
