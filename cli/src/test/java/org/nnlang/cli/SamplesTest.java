package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.json.Json;

/// The samples learn what they promise, and learn the same again.
class SamplesTest {
    private static final Path DIGITS = Repository.sample("digits/digits.nn");
    private static final Path IRIS = Repository.sample("iris/iris.nn");

    @TempDir
    private Path folder;

    private double accuracy(Path program, int seed) {
        Answer answer = Answer.good(
                "train", program, "--seed", seed, "--output", folder.resolve(Integer.toString(seed)), "--json");
        return answer.objects().getLast().get("validate").get("accuracy").decimal();
    }

    /// The middle one over five seeds.
    private double median(Path program) {
        double[] accuracies = IntStream.rangeClosed(1, 5).mapToDouble(seed -> accuracy(program, seed)).sorted()
                .toArray();
        return accuracies[2];
    }

    @Test
    void digitsAreReadWithTheAccuracyPromised() {
        double median = median(DIGITS);
        assertTrue(median >= 0.97, () -> "median validation accuracy " + median);
    }

    @Test
    void irisSpeciesAreToldApart() {
        double median = median(IRIS);
        assertTrue(median >= 0.93, () -> "median validation accuracy " + median);
    }

    @Test
    void aRunRepeatsItselfToTheLastBitWithAnyNumberOfThreads() throws IOException {
        for (Path program : List.of(DIGITS, IRIS)) {
            Answer first = run(program, "one", 1, "--epochs", 8);
            Answer second = run(program, "two", 2, "--epochs", 8);
            Answer third = run(program, "three", 3, "--epochs", 8);
            assertEquals(8, first.lines("epoch ").size());
            assertEquals(first.withoutTimes(folder.resolve("one")), second.withoutTimes(folder.resolve("two")));
            assertEquals(first.withoutTimes(folder.resolve("one")), third.withoutTimes(folder.resolve("three")));
            List<Path> checkpoints = Repository.files(folder.resolve("one"), ".safetensors");
            assertEquals(2, checkpoints.size());
            for (Path checkpoint : checkpoints) {
                Path inside = folder.resolve("one").relativize(checkpoint);
                for (String other : List.of("two", "three")) {
                    assertArrayEquals(
                            Files.readAllBytes(checkpoint),
                            Files.readAllBytes(folder.resolve(other).resolve(inside)),
                            () -> other + "/" + inside);
                }
                Files.delete(checkpoint);
            }
        }
    }

    private Answer run(Path program, String output, int threads, Object... more) {
        var arguments = new ArrayList<Object>(List.of(
                "train", program, "--output", folder.resolve(output), "--threads", threads));
        arguments.addAll(List.of(more));
        return Answer.good(arguments.toArray());
    }

    @Test
    void anotherSeedIsAnotherRun() {
        Answer one = run(IRIS, "out", 1, "--epochs", 2, "--json");
        Answer other = run(IRIS, "out", 1, "--epochs", 2, "--json", "--seed", 2);
        Json last = one.objects().getLast();
        assertEquals("done", last.get("event").text());
        assertTrue(last.get("train").get("loss").decimal() != other.objects().getLast().get("train").get("loss")
                .decimal());
    }
}
