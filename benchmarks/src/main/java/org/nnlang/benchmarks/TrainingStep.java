package org.nnlang.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.train.TrainingPlan;
import org.nnlang.stdlib.StandardLibrary;

/// A whole step (forward, backward and update) of a program in `workloads`, over one batch that lies in memory.
///
/// @param fields of an example; integers are drawn below `classes`
/// @param flops floating-point operations of a step by the definition of the workload: those of its products
record TrainingStep(String name, List<DataHeader.Field> fields, int classes, double flops) implements Workload {
    /// Fused loops begin on plain code and change to generated code some seconds later; what is measured is the state
    /// after that.
    static final double WARM_SECONDS = 8;

    private static final int EXAMPLES = 1000;

    /// An MLP 784-512-256-10, batch 128: no gradient of the input is needed.
    static final TrainingStep W2 = new TrainingStep(
            "W2",
            List.of(new DataHeader.Field("x", DType.F32, List.of(784)),
                    new DataHeader.Field("y", DType.I32, List.of())),
            10,
            2.0 * 128 * (2 * 784 * 512 + 3 * 512 * 256 + 3 * 256 * 10));

    /// An LSTM 64 → 256 over 64 steps, batch 32, the last step → 10 classes: no gradient of the input is needed.
    static final TrainingStep W3 = new TrainingStep(
            "W3",
            List.of(new DataHeader.Field("x", DType.F32, List.of(64, 64)),
                    new DataHeader.Field("label", DType.I32, List.of())),
            10,
            2.0 * 32 * (64 * 1024 * (2 * 64 + 3 * 256) + 3 * 256 * 10));

    /// An MLP 2-16-16-1, batch 32.
    static final TrainingStep W2T = new TrainingStep(
            "W2t",
            List.of(new DataHeader.Field("x", DType.F32, List.of(2)), new DataHeader.Field("y", DType.F32, List.of(1))),
            0,
            2.0 * 32 * (2 * 2 * 16 + 3 * 16 * 16 + 3 * 16));

    /// A convolutional network on 28×28 pixels, batch 64: no gradient of the images is needed.
    static final TrainingStep W5 = new TrainingStep(
            "W5",
            List.of(new DataHeader.Field("x", DType.F32, List.of(28, 28, 1)),
                    new DataHeader.Field("label", DType.I32, List.of())),
            10,
            2.0 * 64 * (2 * 676 * 9 * 32 + 3 * 576 * 288 * 64 + 3 * 9216 * 128 + 3 * 1280));

    /// A GPT with a context of 128 tokens, batch 16: the products of a step.
    static final TrainingStep W4 = gpt("W4", 128);

    /// The workload of a name over sequences of `context` tokens.
    static TrainingStep gpt(String name, int context) {
        return new TrainingStep(
                name,
                List.of(new DataHeader.Field("x", DType.I32, List.of(context)),
                        new DataHeader.Field("y", DType.I32, List.of(context))),
                96, 42e9);
    }

    @Override
    public List<String> shapes() {
        return List.of("");
    }

    @Override
    public void run(Meter meter, String filter, Consumer<Measurement> report) {
        if (!name.contains(filter)) {
            return;
        }
        try (Team team = Team.of(meter.threads())) {
            TrainingPlan plan = BackEnd.training(program(Map.of())).plan();
            var memory = new Memory(plan.variables());
            Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
            init.seed(plan.seed());
            init.run();
            Instance step = Instance.bind(
                    plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team);
            step.seed(plan.seed());
            fill(step, new Random(1));
            int[] count = {0};
            report.accept(meter.measure(name, "", flops, plan.batch(), WARM_SECONDS, () -> {
                step.step(++count[0]);
                step.run();
            }));
        }
    }

    @Override
    public List<Job> jobs() {
        return List.of(new Job("", flops, BackEnd.training(program(Map.of())).plan().batch(), this::task));
    }

    /// The workload of a name.
    static TrainingStep named(String name) {
        return List.of(W2, W2T, W3, W4, W5).stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload " + name));
    }

