package org.nnlang.opencl;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nnlang.runtime.train.TrainingPlan;

/// Trainings of one step, small and with odd ends, of every kind of kernel, with all gradients: the new parameters tell
/// these. A name says what it is that takes part.
final class Shapes {
    private Shapes() {}

    static Map<String, TrainingPlan> all() {
        var all = new LinkedHashMap<String, TrainingPlan>();
        // Blocks, and rows that none fills.
        of(all, "attention", "q: f32[2, 5, 4]; k: f32[2, 7, 4]; v: f32[2, 7, 3]", "attention(q, k, v)");
        of(all, "causal attention", "q: f32[1, 35, 6]; k: f32[1, 35, 6]; v: f32[1, 35, 5]",
                "attention(q, k, v, causal = true)");
        of(all, "padded attention", "q: f32[2, 3, 4, 5]; k: f32[2, 3, 6, 5]; v: f32[2, 3, 6, 5]",
                "attention(q, k, v, mask = reshape(arange(12) % 5 != 0, [2, 1, 1, 6]))");
        of(all, "convolution", "x: f32[2, 6, 5, 3]; W: f32[3, 2, 3, 4]; b: f32[4]", "relu(convolve(x, W) + b)");
        of(all, "convolution with strides, zeros and holes", "x: f32[2, 6, 5, 4]; W: f32[3, 2, 2, 6]",
                "convolve(x, W, stride = [2, 1], before = [1, 0], after = [2, 1], dilation = [1, 2])");
        of(all, "transposed convolution", "x: f32[2, 3, 4, 4]; W: f32[3, 2, 2, 4]",
                "convolve_transposed(x, W, stride = [2, 3], before = [1, 0], after = [0, 1], groups = 2)");
        of(all, "depthwise convolution", "x: f32[2, 7, 6, 5]; W: f32[3, 3, 1, 5]",
                "convolve(x, W, stride = [2, 1], before = [1, 1], after = [1, 1])");
        of(all, "pooling", "x: f32[2, 6, 5, 3]",
                "max_pool(x, [3, 3], [2, 2], [1, 1], [1, 2]) + average_pool(x, [3, 3], [2, 2], [1, 1], [1, 2])");
        of(all, "products", "a: f32[3, 9, 17]; b: f32[3, 17, 11]; c: f32[33, 2]",
                "tanh(einsum(a, b, \"i m k, i k n -> i m n\")) + sum(einsum(c, c, \"m k, n k -> m n\"))");
        of(all, "rows", "x: f32[5, 37]; g: f32[37]",
                "softmax(x) * g + log_softmax(x) + sum(x, axis = 0) + max(x, axis = -1, keep = true)");
        of(all, "columns of many rows", "x: f32[260, 132]", "sum(x * x, axis = 0) + max(x, axis = 0)");
        of(all, "few long rows", "x: f32[2, 4500]", "softmax(x) * max(x, axis = -1, keep = true)");
        of(all, "places", "x: f32[4, 6]",
                "concat([transpose(x[1:, ::2]), pad(x[:3, :2], [0, 1], [1, 0])], axis = 0)");
        of(all, "rows of a table", "table: f32[5, 7]", "gather(table, arange(12) * 2 % 5)");
        of(all, "order and running sums", "x: f32[3, 11]", "cumsum(x) * f32(argsort(x)) + cumsum(x, reverse = true)");
        of(all, "a loop", "xs: f32[2, 4, 3]", "LSTM(5)(xs).out");
        of(all, "a loop backwards", "xs: f32[2, 3, 3]", "GRU(2, reversed = true)(xs).out");
        of(all, "draws", "x: f32[5, 7]", "Dropout(0.3)(x) * normal([5, 7]) + uniform([5, 7]) * x");
        for (String optimizer : new String[] {
            "AdamW(1e-2, decay = 0.1) clip by_norm(0.5)", "SGD(1e-2, momentum = 0.9) every 2"}) {
            all.put(optimizer, plan("x: f32[3, 7]; W: f32[7, 6]; b: f32[6]", "LayerNorm()(x @ W + b)", optimizer, 3));
        }
        return all;
    }

    private static void of(Map<String, TrainingPlan> all, String name, String parameters, String function) {
        all.put(name, plan(parameters, function, "SGD(1.0)", 1));
    }

    private static TrainingPlan plan(String parameters, String function, String optimizer, int steps) {
        var declared = new StringBuilder();
        for (String parameter : parameters.split(";")) {
            declared.append("    param ").append(parameter.strip()).append(" ~ normal()\n");
        }
        return Lines.plan("""
                layer Point()() -> f32 {
                %s    val y = %s
                    sum(y * reshape(sin(f32(arange(product(shape(y))))), shape(y)))
                }

                train Slope(steps: Int = 1, seed: Int = 5) {
                    val point = Point()
                    step { minimize point() with %s }
                }
                """.formatted(declared, function, optimizer), Map.of("steps", Integer.toString(steps)));
    }
}
