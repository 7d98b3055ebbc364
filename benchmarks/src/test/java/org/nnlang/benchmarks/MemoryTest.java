package org.nnlang.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.BackEnd.MemoryLimit;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.Batches;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingFootprint;
import org.nnlang.runtime.train.TrainingPlan;

/// What the workloads' steps take, and how little they can do with.
class MemoryTest {

    /// The arena is at most a tenth larger than what is alive at one time, and as large as was told.
    @ParameterizedTest
    @ValueSource(strings = {"W2", "W2t", "W3", "W4", "W5"})
    void aStepTakesLittleMoreThanWhatIsAliveAtOneTime(String name) {
        TrainingPlan plan = BackEnd.training(TrainingStep.named(name).program(Map.of())).plan();
        Map<String, Integer> sizes = Map.of("batch", plan.batch());
        Footprint told = Footprint.of(plan.step().image(), sizes);
        assertTrue(told.alive() > 0);
        assertTrue(told.arena() <= 1.10 * told.alive(), told::toString);
        var memory = new Memory(plan.variables());
        assertEquals(told.shared(), memory.bytes());
        try (Team team = Team.of(1)) {
            Instance step = Instance.bind(plan.step().image(), plan.step().program(), memory, sizes, team);
            assertEquals(told.shared() + told.arena(), memory.bytes());
            assertEquals(told.own(), step.ownBytes());
        }
    }

    /// With part of the memory between inputs and outputs, a step does the same, bit for bit.
    ///
    /// @param percent of what the arena has without a limit
    @ParameterizedTest
    @CsvSource({"W3, 94, batch=4", "W4, 60, batch=2 width=32 heads=2", "W5, 98, batch=16"})
    void aLimitChangesNoBit(String name, int percent, String settings) {
        TrainingStep workload = TrainingStep.named(name);
        Map<String, String> given = new LinkedHashMap<>();
        for (String setting : settings.split(" ")) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        TrainingProgram program = workload.program(given);
        TrainingFootprint.Shapes shapes = _ -> List.of(new Batches.Shape(program.batch(), Map.of()));
        CompiledTraining whole = BackEnd.training(program);
        TrainingFootprint all = TrainingFootprint.of(whole.plan(), shapes);
        assertTrue(whole.again().isEmpty());

        long limit = all.total() - all.arena() * (100 - percent) / 100;
        CompiledTraining tight = BackEnd.training(program, new MemoryLimit(limit, shapes));
        TrainingFootprint less = TrainingFootprint.of(tight.plan(), shapes);
        assertFalse(tight.again().isEmpty());
        assertTrue(less.total() <= limit, () -> less + " over " + limit);
        Map<String, float[]> expected = trained(workload, whole.plan());
        Map<String, float[]> actual = trained(workload, tight.plan());
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((variable, values) -> assertArrayEquals(values, actual.get(variable), 0, variable));
    }

    @Test
    void aLimitThatIsTooLowIsToldWithTheLeastThatIsNot() {
        TrainingProgram program = TrainingStep.W4.program(Map.of("width", "16", "heads", "2", "batch", "1"));
        TrainingFootprint.Shapes shapes = _ -> List.of(new Batches.Shape(1, Map.of()));
        NnException error = assertThrows(
                NnException.class, () -> BackEnd.training(program, new MemoryLimit(1, shapes)));
        assertEquals("NN0814", error.code());
        Matcher least = Pattern.compile("at least ([0-9.]+) KB").matcher(String.valueOf(error.getMessage()));
        assertTrue(least.find(), error::getMessage);
        long enough = Math.round(1e3 * Double.parseDouble(least.group(1)));
        assertFalse(BackEnd.training(program, new MemoryLimit(enough, shapes)).again().isEmpty());
    }

    private static Map<String, float[]> trained(TrainingStep workload, TrainingPlan plan) {
        var memory = new Memory(plan.variables());
        try (Team team = Team.of(1)) {
            Instance init = Instance.bind(plan.init().image(), plan.init().program(), memory, Map.of(), team);
            init.seed(plan.seed());
            init.run();
            Instance step = Instance.bind(
                    plan.step().image(), plan.step().program(), memory, Map.of("batch", plan.batch()), team,
                    new Options(Tier.SCALAR));
            step.seed(plan.seed());
            workload.fill(step, new Random(1));
            for (int count = 1; count <= 3; count++) {
                step.step(count);
                step.run();
            }
        }
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Variable variable : memory.variables()) {
            if (variable.dtype().isFloat()) {
                values.put(variable.name(), memory.getFloats(variable.name()));
            }
        }
        return values;
    }
}
