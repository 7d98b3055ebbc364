package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.DType;

/// Every sample reaches what its file `reaches` says: `samples/README.md` explains the lines. Those that begin with
/// `short` run always; those with `full` where the system property `nn.course` is `full`, or names the sample. The
/// property `nn.course.device` lets trainings run on a device.
class CourseTest {
    /// What computes, `opencl` for instance: lines of trainings and predictions then run there.
    private static final String DEVICE = System.getProperty("nn.course.device", "cpu");

    /// What a line says: a command, and what must come out.
    private record Line(boolean isFull, List<String> command, String condition) {
        static Line of(String text) {
            String[] parts = text.split("\\s:\\s", 2);
            List<String> words = List.of(parts[0].strip().split("\\s+"));
            boolean full = words.getFirst().equals("full");
            assertTrue(full || words.getFirst().equals("short"), text);
            return new Line(full, words.subList(1, words.size()), parts.length == 1 ? "" : parts[1].strip());
        }
    }

    /// A training that ran, and where its checkpoints are.
    private record Outcome(List<Json> lines, Path output) {
        /// `validate.loss`: of the best epoch, where there is one; `last.validate.loss`: of the last.
        double figure(String name) {
            String[] path = name.split("\\.");
            boolean last = path[0].equals("last");
            Json object = last ? lines.get(lines.size() - 2) : lines.getLast();
            return object.get(path[last ? 1 : 0]).get(path[last ? 2 : 1]).decimal();
        }
    }

    @TempDir
    private Path folder;

    private final Map<String, Outcome> trained = new HashMap<>();

    /// The folders of the course that have a program by now; one of data alone is none.
    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(Repository.sample(""))) {
            return files.filter(file -> file.getFileName().toString().matches("\\d\\d-.*"))
                    .filter(file -> !Repository.files(file, ".nn").isEmpty()).sorted().toList();
        }
    }

    private static List<Line> lines(Path sample) throws IOException {
        return Files.readAllLines(sample.resolve("reaches")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).map(Line::of).toList();
    }

    @Test
    void everySampleHasAPageAProgramAndAShortForm() throws IOException {
        assertFalse(samples().isEmpty());
        String table = Files.readString(Repository.sample("README.md"));
        for (Path sample : samples()) {
            assertTrue(Files.exists(sample.resolve("README.md")), () -> sample + " has no page");
            assertTrue(lines(sample).stream().anyMatch(line -> !line.isFull), () -> sample + " has no short form");
            assertTrue(table.contains("(" + sample.getFileName() + "/README.md)"),
                    () -> sample + " is not in the table");
        }
    }

    @TestFactory
    Stream<DynamicContainer> everySampleReachesItsFigures() throws IOException {
        String asked = System.getProperty("nn.course", "");
        var containers = new ArrayList<DynamicContainer>();
        for (Path sample : samples()) {
            String name = sample.getFileName().toString();
            boolean full = asked.equals("full") || name.equals(asked);
            List<DynamicTest> tests = lines(sample).stream().filter(line -> full || !line.isFull)
                    .map(line -> dynamicTest(
                            String.join(" ", line.command) + " : " + line.condition, () -> run(sample, line)))
                    .toList();
            containers.add(dynamicContainer(name, tests));
        }
        return containers.stream();
    }

    private void run(Path sample, Line line) throws IOException {
        if (!line.command.getFirst().equals("train")) {
            Answer.good(located(sample, line.command).toArray());
            assertEquals("", line.condition, "only a training has figures");
            return;
        }
        Outcome outcome = train(sample, line.command);
        if (line.condition.startsWith("equals ")) {
            Outcome other = train(sample, words(line.condition.substring("equals ".length())));
            assertSameWeights(outcome.output, other.output);
            return;
        }
        for (String condition : line.condition.split(" and ")) {
            String[] parts = condition.strip().split("\\s+", 3);
            double figure = outcome.figure(parts[0]);
            double wanted = wanted(sample, outcome, parts[2]);
            boolean holds = switch (parts[1]) {
                case "<" -> figure < wanted;
                case "<=" -> figure <= wanted;
                case ">" -> figure > wanted;
                case ">=" -> figure >= wanted;
                case "=" -> figure == wanted;
                default -> throw new AssertionError("no comparison: " + condition);
            };
            assertTrue(holds, () -> condition + ": " + figure + " against " + wanted);
        }
    }

    /// A number, a figure, or a figure of another training.
    private double wanted(Path sample, Outcome outcome, String text) {
        if (text.matches("-?[0-9.]+(e-?\\d+)?")) {
            return Double.parseDouble(text);
        }
        String[] parts = text.split(" of ", 2);
        return (parts.length == 1 ? outcome : train(sample, words(parts[1]))).figure(parts[0]);
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    /// What a training gives; one `after` another finds that one's checkpoints under `out/`.
    private Outcome train(Path sample, List<String> command) {
        int after = command.indexOf("after");
        Path earlier = after < 0 ? null : train(sample, command.subList(after + 1, command.size())).output;
        List<String> own = after < 0 ? command : command.subList(0, after);
        return trained.computeIfAbsent(sample + String.join(" ", command), key -> {
            Path output = folder.resolve(Integer.toString(trained.size()));
            var arguments = new ArrayList<Object>(located(sample, own));
            if (earlier != null) {
                arguments.replaceAll(word -> word.toString().startsWith("out/")
                        ? earlier.resolve(word.toString())
                        : word);
            }
            arguments.addAll(List.of("--json", "--output", output, "--device", DEVICE));
            return new Outcome(Answer.good(arguments.toArray()).objects(), output);
        });
    }

    /// A word that names a file of the sample stands for that file.
    private static List<Object> located(Path sample, List<String> command) {
        var located = new ArrayList<Object>();
        for (String word : command) {
            located.add(Files.exists(sample.resolve(word)) ? sample.resolve(word) : word);
        }
        return located;
    }

    private static void assertSameWeights(Path one, Path other) throws IOException {
        List<Path> files = Repository.files(one, ".safetensors");
        assertFalse(files.isEmpty(), "no checkpoint to compare");
        for (Path file : files) {
            Checkpoint a = Checkpoint.read(file);
            Checkpoint b = Checkpoint.read(other.resolve(one.relativize(file)));
            assertEquals(a.tensors().keySet(), b.tensors().keySet());
            a.tensors().forEach((name, tensor) -> {
                if (tensor.dtype() == DType.F32) {
                    assertArrayEquals(tensor.floats(), b.tensors().get(name).floats(), name);
                } else {
                    assertArrayEquals(tensor.ints(), b.tensors().get(name).ints(), name);
                }
            });
        }
    }
}
