package org.nnlang.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.train.TrainingPlan;

/// Steps with loops, attention, convolution and pooling allocate nothing.
class AllocationTest {
    private static final int STEPS = 10;
    private static final int ATTEMPTS = 60;
    /// Asking how much was allocated allocates a little itself.
    private static final long NOTHING = 2000;

    @ParameterizedTest
    @CsvSource({
        "W3, batch=2, 1", "W3, batch=2, 2",
        "W4, batch=1 width=16 heads=2, 1", "W4, batch=1 width=16 heads=2, 2",
        "W5, batch=2, 1", "W5, batch=2, 2"})
    void aStepAllocatesNothing(String name, String settings, int count) {
        TrainingStep workload = TrainingStep.named(name);
        Map<String, String> given = new LinkedHashMap<>();
        for (String setting : settings.split(" ")) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        TrainingPlan plan = BackEnd.training(workload.program(given)).plan();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var memory = new Memory(plan.variables());
        try (Team team = Team.of(count)) {
            Instance step = Instance.bind(
                    plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team,
                    new Options(Tier.SCALAR));
            workload.fill(step, new Random(1));
            step.run();
            step.run();
            long least = Long.MAX_VALUE;
            // Vectors of products are objects until C2 has compiled what uses them.
            for (int attempt = 0; attempt < ATTEMPTS && least > NOTHING; attempt++) {
                long before = threads.getTotalThreadAllocatedBytes();
                for (int i = 1; i <= STEPS; i++) {
                    step.step(i);
                    step.run();
                }
                least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
            }
            assertTrue(least <= NOTHING, STEPS + " steps on " + count + " threads allocated " + least);
        }
    }
}
