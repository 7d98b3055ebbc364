package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// A training of a few steps under oclgrind, an interpreter of OpenCL that notices accesses outside of buffers, races
/// between work items and misuse of the API. It is put in as the only driver, as its wrapper's way crashes a JVM.
///
/// Each run is a process of its own, which computes on one core: two of them run at a time.
class OclgrindTest {
    private static final int AT_ONCE = 2;

    /// The shapes are dealt out to as many runs, for one would last longer than all others together.
    private static final int HANDS = 2;

    /// What is run; the longest first.
    private static final List<String> RUNS = List.of("shapes 0", "shapes 1", "training", "weights", "outside", "race");

    private static final Map<String, Future<String>> COMPLAINTS = new HashMap<>();

    @AutoClose("shutdownNow")
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(AT_ONCE);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void begin() {
        RUNS.forEach(what -> COMPLAINTS.put(
                what, WORKERS.submit(() -> complaints(what, Files.createDirectory(folder.resolve(what))))));
    }

    /// What oclgrind says about a run.
    private static String complaints(String what) throws Throwable {
        try {
            return COMPLAINTS.get(what).get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static Optional<Path> library() {
        return Stream.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so", "/usr/local/lib/oclgrind/liboclgrind-rt-icd.so")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
    }

    /// What oclgrind says about a run of [Checked].
    private static String complaints(String what, Path folder) throws IOException, InterruptedException {
        Optional<Path> library = library();
        if (library.isEmpty()) {
            assertTrue(!"1".equals(System.getenv("NN_REQUIRE_OPENCL")), "oclgrind is not installed");
            assumeTrue(false, "oclgrind is not installed");
        }
        Files.writeString(folder.resolve("oclgrind.icd"), library.orElseThrow() + "\n");
        Path log = folder.resolve("log");
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-Dnn.opencl.cache=off",
                "-cp",
                System.getProperty("java.class.path"), Checked.class.getName(), what, folder.toString());
        builder.environment().put("OCL_ICD_VENDORS", folder.toString());
        builder.environment().put("OCLGRIND_DATA_RACES", "1");
        builder.environment().put("OCLGRIND_CHECK_API", "1");
        builder.environment().put("OCLGRIND_LOG", log.toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            assertTrue(process.waitFor(600, TimeUnit.SECONDS), "it never ends");
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("done on Oclgrind"), said);
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @ParameterizedTest
    @ValueSource(strings = {"training", "shapes 0", "shapes 1", "weights"})
    void nothingIsTouchedThatIsNotAKernelsOwn(String what) throws Throwable {
        assertEquals("", complaints(what));
    }

    /// So that silence means something.
    @ParameterizedTest
    @CsvSource({"outside, Invalid write of size 4", "race, data race"})
    void whatIsPlantedIsFound(String plant, String complaint) throws Throwable {
        String log = complaints(plant);
        assertTrue(log.contains(complaint), log);
    }

    /// Runs in a process of its own.
    static final class Checked {
        private static final String OUTSIDE = "__kernel void plant(__global int* a) { a[get_global_id(0) + 1] = 1; }";
        private static final String RACE = "__kernel void plant(__global int* a) { a[0] = get_global_id(0); }";

        private Checked() {}

        public static void main(String[] arguments) {
            try (var device = (OpenClAccelerator) TestDevice.open()) {
                Path folder = Path.of(arguments[1]);
                switch (arguments[0]) {
                    case "training" ->
                        Lines.trainer(Lines.plan(2), folder, false, device).run(new TrainingListener() {});
                    case "shapes 0" -> compareShapes(0, folder, device);
                    case "shapes 1" -> compareShapes(1, folder, device);
                    case "weights" -> {
                        answer(Storage.F16, device);
                        answer(Storage.BF16, device);
                    }
                    default -> run(device, arguments[0].equals("race") ? RACE : OUTSIDE);
                }
                System.out.println("done on " + device.device().name());
            }
        }

        private static void compareShapes(int hand, Path folder, Accelerator device) {
            List<Map.Entry<String, TrainingPlan>> all = List.copyOf(Shapes.all().entrySet());
            for (int i = hand; i < all.size(); i += HANDS) {
                compare(all.get(i).getKey(), all.get(i).getValue(), folder, device);
            }
        }

        /// An interpreter is a device as good as others: what it computes must be right, too.
        private static void compare(String name, TrainingPlan plan, Path folder, Accelerator device) {
            System.err.println(name);
            Trainer here = Lines.trainer(plan, folder, false, null);
            here.run(new TrainingListener() {});
            Trainer there = Lines.trainer(plan, folder, false, device);
            there.run(new TrainingListener() {});
            for (Variable variable : plan.variables()) {
                if (!variable.dtype().isFloat()) {
                    continue;
                }
                float[] wanted = here.memory().getFloats(variable.name());
                float[] found = there.memory().getFloats(variable.name());
                float scale = 1;
                for (float value : wanted) {
                    scale = Math.max(scale, Math.abs(value));
                }
                assertArrayEquals(wanted, found, 1e-4f * scale, name + ": " + variable.name());
            }
            there.release();
        }

        /// Weights in two bytes: a table, a side of a product, what a loop reads.
        private static void answer(Storage storage, Accelerator device) {
            var compiled = ShortWeightsTest.compile(
                    "table: f32[5, 7]; W: f32[7, 6]; g: f32[3, 6]",
                    "softmax(gather(table, arange(3) * 2 % 5) @ W) * g");
            Model here = Model.of(
                    compiled.apply().image(), compiled.apply().load(),
                    ShortWeightsTest.checkpoint(compiled.apply().image(), storage, true), "file", Team.of(1));
            Model there = here.on(device);
            assertArrayEquals(ShortWeightsTest.answer(here), ShortWeightsTest.answer(there), 1e-4f);
            there.release();
        }

        private static void run(OpenClAccelerator device, String source) {
            long program = device.build(source, "a plant");
            long kernel = device.driver.createKernel(program, "plant");
            long buffer = device.buffer(16, "a plant");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment work = arena.allocateFrom(ValueLayout.JAVA_LONG, 4, 1, 1, 4, 1, 1);
                device.driver.argument(kernel, 0, 8, arena.allocateFrom(ValueLayout.JAVA_LONG, buffer));
                device.driver.enqueue(device.queue, kernel, work, false);
                device.driver.finish(device.queue);
            }
            device.release(buffer, 16);
            device.driver.releaseKernel(kernel);
            device.driver.releaseProgram(program);
        }
    }
}
