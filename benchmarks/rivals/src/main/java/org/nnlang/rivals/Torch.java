package org.nnlang.rivals;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.hasMKL;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.lstm;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.set_num_interop_threads;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.tanh;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.benchmarks.race.Task.Values;

/// libtorch, through JavaCPP: its own layers and optimizers, as its users write them. Keys, values and queries are one product,
/// attention is the library's, and tensors of a step are given back as soon as it is over.
public final class Torch implements Contender {
    private final List<Tensor> parameters = new ArrayList<>();
    private int heads = 8;

    @Override
    public String who() throws IOException {
        // The same source serves two versions. Its own is that of the binding, before that of JavaCPP.
        String version = Loader.getVersion("org.bytedeco", "pytorch");
        return "libtorch " + version.substring(0, version.indexOf('-')) + (hasMKL() ? " MKL" : "");
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        set_num_threads(threads);
        if (parameters.isEmpty() && !task.workload().equals("W1")) {
            set_num_interop_threads(1);
        }
        parameters.clear();
        return switch (task.workload()) {
            case "W1" -> Optional.of(product(task));
            case "W2" -> {
                dense(task, 6);
                Tensor x = tensor(task.input(0));
                Tensor label = tensor(task.input(1));
                yield Optional.of(training(
                        new Adam(all(), new AdamOptions(1e-3)), () -> cross_entropy_loss(mlp(x, true), label)));
            }
            case "W2t" -> {
                dense(task, 6);
                Tensor x = tensor(task.input(0));
                Tensor y = tensor(task.input(1));
                yield Optional.of(
                        training(new SGD(all(), new SGDOptions(1e-2)), () -> mse_loss(mlp(x, false), y)));
            }
            case "W3" -> Optional.of(lstmTraining(task));
            case "W4" -> {
                gptParameters(task);
                Tensor x = tensor(task.input(0));
                Tensor y = tensor(task.input(1)).view(-1);
                yield Optional.of(training(
                        new AdamW(all(), new AdamWOptions(3e-4)),
                        () -> cross_entropy_loss(gpt(x).view(-1, 96), y)));
            }
            case "W5" -> Optional.of(convolutions(task));
            case "W6" -> {
                if (task.shape().equals("MLP")) {
                    dense(task, 6);
                    Tensor x = tensor(task.input(0));
                    yield Optional.of(inference(() -> mlp(x, true)));
                }
                gptParameters(task);
                Tensor x = tensor(task.input(0));
                yield Optional.of(inference(() -> gpt(x)));
            }
            default -> Optional.empty();
        };
    }

    private Prepared product(Task task) {
        boolean transA = task.shape().endsWith("TN") || task.shape().endsWith("TT");
        boolean transB = task.shape().endsWith("NT") || task.shape().endsWith("TT");
        Tensor a = tensor(task.input(0));
        Tensor b = tensor(task.input(1));
        Tensor left = transA ? a.transpose(0, 1) : a;
        Tensor right = transB ? b.transpose(0, 1) : b;
        Tensor c = zeros(left.size(0), right.size(1));
        return new Prepared() {
            @Override
            public void run() {
                mm_out(c, left, right).close();
            }

            @Override
            public double result() {
                return Checksum.of(c);
            }
        };
    }

    /// Dense layers: ours are stored by input, libtorch's by output.
    private void dense(Task task, int count) {
        for (int i = 0; i < count; i++) {
            Values values = task.parameter(i);
            parameters.add(leaf(values.shape().length == 2 ? turned(values) : tensor(values)));
        }
    }

    private Tensor mlp(Tensor x, boolean rectified) {
        Tensor h = layer(x, 0);
        h = layer(rectified ? relu(h) : tanh(h), 2);
        return layer(rectified ? relu(h) : tanh(h), 4);
    }

    private Tensor layer(Tensor x, int at) {
        return linear(x, parameters.get(at), new TensorOptional(parameters.get(at + 1)));
    }

    private Prepared lstmTraining(Task task) {
        // Our gates are forget, store, update, output; libtorch's are store, forget, update, output.
        parameters.add(leaf(gates(turned(task.parameter(0)))));
        parameters.add(leaf(gates(turned(task.parameter(1)))));
        parameters.add(leaf(gates(tensor(task.parameter(2)))));
        parameters.add(leaf(turned(task.parameter(3))));
        parameters.add(leaf(tensor(task.parameter(4))));
        // It has two biases, of which one would be as good.
        Tensor none = zeros(4 * 256);
        Tensor x = tensor(task.input(0));
        Tensor label = tensor(task.input(1));
        Tensor start = zeros(1, 32, 256);
        var state = new TensorVector(start, start);
        var weights = new TensorVector(parameters.get(0), parameters.get(1), parameters.get(2), none);
        return training(new Adam(all(), new AdamOptions(1e-3)), () -> {
            Tensor last = lstm(x, state, weights, true, 1, 0, true, false, true).get1().select(0, 0);
            return cross_entropy_loss(layer(last, 3), label);
        });
    }

    private static Tensor gates(Tensor rows) {
        return cat(new TensorVector(rows.narrow(0, 256, 256), rows.narrow(0, 0, 256), rows.narrow(0, 512, 512)), 0);
    }

