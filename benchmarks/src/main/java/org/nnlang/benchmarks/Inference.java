package org.nnlang.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Variable;

/// W6: what a server does with one example at a time, all in memory, without reading or writing.
final class Inference implements Workload {
    /// @param shape its name in the table
    /// @param model its name in the source
    /// @param items what one run gets done: rows, or tokens
    private record Case(String shape, String model, double flops, double items) {}

    private static final List<Case> CASES = List.of(
            new Case("MLP", "Mlp", 2.0 * (784 * 512 + 512 * 256 + 2560), 1),
            new Case("GPT", "Gpt", 2.0 * 128 * (4 * 12 * 256 * 256 + 256 * 96) + 2.0 * 4 * 2 * 128 * 128 * 256 / 2,
                    128));

    @Override
    public String name() {
        return "W6";
    }

    @Override
    public List<String> shapes() {
        return CASES.stream().map(Case::shape).toList();
    }

    @Override
    public void run(Meter meter, String filter, Consumer<Measurement> report) {
        for (Job job : jobs()) {
            if (name(job.shape()).contains(filter)) {
                try (Ready ready = new Ready(job.task(), meter.threads())) {
                    report.accept(meter.measure(
                            name(), job.shape(), job.flops(), job.items(), TrainingStep.WARM_SECONDS, ready::run));
                }
            }
        }
    }

    @Override
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (Case each : CASES) {
            jobs.add(new Job(each.shape(), each.flops(), each.items(), () -> task(each)));
        }
        return jobs;
    }

    private Task task(Case each) {
        BackEnd.CompiledModel compiled = compiled(each.shape());
        var memory = new Memory(compiled.apply().image().variables());
        try (Team team = Team.of(1)) {
            Instance init = Instance.bind(compiled.init().image(), compiled.init().load(), memory, Map.of(), team);
            init.seed(1);
            init.run();
        }
        List<Task.Values> parameters = new ArrayList<>();
        for (Variable variable : memory.variables()) {
            parameters.add(TrainingStep.values(memory, variable));
        }
        var random = new Random(1);
        Task.Values input = each.shape().equals("MLP")
                ? new Task.Values("x", new int[] {1, 784}, floats(random), new int[0])
                : new Task.Values("tokens", new int[] {1, 128}, new float[0], random.ints(128, 0, 96).toArray());
        return new Task(name(), each.shape(), parameters, List.of(input));
    }

    private static float[] floats(Random random) {
        float[] values = new float[784];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static BackEnd.CompiledModel compiled(String shape) {
        String model = CASES.stream()
                .filter(each -> each.shape().equals(shape))
                .findFirst()
                .orElseThrow()
                .model();
        Elaborated<ModelProgram> elaborated = FrontEnd.model(
                TrainingStep.source("W6"), TrainingStep.W2.sources(), model, Map.of());
        ModelProgram program = elaborated.program();
        if (program == null || elaborated.diagnostics().hasErrors()) {
            throw new IllegalStateException(elaborated.diagnostics().sorted().toString());
        }
        return BackEnd.model(program);
    }

    /// A model with its weights and its input in place.
    static final class Ready implements AutoCloseable {
        private final Team team;
        private final Instance apply;

        Ready(Task task, int threads) {
            this(task, threads, null);
        }

        /// @param accelerator where it computes, or null
        Ready(Task task, int threads, @Nullable Accelerator accelerator) {
            BackEnd.CompiledModel compiled = compiled(task.shape());
            var memory = new Memory(compiled.apply().image().variables(), accelerator);
            for (Task.Values values : task.parameters()) {
                memory.set(values.name(), values.floats());
            }
            team = Team.of(threads);
            apply = Instance.bind(
                    compiled.apply().image(), compiled.apply().load(), memory, Map.of("b", 1), team,
                    Options.inference());
            Task.Values input = task.input(0);
            if (input.isFloat()) {
                apply.setInput(input.name(), input.floats());
            } else {
                apply.setInput(input.name(), input.ints());
            }
        }

        Instance instance() {
            return apply;
        }

        void run() {
            apply.run();
        }

        float[] output() {
            return apply.output("out");
        }

        @Override
        public void close() {
            team.close();
        }
    }
}
