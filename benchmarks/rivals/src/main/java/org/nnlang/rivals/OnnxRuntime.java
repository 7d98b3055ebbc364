package org.nnlang.rivals;

import static org.nnlang.rivals.OnnxModel.attribute;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nnlang.benchmarks.race.Checksums;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.benchmarks.race.Task.Values;

/// ONNX Runtime with all its optimizations, on a model that is written here; input and output stay where they are.
public final class OnnxRuntime implements Contender {
    @Override
    public String who() {
        return "ONNX Runtime 1.29.0";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) throws OrtException {
        boolean mlp = task.shape().equals("MLP");
        byte[] model = mlp ? mlp(task) : gpt(task);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        var options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        OrtSession session = environment.createSession(model, options);
        Values values = task.input(0);
        ByteBuffer bytes = direct(Math.max(values.floats().length, values.ints().length));
        OnnxTensor input;
        if (values.isFloat()) {
            bytes.asFloatBuffer().put(values.floats());
            input = OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), values.dims());
        } else {
            bytes.asIntBuffer().put(values.ints());
            input = OnnxTensor.createTensor(environment, bytes.asIntBuffer(), values.dims());
        }
        int size = mlp ? 10 : 128 * 96;
        FloatBuffer out = direct(size).asFloatBuffer();
        OnnxTensor output = OnnxTensor.createTensor(environment, out, mlp ? new long[] {1, 10} : new long[] {128, 96});
        String name = session.getOutputNames().iterator().next();
        Map<String, OnnxTensor> inputs = Map.of(values.name(), input);
        Map<String, OnnxTensor> outputs = Map.of(name, output);
        return Optional.of(new Prepared() {
            @Override
            public void run() {
                try {
                    session.run(inputs, outputs).close();
                } catch (OrtException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public double result() {
                float[] copy = new float[size];
                out.get(0, copy);
                return Checksums.of(copy, 0, size);
            }
        });
    }

    private static ByteBuffer direct(int elements) {
        return ByteBuffer.allocateDirect(4 * elements).order(ByteOrder.nativeOrder());
    }

    private static byte[] mlp(Task task) {
        var model = new OnnxModel();
        String h = model.input(task.input(0));
        for (int at = 0; at < 6; at += 2) {
            h = model.node("Gemm", h, weight(model, task, at), weight(model, task, at + 1));
            if (at < 4) {
                h = model.node("Relu", h);
            }
        }
        return model.finish(h, 1, 10);
    }

    private static String weight(OnnxModel model, Task task, int at) {
        Values values = task.parameter(at);
        return model.weight(values.name(), values.floats(), values.shape());
    }

    private static byte[] gpt(Task task) {
        var model = new OnnxModel();
        List<Values> parameters = task.parameters();
        int width = parameters.getFirst().shape()[1];
        int positions = parameters.getFirst().shape()[0];
        int heads = width / 32;
        String tokens = model.input(task.input(0));
        String embedded = model.node("Gather", weight(model, task, 1), tokens);
        String h = model.node(
                "Reshape",
                model.node("Add", embedded, weight(model, task, 0)),
                model.integers(positions, width));
        float[] forbidden = new float[positions * positions];
        for (int i = 0; i < positions; i++) {
            Arrays.fill(forbidden, i * positions + i + 1, (i + 1) * positions, -1e9f);
        }
        String mask = model.weight("mask", forbidden, positions, positions);
        String scale = model.weight("scale", new float[] {(float) (1 / Math.sqrt(32))});
        String apart = model.integers(positions, heads, 32);
        String together = model.integers(positions, width);
        int at = 2;
        for (; at + 4 < parameters.size(); at += 16) {
            String y = norm(model, task, h, at);
            String q = turned(model, apart, model.node("Mul", dense(model, task, y, at + 2), scale), 1, 0, 2);
            String k = turned(model, apart, dense(model, task, y, at + 4), 1, 2, 0);
            String v = turned(model, apart, dense(model, task, y, at + 6), 1, 0, 2);
            String scores = model.node("Add", model.node("MatMul", q, k), mask);
            String weights = model.node("Softmax", new byte[][] {attribute("axis", -1)}, scores);
            String met = model.node(
                    "Transpose",
                    new byte[][] {attribute("perm", new long[] {1, 0, 2})},
                    model.node("MatMul", weights, v));
            h = model.node("Add", h, dense(model, task, model.node("Reshape", met, together), at + 8));
            String wide = dense(model, task, norm(model, task, h, at + 10), at + 12);
            h = model.node("Add", h, dense(model, task, model.node("Gelu", wide), at + 14));
        }
        return model.finish(dense(model, task, norm(model, task, h, at), at + 2), positions, 96);
    }

    private static String turned(OnnxModel model, String shape, String x, long... order) {
        return model.node(
                "Transpose", new byte[][] {attribute("perm", order)}, model.node("Reshape", x, shape));
    }

    private static String dense(OnnxModel model, Task task, String x, int at) {
        return model.node("Gemm", x, weight(model, task, at), weight(model, task, at + 1));
    }

    private static String norm(OnnxModel model, Task task, String x, int at) {
        return model.node(
                "LayerNormalization",
                new byte[][] {attribute("axis", -1), attribute("epsilon", 1e-5f)},
                x,
                weight(model, task, at),
                weight(model, task, at + 1));
    }
}
