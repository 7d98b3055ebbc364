package org.nnlang.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.runtime.kernel.Gemm;
import org.nnlang.runtime.kernel.Team;

/// W1: matrix products of many sizes, in the four combinations of transposed operands.
final class Products implements Workload {
    /// Rows of the result, the inner dimension, columns of the result.
    private static final int[][] SHAPES = {
        {64, 64, 64},
        {128, 128, 128},
        {256, 256, 256},
        {512, 512, 512},
        {1024, 1024, 1024},
        {2048, 2048, 2048},
        {128, 784, 512},
        {512, 512, 2048},
        {4096, 384, 384},
        {4096, 384, 1536}
    };

    @Override
    public String name() {
        return "W1";
    }

    @Override
    public List<String> shapes() {
        return forms().stream().map(Form::name).toList();
    }

    @Override
    public void run(Meter meter, String filter, Consumer<Measurement> report) {
        try (Team team = Team.of(meter.threads())) {
            warm(team);
            for (Form form : forms()) {
                if (!name(form.name()).contains(filter)) {
                    continue;
                }
                int m = form.m;
                int k = form.k;
                int n = form.n;
                float[] a = random(m * k);
                float[] b = random(k * n);
                float[] c = new float[m * n];
                int lda = form.transA ? m : k;
                int ldb = form.transB ? k : n;
                report.accept(meter.measure(
                        name(),
                        form.name(),
                        form.flops(),
                        1,
                        0,
                        () -> Gemm.multiply(
                                team, form.transA, form.transB, m, n, k, a, 0, lda, b, 0, ldb, c, 0, n, false, null)));
            }
        }
    }

    /// A product of m × k and k × n numbers, each operand as it is or transposed.
    private record Form(int m, int k, int n, boolean transA, boolean transB) {
        String name() {
            return m + "x" + k + "x" + n + " " + (transA ? "T" : "N") + (transB ? "T" : "N");
        }

        double flops() {
            return 2.0 * m * n * k;
        }
    }

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (int[] shape : SHAPES) {
            for (int form = 0; form < 4; form++) {
                forms.add(new Form(shape[0], shape[1], shape[2], form >= 2, form % 2 == 1));
            }
        }
        return forms;
    }

    @Override
    public List<Job> jobs() {
        return forms().stream().map(form -> new Job(form.name(), form.flops(), 1, () -> {
            int m = form.m;
            int k = form.k;
            int n = form.n;
            var a = new Task.Values("a", form.transA ? new int[] {k, m} : new int[] {m, k}, random(m * k), new int[0]);
            var b = new Task.Values("b", form.transB ? new int[] {n, k} : new int[] {k, n}, random(k * n), new int[0]);
            return new Task(name(), form.name(), List.of(), List.of(a, b));
        })).toList();
    }

    /// Takes every path of the kernel, so that no shape is the first to meet a branch the compiler has left out.
    private static void warm(Team team) {
        float[] a = random(512 * 512);
        float[] b = random(512 * 512);
        float[] c = new float[512 * 512];
        for (int round = 0; round < 400; round++) {
            int n = round % 40 == 39 ? 512 : 64 + round % 3 * 20;
            boolean transA = (round & 1) != 0;
            boolean transB = (round & 2) != 0;
            for (int k = 32; k <= 512; k *= 4) {
                Gemm.multiply(
                        team, transA, transB, n, n, k, a, 0, transA ? n : k, b, 0, transB ? k : n, c, 0, n, false,
                        null);
            }
        }
    }

    private static float[] random(int size) {
        Random random = new Random(size);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
