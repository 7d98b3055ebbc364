package org.nnlang.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Devices;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.train.TrainingPlan;

/// Measures a device, one JSON object a line: `opencl/bench DEVICE [peak GFLOP/s] [GB/s] [parts]`. A part is a name, and may have a
/// number behind a colon: how many steps or runs there are, or, for W1, how large a product may be. `opencl/bench` tells the names.
public final class DeviceBenchmarks {
    private static final String PROFILE = "nn.opencl.profile";
    private static final String TILING = "nn.opencl.tiling";

    private final String device;
    private final double peak;
    private final double bandwidth;

    private DeviceBenchmarks(String device, double peak, double bandwidth) {
        this.device = device;
        this.peak = peak;
        this.bandwidth = bandwidth;
    }

    /// Runs what is asked for; a part that fails is told, and the others go on.
    public static void main(String[] arguments) {
        var run = new DeviceBenchmarks(
                arguments.length > 0 ? arguments[0] : "opencl",
                arguments.length > 1 ? Double.parseDouble(arguments[1]) : 0,
                arguments.length > 2 ? Double.parseDouble(arguments[2]) : 0);
        List<String> parts = arguments.length > 3
                ? Arrays.asList(arguments[3].split(",", -1))
                : List.of("probe", "products", "memory", "W1", "W2", "W3", "W4", "W5", "W6");
        for (String part : parts) {
            long start = System.nanoTime();
            try {
                run.part(part);
            } catch (RuntimeException e) {
                print("{\"part\":\"%s\",\"error\":\"%s\"}", part,
                        String.valueOf(e).replace('"', '\'').replace('\n', ' '));
            }
            print("{\"part\":\"%s\",\"seconds\":%.1f}", part, (System.nanoTime() - start) * 1e-9);
        }
    }

    private static final Map<String, String> LARGE = Map.of("width", "1024", "batch", "8", "heads", "16");

