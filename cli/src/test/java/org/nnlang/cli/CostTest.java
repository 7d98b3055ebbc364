package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.json.Json;

/// What `nn explain --cost` predicts and `nn train --profile` measures.
class CostTest {
    private static final String PROGRAM = """
            model Reader()(features: f32[b, 4]) -> f32[b, 3] =
                LSTM(8)(reshape(features, [b, 4, 1])).h |> Dense(16, relu) |> Dense(3)

            train Read(data: Data = csv("iris.csv", label = "species"), epochs: Int = 2, batch: Int = 40, seed: Int = 1) {
                val net = Reader()
                step (features, label) in data.shuffle() {
                    minimize cross_entropy(net(features), label) with Adam(1e-2)
                }
            }

            model Two()(x: f32[64, 128]) -> f32[64, 32] {
                param W: f32[128, 32] ~ glorot_uniform()
                x @ W
            }
            """;

    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv");
        program = Files.writeString(folder.resolve("read.nn"), PROGRAM);
    }

    @Test
    void aProductCostsItsOperandsAndTwoOperationsForEachProductOfNumbers() {
        List<String> lines = Answer.good("explain", program, "--model", "Two", "--cost").lines();
        String row = lines.stream().filter(line -> line.contains("  product ")).findFirst().orElseThrow();
        // 2·64·128·32 operations; 4·(64·128 + 128·32 + 64·32) bytes.
        assertTrue(row.matches(".*\\b0\\.524 +100 % +57 KB +9\\.1 .*read\\.nn:13.*"), row);
        assertTrue(lines.stream().anyMatch(line -> line.endsWith("x @ W")), lines.toString());
    }

    @Test
    void aProfileCountsWhatWasPredictedAndChangesNoResult() {
        Answer explained = Answer.good("explain", program, "--train", "Read", "--set", "batch=50");
        Matcher predicted = Pattern.compile("step .*\\n +([\\d,]+) floating").matcher(explained.out());
        assertTrue(predicted.find(), explained.out());

        List<Json> plain = Answer.good("train", program, "--json", "--set", "batch=50", "--threads", 1).objects();
        List<Json> profiled = Answer.good(
                "train", program, "--json", "--set", "batch=50", "--threads", 1, "--profile")
                .objects();
        assertEquals(
                plain.getLast().get("train").get("loss").decimal(),
                profiled.get(profiled.size() - 2).get("train").get("loss").decimal());

        Json profile = profiled.getLast();
        assertEquals("profile", profile.get("event").text());
        double flops = 0;
        double time = 0;
        boolean found = false;
        for (Json step : profile.get("steps").items()) {
            flops += step.get("flops").decimal();
            time += step.get("microseconds").decimal();
            found |= step.get("parameters").items().stream()
                    .anyMatch(name -> name.text().equals("net.lstm.U"));
        }
        assertEquals(Long.parseLong(predicted.group(1).replace(",", "")), Math.round(flops));
        assertTrue(time > 0);
        assertTrue(found);
    }

    @Test
    void aProfileShowsLayersAndLines() {
        String out = Answer.good("train", program, "--threads", 1, "--profile").out();
        assertTrue(out.contains("A step takes "), out);
        assertTrue(out.contains("net.dense2 "), out);
        assertTrue(out.contains("line of the source"), out);
    }
}
