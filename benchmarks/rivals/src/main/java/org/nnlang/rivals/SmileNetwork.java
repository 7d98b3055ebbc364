package org.nnlang.rivals;

import java.util.Optional;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.benchmarks.race.Task.Values;
import smile.model.mlp.Layer;
import smile.model.mlp.LayerBuilder;
import smile.model.mlp.OutputFunction;
import smile.regression.MLP;
import smile.util.function.TimeFunction;

/// Smile's multi-layer perceptron, in mini-batches. Its cost is half of the squared difference, so its rate is twice ours. It has no
/// Adam: in W2 it runs with RMSProp, so that its start can be measured, and nobody compares results.
public final class SmileNetwork implements Contender {
    /// Runs of which the loss is wanted, and computed before the update.
    private static final int COMPARED = 16;

    @Override
    public String who() {
        return "Smile 6.3.0";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        return Optional.of(task.workload().equals("W2") ? classifier(task) : regression(task));
    }

    private static Prepared classifier(Task task) {
        var network = new smile.classification.MLP(
                Layer.input(784), Layer.rectifier(512), Layer.rectifier(256), Layer.mle(10, OutputFunction.SOFTMAX));
        network.setLearningRate(TimeFunction.constant(1e-3));
        network.setRMSProp(0.999, 1e-8);
        float[] pixels = task.input(0).floats();
        int[] labels = task.input(1).ints();
        double[][] x = new double[labels.length][784];
        for (int i = 0; i < pixels.length; i++) {
            x[i / 784][i % 784] = pixels[i];
        }
        return new Prepared() {
            @Override
            public void run() {
                network.update(x, labels);
            }

            @Override
            public double result() {
                return network.predict(x[0]);
            }
        };
    }

    private static Prepared regression(Task task) {
        var network = new Network(
                Layer.input(2), Layer.tanh(16), Layer.tanh(16), Layer.mse(1, OutputFunction.LINEAR));
        network.begin(task);
        int rows = task.input(0).shape()[0];
        double[][] x = new double[rows][2];
        double[] y = new double[rows];
        for (int i = 0; i < rows; i++) {
            x[i][0] = task.input(0).floats()[2 * i];
            x[i][1] = task.input(0).floats()[2 * i + 1];
            y[i] = task.input(1).floats()[i];
        }
        return new Prepared() {
            private int count;
            private double loss;

            @Override
            public void run() {
                if (count < COMPARED) {
                    count++;
                    loss = 0;
                    for (int i = 0; i < rows; i++) {
                        double difference = network.predict(x[i]) - y[i];
                        loss += difference * difference / rows;
                    }
                }
                network.update(x, y);
            }

            @Override
            public double result() {
                return loss;
            }
        };
    }

    private static final class Network extends MLP {
        private static final long serialVersionUID = 1;

        Network(LayerBuilder... layers) {
            super(layers);
            setLearningRate(TimeFunction.constant(2e-2));
        }

        void begin(Task task) {
            set(net[1], task, 0);
            set(net[2], task, 2);
            set(output, task, 4);
        }

        private static void set(Layer layer, Task task, int at) {
            Values weights = task.parameter(at);
            int columns = weights.shape()[1];
            for (int i = 0; i < weights.shape()[0]; i++) {
                for (int j = 0; j < columns; j++) {
                    layer.weight().set(j, i, weights.floats()[i * columns + j]);
                }
            }
            for (int j = 0; j < columns; j++) {
                layer.bias().set(j, task.parameter(at + 1).floats()[j]);
            }
        }
    }
}
