package org.nnlang.compiler.plan;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// Drives a training step with the runtime alone.
public final class TrainedByRuntime {
    private TrainedByRuntime() {}

    /// Loads a program and its image from files, and trains it.
    public static Map<String, float[]> train(ClassLoader loader, String name, int steps) throws Exception {
        var program = (CompiledProgram) loader.loadClass(name).getConstructor().newInstance();
        try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + ".image")) {
            return train(Image.decode(in), program, Options.usual(), 1, 12, steps);
        }
    }

    static Map<String, float[]> train(
            Image image, CompiledProgram program, Options options, int threads, int batch, int steps) {
        try (Team team = Team.of(threads)) {
            Instance instance = bind(image, program, options, team, batch);
            for (int step = 1; step <= steps; step++) {
                instance.step(step);
                instance.run();
            }
            Map<String, float[]> results = new LinkedHashMap<>();
            for (Variable variable : instance.memory().variables()) {
                results.put(variable.name(), instance.memory().getFloats(variable.name()));
            }
            results.put("loss", instance.output("loss"));
            return results;
        }
    }

    /// An instance with random parameters and inputs.
    static Instance bind(Image image, CompiledProgram program, Options options, Team team, int batch) {
        var random = new SplittableRandom(1);
        var memory = new Memory(image.variables());
        for (Variable variable : memory.variables()) {
            if (variable.segment() == Segment.PARAMETERS && variable.shape().size() == 2) {
                float[] values = new float[variable.size()];
                double scale = Math.sqrt(2.0 / variable.shape().getFirst());
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (scale * random.nextGaussian());
                }
                memory.set(variable.name(), values);
            }
        }
        Instance instance = Instance.bind(image, program, memory, Map.of("batch", batch), team, options);
        for (String name : instance.inputs()) {
            Port port = instance.input(name);
            for (int i = 0; i < instance.size(port); i++) {
                if (port.dtype().isFloat()) {
                    instance.floats(port)[instance.offset(port) + i] = (float) random.nextDouble();
                } else {
                    instance.ints(port)[instance.offset(port) + i] = random.nextInt(5);
                }
            }
        }
        instance.seed(1);
        return instance;
    }
}
