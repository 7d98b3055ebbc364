package org.nnlang.benchmarks;

import java.util.Map;
import java.util.Optional;
import org.nnlang.benchmarks.race.Checksums;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.runtime.kernel.Gemm;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.train.TrainingPlan;

/// This library.
public final class Nnlang implements Contender {
    @Override
    public String who() {
        return "nnlang";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        return Optional.of(
                switch (task.workload()) {
                    case "W1" -> product(task, threads);
                    case "W6" -> inference(new Inference.Ready(task, threads));
                    default -> training(task, threads);
                });
    }

    private static Prepared product(Task task, int threads) {
        boolean transA = task.shape().charAt(task.shape().length() - 2) == 'T';
        boolean transB = task.shape().endsWith("T");
        int[] left = task.input(0).shape();
        int[] right = task.input(1).shape();
        float[] a = task.input(0).floats();
        float[] b = task.input(1).floats();
        int m = left[transA ? 1 : 0];
        int k = left[transA ? 0 : 1];
        int n = right[transB ? 0 : 1];
        float[] c = new float[m * n];
        Team team = Team.of(threads);
        return new Prepared() {
            @Override
            public void run() {
                Gemm.multiply(team, transA, transB, m, n, k, a, 0, left[1], b, 0, right[1], c, 0, n, false, null);
            }

            @Override
            public double result() {
                return Checksums.of(c, 0, c.length);
            }

            @Override
            public void close() {
                team.close();
            }
        };
    }

    private static Prepared inference(Inference.Ready ready) {
        return new Prepared() {
            @Override
            public void run() {
                ready.run();
            }

            @Override
            public double result() {
                float[] out = ready.output();
                return Checksums.of(out, 0, out.length);
            }

            @Override
            public void close() {
                ready.close();
            }
        };
    }

    private static Prepared training(Task task, int threads) {
        TrainingPlan plan = BackEnd.training(TrainingStep.named(task.workload()).program(Map.of()))
                .plan();
        var memory = new Memory(plan.variables());
        for (Task.Values values : task.parameters()) {
            memory.set(values.name(), values.floats());
        }
        Team team = Team.of(threads);
        Instance step = Instance.bind(
                plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team);
        step.seed(plan.seed());
        for (Task.Values values : task.inputs()) {
            if (values.isFloat()) {
                step.setInput(values.name(), values.floats());
            } else {
                step.setInput(values.name(), values.ints());
            }
        }
        return new Prepared() {
            private int count;

            @Override
            public void run() {
                step.step(++count);
                step.run();
            }

            @Override
            public double result() {
                return step.scalarOutput("loss");
            }

            @Override
            public void close() {
                team.close();
            }
        };
    }
}
