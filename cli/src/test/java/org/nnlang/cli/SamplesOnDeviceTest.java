package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.Program;
import org.nnlang.Training;
import org.nnlang.runtime.data.Predictions;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingListener;

/// Every training of the course begins on a device as it begins here: the short forms of its samples, cut off after a few
/// steps and the validation behind them.
///
/// Not to their end, because a driver that computes on the processor compiles for a second where it computes for a
/// millisecond, and is no device to reach a figure on in a build. A few steps are enough to see every kernel of the program, forwards, backwards,
/// in the update and in validation; and so few are all that can be compared number by number: from there on each rounding
/// leads elsewhere. Even so, nearly all of it is the driver's compiler, which therefore works for two trainings at a time.
/// `CourseTest` with `-Dnn.course.device=opencl` runs them to their figures.
class SamplesOnDeviceTest {
    /// The second depends on all gradients of the first; the third on what an optimizer keeps.
    private static final int STEPS = 3;

    /// Of a report, or of one where it is less. PoCL is off by 10⁻⁷ at most.
    private static final double TOLERANCE = 1e-4;

    private static final String MAILS =
            "texts(\"DATA/mails.tsv\",tokens=\"words\",vocabulary=50,longest=96,buckets=1,held_out=0.2)";

    /// For samples whose data must be fetched, and which have no short form that trains; `DATA` is a folder of data made up here.
    private static final Map<String, List<String>> OTHERS = Map.of(
            "09-lstm",
            List.of("train lstm.nn --set book=chars(\"README.md\",window=32) "
                    + "--set pages=chars(\"README.md\",window=64) --set width=24 --set batch=2"),
            "12-bert",
            List.of("train bert.nn --train Pretrain --set width=16 --set mails=" + MAILS,
                    "train bert.nn --train Judge --set width=16 --set mails=" + MAILS),
            "16-evoformer",
            List.of("train evoformer.nn --set crop=8 --set batch=2 "
                    + "--set learn=npy(x=\"DATA/residues.npy\",y=\"DATA/places.npy\") "
                    + "--set held_out=npy(x=\"DATA/residues.npy\",y=\"DATA/places.npy\")"));

    /// The device, opened twice: one thread compiles for one, while another does for the other.
    private static final BlockingQueue<Accelerator> DEVICES = new LinkedBlockingQueue<>();

    private static final int AT_ONCE = 2;

    @AutoClose("shutdownNow")
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(AT_ONCE);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void open() throws IOException {
        for (int i = 0; i < AT_ONCE; i++) {
            DEVICES.add(OpenClDevice.open());
        }
        makeUpData();
    }

    @AfterAll
    static void close() {
        DEVICES.forEach(Accelerator::close);
    }