    private void part(String part) {
        String name = part.contains(":") ? part.substring(0, part.indexOf(':')) : part;
        int number = part.contains(":") ? Integer.parseInt(part.substring(part.indexOf(':') + 1)) : 0;
        switch (name) {
            case "probe" -> probe();
            case "products" -> products(512, 1024, 2048, 4096);
            case "small" -> smallProducts();
            case "tilings" -> tilings(4096);
            case "smalltilings" -> smallTilings();
            case "memory" -> memory();
            case "W1" -> w1(number > 0 ? number : Integer.MAX_VALUE);
            case "W2" -> training(TrainingStep.W2, Map.of(), number > 0 ? number : 1000);
            case "W3", "W4", "W5" -> training(TrainingStep.named(name), Map.of(), number > 0 ? number : 200);
            case "W4large" -> training(TrainingStep.gpt("W4", 1024), LARGE, number > 0 ? number : 20);
            case "W6" -> inference(number > 0 ? number : 1000);
            case "W2profile", "W3profile", "W4profile", "W5profile" ->
                profile(TrainingStep.named(name.substring(0, 2)), Map.of());
            case "W4largeprofile" -> profile(TrainingStep.gpt("W4", 1024), LARGE);
            case "W6profile" -> inferenceProfile();
            default -> print("{\"part\":\"%s\",\"error\":\"no such part\"}", part);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation is Error Prone's own, which nothing here depends on.
    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }

    private void probe() {
        Devices devices = Devices.probe();
        devices.all()
                .forEach(d -> print("{\"device\":\"%s\",\"name\":\"%s\",\"kind\":\"%s\",\"details\":\"%s\"}", d.id(),
                        d.name(), d.kind(), d.details()));
        devices.problems().forEach(problem -> print("{\"problem\":\"%s\"}", problem.replace('"', '\'')));
    }

    private Accelerator open(boolean profiled) {
        System.setProperty(PROFILE, Boolean.toString(profiled));
        Accelerator accelerator = Devices.probe().open(device);
        if (accelerator == null) {
            throw new IllegalStateException("no device");
        }
        return accelerator;
    }

    /// A model of one expression, bound to sizes, with random inputs.
    private static Instance bind(String source, Accelerator accelerator, Map<String, Integer> sizes, Team team) {
        var elaborated = FrontEnd.model(new SourceFile("bench.nn", source), TrainingStep.W2.sources(), null, Map.of());
        var program = elaborated.program();
        if (program == null) {
            throw new IllegalStateException(elaborated.diagnostics().sorted().toString());
        }
        Image image = BackEnd.model(program).apply().image();
        var memory = new Memory(image.variables(), accelerator);
        Instance instance = Instance.bind(image, CompiledProgram.interpreted(), memory, sizes, team);
        Random random = new Random(1);
        for (Port port : image.inputs()) {
            float[] some = new float[1021];
            for (int i = 0; i < some.length; i++) {
                some[i] = random.nextFloat() - 0.5f;
            }
            float[] values = instance.floats(port);
            int size = instance.size(port);
            for (int i = 0; i < size; i++) {
                values[instance.offset(port) + i] = some[i % some.length];
            }
        }
        instance.run();
        return instance;
    }

    /// The least and the median time of a run, in nanoseconds.
    private static long[] time(Instance instance, int runs) {
        DeviceProgram program = instance.device();
        if (program == null) {
            throw new IllegalStateException("not on a device");
        }
        long[] times = new long[runs];
        for (int i = 0; i < runs; i++) {
            times[i] = Arrays.stream(program.profile()).sum();
        }
        Arrays.sort(times);
        return new long[] {times[0], times[runs / 2]};
    }

    private static final String PRODUCT = "model P()(a: f32[m, k], b: f32[k, n]) -> f32[m, n] = a @ b";
    private static final String LEFT = "model P()(a: f32[k, m], b: f32[k, n]) -> f32[m, n] = transpose(a) @ b";
    private static final String RIGHT = "model P()(a: f32[m, k], b: f32[n, k]) -> f32[m, n] = a @ transpose(b)";

    private static final String BOTH =
            "model P()(a: f32[k, m], b: f32[n, k]) -> f32[m, n] = transpose(a) @ transpose(b)";

    private void products(int... sizes) {
        try (Accelerator accelerator = open(true);
                Team team = Team.of(1)) {
            for (int size : sizes) {
                product("NN", PRODUCT, accelerator, size, size, size, team);
            }
            product("TN", LEFT, accelerator, 2048, 2048, 2048, team);
            product("NT", RIGHT, accelerator, 2048, 2048, 2048, team);
            product("TN", LEFT, accelerator, 4096, 4096, 4096, team);
            product("NT", RIGHT, accelerator, 4096, 4096, 4096, team);
        }
    }

    /// The products of W2 and W4, each with many tilings.
    private void smallTilings() {
        String[] tiles =
                {"128x128x8x8x8", "128x64x16x8x4", "64x128x16x4x8", "64x64x16x4x4", "32x64x16x4x4", "32x32x16x4x4"};
        for (String tile : tiles) {
            for (int splits = 1; splits <= 8; splits *= 2) {
                System.setProperty(TILING, tile + "x" + splits);
                try {
                    smallProducts();
                } finally {
                    System.clearProperty(TILING);
                }
            }
        }
    }

    private void smallProducts() {
        try (Accelerator accelerator = open(true);
                Team team = Team.of(1)) {
            product("NN", PRODUCT, accelerator, 256, 256, 256, team);
            product("NT", RIGHT, accelerator, 2048, 256, 1024, team);
            product("NN", PRODUCT, accelerator, 128, 512, 784, team);
            product("TN", LEFT, accelerator, 784, 512, 128, team);
            product("NN", PRODUCT, accelerator, 2048, 256, 256, team);
            product("NN", PRODUCT, accelerator, 2048, 1024, 256, team);
            product("TN", LEFT, accelerator, 256, 1024, 2048, team);
            product("TN", LEFT, accelerator, 256, 256, 2048, team);
        }
    }

    private void product(String form, String source, Accelerator accelerator, int m, int n, int k, Team team) {
        Instance instance = bind(source, accelerator, Map.of("m", m, "n", n, "k", k), team);
        long[] nanos = time(instance, 20);
        double gflops = 2.0 * m * n * k / nanos[1];
        print("{\"product\":\"%s\",\"m\":%d,\"n\":%d,\"k\":%d,\"tiling\":\"%s\",\"us\":%.1f,\"gflops\":%.0f,\"peak\":%.3f}",
                form,
                m, n, k, System.getProperty(TILING, "own"), nanos[1] / 1e3, gflops, peak > 0 ? gflops / peak : 0);
        instance.release();
    }

    private void tilings(int size) {
        String[] all = {
            "128x256x8x8x16x1", "256x128x8x16x8x1", "128x256x16x8x16x1", "256x128x16x16x8x1", "256x256x8x16x16x1"};
        for (String tiling : all) {
            System.setProperty(TILING, tiling);
            try (Accelerator accelerator = open(true);
                    Team team = Team.of(1)) {
                product("NN", PRODUCT, accelerator, size, size, size, team);
                product("TN", LEFT, accelerator, size, size, size, team);
                product("NT", RIGHT, accelerator, size, size, size, team);
            } catch (RuntimeException e) {
                print("{\"tiling\":\"%s\",\"error\":\"%s\"}", tiling, String.valueOf(e).replace('"', '\''));
            } finally {
                System.clearProperty(TILING);
            }
        }
    }

    /// What one pass over memory takes, where nothing is in a cache.
    private void memory() {
        try (Accelerator accelerator = open(true);
                Team team = Team.of(1)) {
            int n = 1 << 24;
            pass("copy", "model E()(x: f32[n]) -> f32[n] = -x", accelerator, Map.of("n", n), 8.0 * n, team);
            pass("add", "model E()(x: f32[n], y: f32[n]) -> f32[n] = x + y", accelerator, Map.of("n", n), 12.0 * n,
                    team);
            pass("gelu", "model E()(x: f32[n]) -> f32[n] = gelu(x)", accelerator, Map.of("n", n), 8.0 * n, team);
            pass("sum", "model E()(x: f32[n]) -> f32[] = sum(x)", accelerator, Map.of("n", n), 4.0 * n, team);
            for (int columns : new int[] {256, 1024, 4096}) {
                Map<String, Integer> sizes = Map.of("n", n / columns, "d", columns);
                pass("softmax", "model E()(x: f32[n, d]) -> f32[n, d] = softmax(x)", accelerator, sizes, 8.0 * n, team);
                pass("layernorm", "model E()(x: f32[n, " + columns + "]) -> f32[n, " + columns + "] = x |> LayerNorm()",
                        accelerator,
                        Map.of("n", n / columns), 8.0 * n, team);
                pass("row sums", "model E()(x: f32[n, d]) -> f32[n] = sum(x, axis = 1)", accelerator, sizes, 4.0 * n,
                        team);
                pass("column sums", "model E()(x: f32[n, d]) -> f32[d] = sum(x, axis = 0)", accelerator, sizes, 4.0 * n,
                        team);
                pass("transpose", "model E()(x: f32[n, d]) -> f32[d, n] = transpose(x)", accelerator, sizes, 8.0 * n,
                        team);
            }
        }
    }

    private void pass(String what, String source, Accelerator accelerator, Map<String, Integer> sizes, double bytes,
            Team team) {
        Instance instance = bind(source, accelerator, sizes, team);
        long[] nanos = time(instance, 20);
        print("{\"pass\":\"%s\",\"sizes\":\"%s\",\"us\":%.1f,\"gbs\":%.0f,\"share\":%.3f}", what, sizes, nanos[1] / 1e3,
                bytes / nanos[1], bandwidth > 0 ? bytes / nanos[1] / bandwidth : 0);
        instance.release();
    }

    private record Bound(Instance step, Memory memory) {}

    private static Bound bind(TrainingStep workload, Map<String, String> settings, @Nullable Accelerator accelerator,
            Team team) {
        TrainingPlan plan = BackEnd.training(workload.program(settings)).plan();
        var memory = new Memory(plan.variables(), accelerator);
        Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
        init.seed(plan.seed());
        init.step(0);
        init.run();
        init.release();
        Instance step = Instance.bind(
                plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team);
        step.seed(plan.seed());
        workload.fill(step, new Random(1));
        return new Bound(step, memory);
    }

    /// Steps that follow each other as in a training: nothing waits but the end.
    private void training(TrainingStep workload, Map<String, String> settings, int steps) {
        long start = System.nanoTime();
        try (Accelerator accelerator = open(false);
                Team team = Team.of(1)) {
            Bound bound = bind(workload, settings, accelerator, team);
            Instance step = bound.step;
            DeviceProgram program = step.device();
            if (program == null) {
                throw new IllegalStateException("not on a device");
            }
            step.step(1);
            step.run();
            float first = step.scalarOutput("loss");
            double ready = (System.nanoTime() - start) * 1e-9;
            for (int i = 2; i <= 10; i++) {
                step.step(i);
                step.run();
            }
            step.scalarOutput("loss");
            double best = Double.POSITIVE_INFINITY;
            double asked = Double.POSITIVE_INFINITY;
            float[] kept = new float[program.capacity() * Math.max(1, step.floats(step.outputPort("loss")).length)];
            for (int round = 0; round < 5; round++) {
                long from = System.nanoTime();
                int part = Math.max(1, steps / 5);
                int waiting = 0;
                long asking = 0;
                for (int i = 0; i < part; i++) {
                    step.step(11 + round * part + i);
                    long before = System.nanoTime();
                    step.run();
                    asking += System.nanoTime() - before;
                    program.keep();
                    if (++waiting == program.capacity()) {
                        program.take(kept);
                        waiting = 0;
                    }
                }
                program.take(kept);
                best = Math.min(best, (System.nanoTime() - from) * 1e-6 / part);
                asked = Math.min(asked, asking * 1e-3 / part);
            }
            double alone = alone(step);
            print("{\"training\":\"%s %s\",\"ms\":%.3f,\"items_per_s\":%.0f,\"steps\":%d,\"kernels\":%d,\"host_us\":%.1f,"
                    + "\"host_us_empty_queue\":%.2f,\"host_us_per_kernel\":%.2f,"
                    + "\"first_loss\":%.5f,\"last_loss\":%.5f,\"first_step_s\":%.1f,\"device_mb\":%.1f,\"tflops\":%.2f}",
                    workload.name(), settings, best, examples(step) / best * 1e3, step.image().steps().size(),
                    program.kernels(), asked, alone, alone / program.kernels(), first,
                    step.scalarOutput("loss"),
                    ready, (program.bytes() + bound.memory.bytes()) / 1e6, step.flops() / best / 1e9);
        }
        if (settings.isEmpty()) {
            try (Team team = Team.of(Runtime.getRuntime().availableProcessors())) {
                Bound here = bind(workload, settings, null, team);
                here.step.step(1);
                here.step.run();
                float first = here.step.scalarOutput("loss");
                for (int i = 2; i <= 10; i++) {
                    here.step.step(i);
                    here.step.run();
                }
                print("{\"processor\":\"%s\",\"first_loss\":%.5f,\"loss_10\":%.5f}", workload.name(), first,
                        here.step.scalarOutput("loss"));
            }
        }
    }

    private static final int ALONE = 20;

    /// Microseconds in which the host asks for a step: the least of some times when nothing waits in the queue, for otherwise the host waits
    /// for a device that is slower. What it sends is copied meanwhile.
    private static double alone(Instance step) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < ALONE; i++) {
            step.scalarOutput("loss");
            long from = System.nanoTime();
            step.run();
            least = Math.min(least, (System.nanoTime() - from) * 1e-3);
        }
        return least;
    }

    /// How many examples a batch has: the first size of what goes in.
    private static double examples(Instance step) {
        for (Port port : step.image().inputs()) {
            if (!port.shape().isEmpty()) {
                return step.shape(port)[0];
            }
        }
        return 1;
    }

    /// Every step's time on the device, beside what the device allows.
    private void profile(String name, Instance instance) {
        DeviceProgram program = instance.device();
        if (program == null) {
            throw new IllegalStateException("not on a device");
        }
        List<Roofline.Line> lines = new Roofline(instance, peak, bandwidth).measure(program);
        double sum = lines.stream().mapToDouble(Roofline.Line::nanos).sum();
        double limit = lines.stream().mapToDouble(Roofline.Line::limit).sum();
        print("{\"profile\":\"%s\",\"sum_us\":%.1f,\"limit_us\":%.1f,\"share\":%.3f}", name, sum / 1e3, limit / 1e3,
                limit / sum);
        for (Roofline.Line line : lines.subList(0, Math.min(60, lines.size()))) {
            print("{\"step\":%d,\"label\":\"%s\",\"rounds\":%d,\"us\":%.1f,\"gflops\":%.0f,\"gbs\":%.0f,\"bound\":\"%s\","
                    + "\"share\":%.3f,\"what\":\"%s\"}",
                    line.step(), line.label(), line.rounds(), line.nanos() / 1e3, line.flops() / line.nanos(),
                    line.bytes() / line.nanos(),
                    line.limit() == 0 ? "unknown" : line.isBoundByMemory() ? "memory" : "arithmetic",
                    line.limit() / line.nanos(), line.what());
        }
    }

    private void profile(TrainingStep workload, Map<String, String> settings) {
        try (Accelerator accelerator = open(true);
                Team team = Team.of(1)) {
            Instance step = bind(workload, settings, accelerator, team).step;
            step.step(1);
            step.run();
            profile(workload.name() + " " + settings, step);
        }
    }

    /// W1: products of these sizes and fewer, in the four transpose combinations.
    private void w1(int largest) {
        int[][] sizes = {
            {64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048},
            {128, 512, 784}, {512, 2048, 512}, {4096, 384, 384}, {4096, 1536, 384}};
        try (Accelerator accelerator = open(true);
                Team team = Team.of(1)) {
            for (int[] size : sizes) {
                if (Arrays.stream(size).max().orElseThrow() <= largest) {
                    product("NN", PRODUCT, accelerator, size[0], size[1], size[2], team);
                    product("TN", LEFT, accelerator, size[0], size[1], size[2], team);
                    product("NT", RIGHT, accelerator, size[0], size[1], size[2], team);
                    product("TT", BOTH, accelerator, size[0], size[1], size[2], team);
                }
            }
        }
    }

    /// W6: what it takes to answer one request, reading the answer, and each of many that nobody waits for.
    private void inference(int runs) {
        for (Workload.Job job : new Inference().jobs()) {
            Task task = job.task();
            try (Accelerator accelerator = open(false);
                    var ready = new Inference.Ready(task, 1, accelerator)) {
                ready.run();
                float[] first = ready.output();
                double[] waited = new double[runs];
                for (int i = 0; i < runs; i++) {
                    long from = System.nanoTime();
                    ready.run();
                    ready.output();
                    waited[i] = (System.nanoTime() - from) * 1e-3;
                }
                Arrays.sort(waited);
                long from = System.nanoTime();
                for (int i = 0; i < runs; i++) {
                    ready.run();
                }
                ready.output();
                double each = (System.nanoTime() - from) * 1e-3 / runs;
                print("{\"inference\":\"W6 %s\",\"us_waited\":%.1f,\"us_waited_least\":%.1f,\"us_each\":%.1f,\"first\":%.5f}",
                        task.shape(), waited[runs / 2], waited[0], each, first[0]);
            }
        }
    }

    private void inferenceProfile() {
        for (Workload.Job job : new Inference().jobs()) {
            Task task = job.task();
            try (Accelerator accelerator = open(true);
                    var ready = new Inference.Ready(task, 1, accelerator)) {
                ready.run();
                profile("W6 " + task.shape(), ready.instance());
            }
        }
    }
}