    /// Positions, embedding, and twelve for each block: norm, attention inwards, attention outwards, norm, two dense layers.
    private void gptParameters(Task task) {
        List<Values> values = task.parameters();
        int width = values.get(0).shape()[1];
        parameters.add(leaf(tensor(values.get(0))));
        parameters.add(leaf(tensor(values.get(1))));
        int at = 2;
        while (values.get(at).name().contains("block")) {
            parameters.add(leaf(tensor(values.get(at))));
            parameters.add(leaf(tensor(values.get(at + 1))));
            parameters.add(leaf(cat(
                    new TensorVector(
                            turned(values.get(at + 2)), turned(values.get(at + 4)), turned(values.get(at + 6))),
                    0)));
            parameters.add(leaf(cat(
                    new TensorVector(
                            tensor(values.get(at + 3)), tensor(values.get(at + 5)), tensor(values.get(at + 7))),
                    0)));
            for (int i = at + 8; i < at + 16; i++) {
                Values value = values.get(i);
                parameters.add(leaf(value.shape().length == 2 ? turned(value) : tensor(value)));
            }
            at += 16;
        }
        for (; at < values.size(); at++) {
            Values value = values.get(at);
            parameters.add(leaf(value.shape().length == 2 ? turned(value) : tensor(value)));
        }
        heads = width / 32;
    }

    private Tensor gpt(Tensor tokens) {
        Tensor h = embedding(parameters.get(1), tokens).add(parameters.get(0));
        long b = h.size(0);
        long t = h.size(1);
        long d = h.size(2);
        int at = 2;
        for (; at + 4 < parameters.size(); at += 12) {
            Tensor all = layer(norm(h, at), at + 2).view(b, t, 3, heads, d / heads).permute(2, 0, 3, 1, 4);
            Tensor met = scaled_dot_product_attention(
                    all.select(0, 0), all.select(0, 1), all.select(0, 2), new TensorOptional(), 0, true,
                    new DoubleOptional(), false);
            h = h.add(layer(met.transpose(1, 2).reshape(b, t, d), at + 4));
            h = h.add(layer(gelu(layer(norm(h, at + 6), at + 8)), at + 10));
        }
        return layer(norm(h, at), at + 2);
    }

    private Tensor norm(Tensor x, int at) {
        return layer_norm(
                x,
                new long[] {x.size(2)},
                new TensorOptional(parameters.get(at)),
                new TensorOptional(parameters.get(at + 1)),
                1e-5,
                true);
    }

    private Prepared convolutions(Task task) {
        parameters.add(leaf(tensor(task.parameter(0)).permute(3, 2, 0, 1).contiguous()));
        parameters.add(leaf(tensor(task.parameter(1))));
        parameters.add(leaf(tensor(task.parameter(2)).permute(3, 2, 0, 1).contiguous()));
        parameters.add(leaf(tensor(task.parameter(3))));
        // Ours flattens channels last.
        Tensor first = tensor(task.parameter(4)).view(12, 12, 64, 128).permute(3, 2, 0, 1).reshape(128, 9216);
        parameters.add(leaf(first.contiguous()));
        parameters.add(leaf(tensor(task.parameter(5))));
        parameters.add(leaf(turned(task.parameter(6))));
        parameters.add(leaf(tensor(task.parameter(7))));
        Tensor x = tensor(task.input(0)).view(64, 1, 28, 28);
        Tensor label = tensor(task.input(1));
        return training(new Adam(all(), new AdamOptions(1e-3)), () -> {
            Tensor h = relu(convolved(relu(convolved(x, 0)), 2));
            h = max_pool2d(h, 2, 2).flatten(1, 3);
            return cross_entropy_loss(layer(relu(layer(h, 4)), 6), label);
        });
    }

    private Tensor convolved(Tensor x, int at) {
        return conv2d(
                x,
                parameters.get(at),
                new TensorOptional(parameters.get(at + 1)),
                new long[] {1, 1},
                new long[] {0, 0},
                new long[] {1, 1},
                1);
    }

    private TensorVector all() {
        return new TensorVector(parameters.toArray(Tensor[]::new));
    }

    private static Prepared training(Optimizer optimizer, Supplier<Tensor> loss) {
        return new Prepared() {
            private final Tensor last = zeros(1);

            @Override
            public void run() {
                try (var scope = new PointerScope()) {
                    optimizer.zero_grad();
                    Tensor value = loss.get();
                    value.backward();
                    optimizer.step();
                    last.detach().copy_(value.detach().view(1));
                }
            }

            @Override
            public double result() {
                return last.item_float();
            }
        };
    }

    private static Prepared inference(Supplier<Tensor> model) {
        return new Prepared() {
            private double checksum;
            private boolean wanted;

            @Override
            public void run() {
                try (var scope = new PointerScope();
                        var mode = new InferenceMode()) {
                    Tensor y = model.get();
                    if (wanted) {
                        checksum = Checksum.of(y);
                    }
                }
            }

            @Override
            public double result() {
                wanted = true;
                run();
                wanted = false;
                return checksum;
            }
        };
    }

    private static Tensor leaf(Tensor value) {
        return value.detach().clone().contiguous().set_requires_grad(true);
    }

    private static Tensor turned(Values values) {
        return tensor(values).transpose(0, 1).contiguous();
    }

    private static Tensor tensor(Values values) {
        return values.isFloat()
                ? AbstractTensor.create(values.floats(), values.dims())
                : AbstractTensor.create(values.longs(), values.dims());
    }
}
