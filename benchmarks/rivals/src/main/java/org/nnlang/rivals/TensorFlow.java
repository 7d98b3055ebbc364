package org.nnlang.rivals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nnlang.benchmarks.race.Checksums;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.benchmarks.race.Task.Values;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.BlockLSTM;
import org.tensorflow.op.nn.BlockLSTMGrad;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/// TensorFlow, as a graph of TensorFlow Java: its fused optimizers, its block of an LSTM with that block's own gradient, and
/// models for inference with their weights as constants. No update begins before all gradients are there, because they
/// read what updates write.
public final class TensorFlow implements Contender {
    @Override
    public String who() {
        return "TensorFlow Java 1.1.0";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        var network = new Network(task, threads);
        return switch (task.workload()) {
            case "W2" -> {
                Operand<TFloat32> x = network.floats(0);
                yield Optional.of(network.classifier(network.mlp(x, true), 10));
            }
            case "W2t" -> Optional.of(network.regression());
            case "W3" -> Optional.of(network.lstm());
            case "W4" -> Optional.of(network.classifier(network.gpt(network.ints(0), 16), 96));
            case "W5" -> Optional.of(network.classifier(network.cnn(network.floats(0)), 10));
            case "W6" -> Optional.of(
                    task.shape().equals("MLP")
                            ? network.inference(network.mlp(network.floats(0), true))
                            : network.inference(network.gpt(network.ints(0), 1)));
            default -> Optional.empty();
        };
    }

    private static final class Network {
        private final Task task;
        private final int threads;
        private final Graph graph = new Graph();
        private final Ops tf = Ops.create(graph);
        private final List<Operand<TFloat32>> parameters = new ArrayList<>();
        private final List<Placeholder<?>> places = new ArrayList<>();
        private final List<Tensor> fed = new ArrayList<>();

        Network(Task task, int threads) {
            this.task = task;
            this.threads = threads;
            if (!task.workload().equals("W3")) {
                for (Values values : task.parameters()) {
                    parameters.add(
                            task.workload().equals("W6") ? constant(values) : tf.variable(constant(values)));
                }
            }
        }

        private Operand<TFloat32> constant(Values values) {
            return tf.constant(Shape.of(values.dims()), DataBuffers.of(values.floats()));
        }