    private static void makeUpData() throws IOException {
        var mails = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            mails.append(i % 3 == 0 ? "spam\t" : "ham\t");
            for (int word = 0; word < 12; word++) {
                mails.append("word").append((i * 7 + word * word) % 40).append(' ');
            }
            mails.append('\n');
        }
        Files.writeString(folder.resolve("mails.tsv"), mails);
        int chains = 8;
        int[] residues = IntStream.range(0, chains * 64).map(i -> i * 13 % 20).toArray();
        float[] places = new float[chains * 64 * 3];
        for (int i = 0; i < places.length; i++) {
            // A chain that winds.
            int residue = i / 3;
            places[i] = (float) (i % 3 == 2 ? residue % 64 * 1.5 : 5 * Math.sin(residue * 1.7 + i % 3));
        }
        new Predictions(Map.of("residues", Tensor.of(residues, chains, 64))).write(folder.resolve("residues.npy"));
        new Predictions(Map.of("places", Tensor.of(places, chains, 64, 3))).write(folder.resolve("places.npy"));
    }

    /// A training of a sample.
    private record Run(Path file, String name, Map<String, String> settings) {
        /// Of a line such as `train cnn.nn --set size=8`.
        static Run of(Path sample, String line) {
            String[] words = line.strip().split("\\s+");
            var settings = new LinkedHashMap<String, String>();
            String name = "";
            for (int i = 2; i + 1 < words.length && words[i].startsWith("--"); i += 2) {
                String value = words[i + 1].replace("DATA", folder.toString());
                switch (words[i]) {
                    case "--train" -> name = value;
                    case "--set" -> settings.put(value.split("=", 2)[0], value.split("=", 2)[1]);
                    case "--seed" -> settings.put("seed", value);
                    case "--epochs" -> {}
                    default -> throw new AssertionError("an option that is not known here: " + line);
                }
            }
            settings.keySet().removeAll(List.of("epochs", "steps"));
            settings.put("steps", Integer.toString(STEPS));
            return new Run(sample.resolve(words[1]), name, settings);
        }

        /// What it reports, pass by pass.
        List<Map<String, Double>> reports(Accelerator on, Path output) {
            var reports = new ArrayList<Map<String, Double>>();
            Program program = Program.load(file);
            Training training = name.isEmpty() ? program.training() : program.training(name);
            settings.forEach(training::expression);
            training.threads(1).output(output).on(on).listen(new TrainingListener() {
                @Override
                public void epochEnded(EpochEnded event) {
                    var all = new LinkedHashMap<String, Double>();
                    event.train().forEach((report, value) -> all.put("train." + report, value));
                    event.validate().forEach((report, value) -> all.put("validate." + report, value));
                    reports.add(all);
                }
            }).run();
            return reports;
        }

        @Override
        public String toString() {
            return file.getFileName() + (name.isEmpty() ? "" : " " + name);
        }
    }

    /// The first short form of each training of a sample.
    private static List<Run> runs(Path sample) throws IOException {
        var runs = new LinkedHashMap<String, Run>();
        Stream<String> lines = OTHERS.containsKey(sample.getFileName().toString())
                ? OTHERS.get(sample.getFileName().toString()).stream()
                : Files.readAllLines(sample.resolve("reaches")).stream()
                        .filter(line -> line.startsWith("short"))
                        .map(line -> line.substring("short".length()).strip().split("\\s:\\s", 2)[0])
                        .filter(line -> line.startsWith("train"));
        lines.map(line -> Run.of(sample, line)).forEach(run -> runs.putIfAbsent(run.toString(), run));
        assertFalse(runs.isEmpty(), () -> sample + " has no short form that trains: write one, or data, here");
        return List.copyOf(runs.values());
    }

    @TestFactory
    Stream<DynamicTest> everyTrainingOfTheCourseBeginsThereAsHere() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (Path sample : CourseTest.samples()) {
            for (Run run : runs(sample)) {
                int number = tests.size();
                Future<?> begun = WORKERS.submit(() -> begin(run, folder.resolve(Integer.toString(number))));
                tests.add(dynamicTest(run.toString(), () -> {
                    try {
                        begun.get();
                    } catch (ExecutionException e) {
                        throw e.getCause();
                    }
                }));
            }
        }
        return tests.stream();
    }

    private static @Nullable Void begin(Run run, Path output) throws InterruptedException {
        List<Map<String, Double>> here = run.reports(null, output.resolve("here"));
        assertFalse(here.isEmpty());
        here.forEach(pass -> pass.forEach(
                (report, value) -> assertTrue(Double.isFinite(value), () -> report + ": " + value)));
        Accelerator device = DEVICES.take();
        try {
            assertSame(run.reports(device, output.resolve("there")), here);
        } finally {
            DEVICES.add(device);
        }
        return null;
    }

    private static void assertSame(List<Map<String, Double>> there, List<Map<String, Double>> here) {
        assertEquals(here.size(), there.size());
        for (int pass = 0; pass < here.size(); pass++) {
            Map<String, Double> found = there.get(pass);
            assertEquals(here.get(pass).keySet(), found.keySet());
            here.get(pass).forEach((report, wanted) -> {
                double difference = Math.abs(found.get(report) - wanted);
                assertTrue(
                        difference <= TOLERANCE * Math.max(1, Math.abs(wanted)),
                        () -> report + ": " + found.get(report) + " and here " + wanted);
            });
        }
    }
}