    /// Initial values of the parameters, and a batch.
    private Task task() {
        TrainingPlan plan = BackEnd.training(program(Map.of())).plan();
        var memory = new Memory(plan.variables());
        List<Task.Values> inputs = new ArrayList<>();
        try (Team team = Team.of(1)) {
            Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
            init.seed(plan.seed());
            init.run();
            Instance step = Instance.bind(
                    plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team);
            fill(step, new Random(1));
            for (String input : plan.step().inputs().values()) {
                Port port = step.input(input);
                int from = step.offset(port);
                int to = from + step.size(port);
                boolean floats = port.dtype() == DType.F32;
                inputs.add(new Task.Values(
                        input,
                        step.shape(port),
                        floats ? Arrays.copyOfRange(step.floats(port), from, to) : new float[0],
                        floats ? new int[0] : Arrays.copyOfRange(step.ints(port), from, to)));
            }
        }
        List<Task.Values> parameters = new ArrayList<>();
        for (Variable variable : plan.variables()) {
            if (variable.segment() == Segment.PARAMETERS) {
                parameters.add(values(memory, variable));
            }
        }
        return new Task(name, "", parameters, inputs);
    }

    /// Writes the source and a thousand examples for `nn train`.
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".nn"), file().text());
        var random = new Random(1);
        for (DataHeader.Field field : fields) {
            var shape = new ArrayList<>(List.of(EXAMPLES));
            shape.addAll(field.shape());
            int size = shape.stream().reduce(1, Math::multiplyExact);
            var elements = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < size; i++) {
                if (field.type() == DType.F32) {
                    elements.putFloat(random.nextFloat());
                } else {
                    elements.putInt(random.nextInt(classes));
                }
            }
            String dims = shape.stream().map(Object::toString).collect(Collectors.joining(", "));
            String header = "{'descr': '" + (field.type() == DType.F32 ? "<f4" : "<i4")
                    + "', 'fortran_order': False, 'shape': (" + dims + ",), }";
            String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
            var file = ByteBuffer.allocate(10 + padded.length() + elements.capacity()).order(ByteOrder.LITTLE_ENDIAN);
            file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
            file.putShort((short) padded.length());
            file.put(padded.getBytes(StandardCharsets.US_ASCII));
            file.put(elements.array());
            Files.write(folder.resolve(field.name() + ".npy"), file.array());
        }
    }

    static Task.Values values(Memory memory, Variable variable) {
        return new Task.Values(
                variable.name(),
                variable.shape().stream().mapToInt(Integer::intValue).toArray(),
                memory.getFloats(variable.name()),
                new int[0]);
    }

    /// The training, with other values for some hyper-parameters.
    TrainingProgram program(Map<String, String> settings) {
        Elaborated<TrainingProgram> elaborated = FrontEnd.training(file(), new Memorised(), null, settings);
        TrainingProgram program = elaborated.program();
        if (program == null || elaborated.diagnostics().hasErrors()) {
            throw new IllegalStateException(elaborated.diagnostics().sorted().toString());
        }
        return program;
    }

    private SourceFile file() {
        return source(name);
    }

    /// The source of a workload.
    static SourceFile source(String name) {
        String path = "META-INF/nnlang/workloads/" + name + ".nn";
        try (InputStream text = TrainingStep.class.getClassLoader().getResourceAsStream(path)) {
            if (text == null) {
                throw new IllegalStateException("there is no " + path);
            }
            return new SourceFile(name + ".nn", new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Fills the inputs with random numbers.
    void fill(Instance step, Random random) {
        for (Port port : step.image().inputs()) {
            if (port.shape().isEmpty()) {
                continue; // The count of steps.
            }
            int size = step.size(port);
            for (int i = 0; i < size; i++) {
                if (port.dtype() == DType.F32) {
                    step.floats(port)[step.offset(port) + i] = random.nextFloat();
                } else {
                    step.ints(port)[step.offset(port) + i] = random.nextInt(classes);
                }
            }
        }
    }

    /// What programs may import, and made data.
    Sources sources() {
        return new Memorised();
    }

    /// The standard library, and the header of data that are made here.
    private final class Memorised implements Sources {
        @Override
        public Optional<SourceFile> module(String module) {
            return StandardLibrary.text(module).map(text -> new SourceFile(StandardLibrary.fileName(module), text));
        }

        @Override
        public Optional<SourceFile> file(SourceFile importer, String path) {
            return Optional.empty();
        }

        @Override
        public DataHeader header(DataExpression expression) {
            return new DataHeader(fields, 1000, List.of(), Map.of());
        }
    }
}
