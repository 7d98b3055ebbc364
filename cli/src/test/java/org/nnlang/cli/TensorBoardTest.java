package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.cli.tensorboard.EventFile;
import org.nnlang.runtime.json.Json;
import org.tensorflow.framework.Summary;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.util.Event;

/// `nn train --tensorboard`: TensorFlow's own reader finds what was written.
class TensorBoardTest {
    @TempDir
    private Path folder;

    /// The scalars of the one file of a run, by tag and step.
    private static Map<String, TreeMap<Long, Float>> scalars(Path run) throws Exception {
        Path file;
        try (Stream<Path> files = Files.list(run)) {
            file = files.toList().getFirst();
        }
        assertTrue(String.valueOf(file.getFileName()).matches("events\\.out\\.tfevents\\.\\d+\\..*"), file::toString);
        Map<String, TreeMap<Long, Float>> scalars = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            var reader = new TFRecordReader(in, true);
            assertEquals("brain.Event:2", Event.parseFrom(reader.read()).getFileVersion());
            for (byte[] record = reader.read(); record != null; record = reader.read()) {
                Event event = Event.parseFrom(record);
                assertTrue(event.getWallTime() > 1.7e9, event::toString);
                for (Summary.Value value : event.getSummary().getValueList()) {
                    scalars.computeIfAbsent(value.getTag(), _ -> new TreeMap<>())
                            .put(event.getStep(), value.getSimpleValue());
                }
            }
        }
        return scalars;
    }

    @Test
    void anotherReaderFindsWhatWasTrained() throws Exception {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        Path board = folder.resolve("board");
        Answer answer = Answer.good(
                "train", folder.resolve("iris.nn"), "--epochs", 3, "--json", "--output", folder, "--tensorboard",
                board);
        Map<String, TreeMap<Long, Float>> train = scalars(board.resolve("train"));
        Map<String, TreeMap<Long, Float>> validate = scalars(board.resolve("validate"));
        for (Json epoch : answer.objects().subList(0, 3)) {
            long step = epoch.get("step").whole();
            epoch.get("train").members()
                    .forEach((name, value) -> assertEquals((float) value.decimal(), train.get(name).get(step)));
            epoch.get("validate").members()
                    .forEach((name, value) -> assertEquals((float) value.decimal(), validate.get(name).get(step)));
        }
        assertEquals(Set.of(1e-2f), Set.copyOf(train.get("learning_rate/adam.lr").values()));
        assertEquals(Set.of("accuracy", "f1"), validate.keySet());
    }

    @Test
    void ratesAndNormsAreThoseOfTheRecurrence() throws Exception {
        Path program = Files.writeString(folder.resolve("one.nn"), """
                layer Point()() -> f32[2] {
                    param p: f32[2] ~ zeros()
                    p
                }

                train Descent(steps: Int = 40) {
                    val point = Point()
                    step { minimize sum((point() - 3)^2) with SGD(cosine(0.1, total = 40)) clip by_norm(1.0) }
                }
                """);
        Path board = folder.resolve("board");
        Answer.good("train", program, "--output", folder, "--tensorboard", board);
        Map<String, TreeMap<Long, Float>> train = scalars(board.resolve("train"));
        double p = 0;
        for (long step = 1; step <= 40; step++) {
            double rate = 0.05 * (1 + Math.cos(Math.PI * step / 40));
            double gradient = Math.sqrt(2) * 2 * (3 - p);
            assertEquals(rate, train.get("learning_rate/sgd.lr").get(step), 1e-6);
            assertEquals(gradient, train.get("gradient_norm/point").get(step), 1e-4, "before it is clipped");
            assertEquals(Math.sqrt(2) * p, train.get("weight_norm/point").get(step), 1e-4);
            assertEquals(2 * (3 - p) * (3 - p), train.get("batch/loss").get(step), 1e-3);
            p += rate * 2 * (3 - p) / Math.max(1, gradient);
        }
    }

    @Test
    void largeAndSmallNumbersComeThrough() throws Exception {
        try (EventFile file = EventFile.create(folder.resolve("run"), 1.8e9)) {
            file.scalar("größe/α", 1L << 40, 1.8e9, Float.MIN_VALUE);
            file.scalar("größe/α", 127, 1.8e9, Double.NaN);
            file.scalar("größe/α", 128, 1.8e9, -1e38);
        }
        Map<Long, Float> values = scalars(folder.resolve("run")).get("größe/α");
        assertEquals(Map.of(1L << 40, Float.MIN_VALUE, 127L, Float.NaN, 128L, -1e38f), values);
    }
}