        Operand<TFloat32> floats(int input) {
            Values values = task.input(input);
            Placeholder<TFloat32> place =
                    tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(values.dims())));
            places.add(place);
            fed.add(TFloat32.tensorOf(Shape.of(values.dims()), DataBuffers.of(values.floats())));
            return place;
        }

        Operand<TInt32> ints(int input) {
            Values values = task.input(input);
            Placeholder<TInt32> place = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(values.dims())));
            places.add(place);
            fed.add(TInt32.tensorOf(Shape.of(values.dims()), DataBuffers.of(values.ints())));
            return place;
        }

        private Operand<TFloat32> dense(Operand<TFloat32> x, int at) {
            return tf.nn.biasAdd(tf.linalg.matMul(x, parameters.get(at)), parameters.get(at + 1));
        }

        Operand<TFloat32> mlp(Operand<TFloat32> x, boolean rectified) {
            Operand<TFloat32> h = dense(x, 0);
            h = dense(rectified ? tf.nn.relu(h) : tf.math.tanh(h), 2);
            return dense(rectified ? tf.nn.relu(h) : tf.math.tanh(h), 4);
        }

        Operand<TFloat32> cnn(Operand<TFloat32> x) {
            Operand<TFloat32> h = tf.nn.relu(convolved(tf.nn.relu(convolved(x, 0)), 2));
            h = tf.nn.maxPool(h, tf.array(1, 2, 2, 1), tf.array(1, 2, 2, 1), "VALID");
            return dense(tf.nn.relu(dense(tf.reshape(h, tf.array(64, 9216)), 4)), 6);
        }

        private Operand<TFloat32> convolved(Operand<TFloat32> x, int at) {
            return tf.nn.biasAdd(
                    tf.nn.conv2d(x, parameters.get(at), List.of(1L, 1L, 1L, 1L), "VALID"), parameters.get(at + 1));
        }

        /// Logits of all positions, one row for each.
        Operand<TFloat32> gpt(Operand<TInt32> tokens, int batch) {
            int width = task.parameter(0).shape()[1];
            int positions = task.parameter(0).shape()[0];
            int heads = width / 32;
            Operand<TFloat32> h = tf.math.add(
                    tf.gather(parameters.get(1), tokens, tf.constant(0)), parameters.get(0));
            h = tf.reshape(h, tf.array(batch * positions, width));
            float[] forbidden = new float[positions * positions];
            for (int i = 0; i < positions; i++) {
                Arrays.fill(forbidden, i * positions + i + 1, (i + 1) * positions, -1e9f);
            }
            Operand<TFloat32> mask = tf.constant(Shape.of(positions, positions), DataBuffers.of(forbidden));
            int at = 2;
            for (; at + 4 < parameters.size(); at += 16) {
                Operand<TFloat32> y = norm(h, at);
                // Scaling behind the product becomes a path of seconds.
                Operand<TFloat32> q = apart(
                        tf.math.mul(dense(y, at + 2), tf.constant((float) (1 / Math.sqrt(32)))), batch, heads);
                Operand<TFloat32> k = apart(dense(y, at + 4), batch, heads);
                Operand<TFloat32> v = apart(dense(y, at + 6), batch, heads);
                Operand<TFloat32> scores =
                        tf.math.add(tf.train.batchMatMul(q, k, TFloat32.class, BatchMatMul.adjY(true)), mask);
                Operand<TFloat32> met = tf.train.batchMatMul(tf.nn.softmax(scores), v, TFloat32.class);
                met = tf.reshape(
                        tf.linalg.transpose(met, tf.array(0, 2, 1, 3)), tf.array(batch * positions, width));
                h = tf.math.add(h, dense(met, at + 8));
                Operand<TFloat32> wide = dense(norm(h, at + 10), at + 12);
                Operand<TFloat32> gelu = tf.math.mul(
                        tf.math.mul(wide, tf.constant(0.5f)),
                        tf.math.add(
                                tf.math.erf(tf.math.mul(wide, tf.constant((float) Math.sqrt(0.5)))),
                                tf.constant(1f)));
                h = tf.math.add(h, dense(gelu, at + 14));
            }
            return dense(norm(h, at), at + 2);
        }

        private Operand<TFloat32> apart(Operand<TFloat32> x, int batch, int heads) {
            return tf.linalg.transpose(
                    tf.reshape(x, tf.array(batch, -1, heads, 32)), tf.array(0, 2, 1, 3));
        }

        private Operand<TFloat32> norm(Operand<TFloat32> x, int at) {
            Operand<TFloat32> mean = tf.math.mean(x, tf.constant(-1), Mean.keepDims(true));
            Operand<TFloat32> variance =
                    tf.math.mean(tf.math.squaredDifference(x, mean), tf.constant(-1), Mean.keepDims(true));
            Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-5f)));
            return tf.math.add(
                    tf.math.mul(tf.math.mul(tf.math.sub(x, mean), scale), parameters.get(at)),
                    parameters.get(at + 1));
        }

        Prepared classifier(Operand<TFloat32> logits, int classes) {
            Values labels = task.input(1);
            Operand<TInt32> label = tf.reshape(ints(1), tf.array(-1));
            var entropy = tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, label);
            Operand<TFloat32> loss = tf.math.mean(entropy.loss(), tf.constant(0));
            Operand<TFloat32> seed =
                    tf.math.mul(entropy.backprop(), tf.constant(1f / labels.ints().length));
            List<Operand<TFloat32>> gradients = gradients(logits, seed, parameters);
            return training(loss, gradients);
        }

        private List<Operand<TFloat32>> gradients(
                Operand<TFloat32> of, Operand<TFloat32> seed, List<Operand<TFloat32>> by) {
            Gradients found = tf.gradients(of, by, Gradients.dx(List.of(seed)));
            List<Operand<TFloat32>> gradients = new ArrayList<>();
            for (int i = 0; i < by.size(); i++) {
                gradients.add(found.<TFloat32>dy(i));
            }
            return gradients;
        }

        Prepared regression() {
            Operand<TFloat32> y = mlp(floats(0), false);
            Operand<TFloat32> difference = tf.math.sub(y, floats(1));
            Operand<TFloat32> loss = tf.math.mean(tf.math.mul(difference, difference), tf.array(0, 1));
            Operand<TFloat32> seed = tf.math.mul(difference, tf.constant(2f / 32));
            List<Operand<TFloat32>> gradients = gradients(y, seed, parameters);
            Ops after = tf.withControlDependencies(new ArrayList<Op>(gradients));
            List<Op> updates = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                updates.add(after.train.applyGradientDescent(
                        parameters.get(i), tf.constant(1e-2f), gradients.get(i)));
            }
            return new Steps(loss, updates, null, null);
        }

        /// Adam, or, for the GPT, AdamW.
        private Prepared training(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
            boolean decays = task.workload().equals("W4");
            float rate = decays ? 3e-4f : 1e-3f;
            Placeholder<TFloat32> power1 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
            Placeholder<TFloat32> power2 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
            List<Op> all = new ArrayList<>(gradients);
            all.add(loss);
            Ops after = tf.withControlDependencies(all);
            List<Op> updates = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                Operand<TFloat32> parameter = parameters.get(i);
                Shape shape = parameter.shape();
                Operand<TFloat32> zeros = tf.zeros(tf.constant(shape), TFloat32.class);
                Variable<TFloat32> m = tf.variable(zeros);
                Variable<TFloat32> v = tf.variable(zeros);
                Ops next = after;
                if (decays) {
                    next = tf.withControlDependencies(List.of(after.assign(
                            parameter, after.math.mul(parameter, tf.constant(1 - rate * 0.01f)))));
                }
                updates.add(next.train.applyAdam(
                        parameter,
                        m,
                        v,
                        power1,
                        power2,
                        tf.constant(rate),
                        tf.constant(0.9f),
                        tf.constant(0.999f),
                        tf.constant(1e-8f),
                        gradients.get(i)));
            }
            return new Steps(loss, updates, power1, power2);
        }

        Prepared lstm() {
            Values w = task.parameter(0);
            Values u = task.parameter(1);
            Values b = task.parameter(2);
            // Our gates are forget, store, update, output; its are store, forget, update, output. Input and state are one matrix.
            float[] joined = new float[(64 + 256) * 1024];
            float[] bias = new float[1024];
            int[] from = {1, 0, 2, 3};
            for (int gate = 0; gate < 4; gate++) {
                for (int row = 0; row < 320; row++) {
                    float[] source = row < 64 ? w.floats() : u.floats();
                    int at = (row < 64 ? row : row - 64) * 1024 + from[gate] * 256;
                    System.arraycopy(source, at, joined, row * 1024 + gate * 256, 256);
                }
                System.arraycopy(b.floats(), from[gate] * 256, bias, gate * 256, 256);
            }
            parameters.add(tf.variable(tf.constant(Shape.of(320, 1024), DataBuffers.of(joined))));
            parameters.add(tf.variable(tf.constant(Shape.of(1024), DataBuffers.of(bias))));
            parameters.add(tf.variable(constant(task.parameter(3))));
            parameters.add(tf.variable(constant(task.parameter(4))));
            Operand<TFloat32> x = tf.linalg.transpose(floats(0), tf.array(1, 0, 2));
            Operand<TFloat32> zeros = tf.zeros(tf.array(32, 256), TFloat32.class);
            Operand<TFloat32> none = tf.zeros(tf.array(256), TFloat32.class);
            Operand<TInt64> steps = tf.constant(64L);
            BlockLSTM<TFloat32> block = tf.nn.blockLSTM(
                    steps, x, zeros, zeros, parameters.get(0), none, none, none, parameters.get(1),
                    BlockLSTM.cellClip(-1f), BlockLSTM.usePeephole(false));
            Operand<TFloat32> last = tf.reshape(
                    tf.slice(block.h(), tf.array(63, 0, 0), tf.array(1, 32, 256)), tf.array(32, 256));
            Operand<TFloat32> logits = dense(last, 2);
            var entropy = tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, ints(1));
            Operand<TFloat32> loss = tf.math.mean(entropy.loss(), tf.constant(0));
            Operand<TFloat32> seed = tf.math.mul(entropy.backprop(), tf.constant(1f / 32));
            List<Operand<TFloat32>> behind =
                    gradients(logits, seed, List.of(last, parameters.get(2), parameters.get(3)));
            Operand<TFloat32> nothing = tf.zeros(tf.array(63, 32, 256), TFloat32.class);
            Operand<TFloat32> byOutputs = tf.concat(
                    List.of(nothing, tf.reshape(behind.get(0), tf.array(1, 32, 256))), tf.constant(0));
            BlockLSTMGrad<TFloat32> back = tf.nn.blockLSTMGrad(
                    steps, x, zeros, zeros, parameters.get(0), none, none, none, parameters.get(1), block.i(),
                    block.cs(), block.f(), block.o(), block.ci(), block.co(), block.h(),
                    tf.zeros(tf.array(64, 32, 256), TFloat32.class), byOutputs, false);
            return training(loss, List.of(back.wGrad(), back.bGrad(), behind.get(1), behind.get(2)));
        }

        Prepared inference(Operand<TFloat32> output) {
            return new Steps(output, List.of(), null, null);
        }

        private final class Steps implements Prepared {
            private final Operand<TFloat32> loss;
            private final List<Op> updates;
            private final Placeholder<TFloat32> power1;
            private final Placeholder<TFloat32> power2;
            private final Session session;
            private double beta1 = 1;
            private double beta2 = 1;
            private boolean wanted;
            private double result;

            Steps(
                    Operand<TFloat32> loss, List<Op> updates, Placeholder<TFloat32> power1,
                    Placeholder<TFloat32> power2) {
                this.loss = loss;
                this.updates = updates;
                this.power1 = power1;
                this.power2 = power2;
                session = new Session(
                        graph,
                        ConfigProto.newBuilder()
                                .setIntraOpParallelismThreads(threads)
                                .setInterOpParallelismThreads(threads)
                                .build());
                session.initialize();
            }

            @Override
            public void run() {
                Session.Runner runner = session.runner().fetch(loss);
                for (int i = 0; i < fed.size(); i++) {
                    runner.feed(places.get(i), fed.get(i));
                }
                for (Op update : updates) {
                    runner.addTarget(update);
                }
                if (power1 == null) {
                    fetch(runner);
                    return;
                }
                beta1 *= 0.9;
                beta2 *= 0.999;
                try (TFloat32 first = TFloat32.scalarOf((float) beta1);
                        TFloat32 second = TFloat32.scalarOf((float) beta2)) {
                    fetch(runner.feed(power1, first).feed(power2, second));
                }
            }

            private void fetch(Session.Runner runner) {
                try (Result all = runner.run()) {
                    var value = (TFloat32) all.get(0);
                    if (value.shape().isScalar()) {
                        result = value.getFloat();
                    } else if (wanted) {
                        float[] values = new float[(int) value.shape().size()];
                        value.asRawTensor().data().asFloats().read(values);
                        result = Checksums.of(values, 0, values.length);
                    }
                }
            }

            @Override
            public double result() {
                if (updates.isEmpty()) {
                    wanted = true;
                    run();
                    wanted = false;
                }
                return result;
            }

            @Override
            public void close() {
                session.close();
                graph.close();
            }
        }
    }
}
