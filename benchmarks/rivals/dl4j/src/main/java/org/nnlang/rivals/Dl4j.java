package org.nnlang.rivals;

import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nnlang.benchmarks.race.Checksums;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.benchmarks.race.Task.Values;

/// DL4J: networks of its own layers, in its own workspaces, without the garbage collections that it asks for by itself.
public final class Dl4j implements Contender {
    @Override
    public String who() {
        return "DL4J 1.0.0-M2.1";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        return switch (task.workload()) {
            case "W2" -> {
                MultiLayerNetwork network = perceptron(task, new Adam(1e-3));
                yield Optional.of(training(network, array(task.input(0)), classes(task.input(1))));
            }
            case "W2t" -> {
                MultiLayerNetwork network = network(
                        new Sgd(1e-2),
                        null,
                        dense(2, 16, Activation.TANH),
                        dense(16, 16, Activation.TANH),
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(16)
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build());
                threeLayers(network, task);
                yield Optional.of(training(network, array(task.input(0)), array(task.input(1))));
            }
            case "W3" -> Optional.of(lstm(task));
            case "W5" -> Optional.of(convolutions(task));
            case "W6" -> {
                if (!task.shape().equals("MLP")) {
                    yield Optional.empty();
                }
                MultiLayerNetwork network = network(
                        new Adam(1e-3),
                        null,
                        dense(784, 512, Activation.RELU),
                        dense(512, 256, Activation.RELU),
                        // Logits are wanted, and a softmax would be on top.
                        dense(256, 10, Activation.IDENTITY));
                threeLayers(network, task);
                yield Optional.of(inference(network, array(task.input(0))));
            }
            default -> Optional.empty();
        };
    }

    private static MultiLayerNetwork perceptron(Task task, IUpdater updater) {
        MultiLayerNetwork network = network(
                updater, null, dense(784, 512, Activation.RELU), dense(512, 256, Activation.RELU), classifier(256));
        threeLayers(network, task);
        return network;
    }

    private static Prepared lstm(Task task) {
        MultiLayerNetwork network = network(
                new Adam(1e-3),
                null,
                new LastTimeStep(new LSTM.Builder()
                        .nIn(64)
                        .nOut(256)
                        .activation(Activation.TANH)
                        .gateActivationFunction(Activation.SIGMOID)
                        .build()),
                classifier(256));
        // Our gates are forget, store, update, output; its are update, forget, output, store.
        network.setParam("0_W", gates(array(task.parameter(0))));
        network.setParam("0_RW", gates(array(task.parameter(1))));
        network.setParam("0_b", gates(array(task.parameter(2)).reshape(1, 1024)));
        dense(network, task, 1, 3);
        // Time comes last.
        return training(network, array(task.input(0)).permute(0, 2, 1).dup(), classes(task.input(1)));
    }

    private static INDArray gates(INDArray columns) {
        return Nd4j.concat(1, gate(columns, 2), gate(columns, 0), gate(columns, 3), gate(columns, 1));
    }

    private static INDArray gate(INDArray columns, int index) {
        return columns.get(NDArrayIndex.all(), NDArrayIndex.interval(256L * index, 256L * (index + 1)));
    }

    private static Prepared convolutions(Task task) {
        MultiLayerNetwork network = network(
                new Adam(1e-3),
                InputType.convolutional(28, 28, 1),
                convolution(1, 32),
                convolution(32, 64),
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build(),
                dense(9216, 128, Activation.RELU),
                classifier(128));
        convolution(network, task, 0, 0);
        convolution(network, task, 1, 2);
        // Ours flattens channels last.
        network.setParam(
                "3_W",
                array(task.parameter(4)).reshape(12, 12, 64, 128).permute(2, 0, 1, 3).dup('c').reshape(9216, 128));
        bias(network, 3, task.parameter(5));
        dense(network, task, 4, 6);
        return training(network, array(task.input(0)).reshape(64, 1, 28, 28), classes(task.input(1)));
    }

    private static MultiLayerNetwork network(IUpdater updater, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder builder = new NeuralNetConfiguration.Builder()
                .updater(updater)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .list(layers);
        if (input != null) {
            builder.setInputType(input);
        }
        MultiLayerConfiguration configuration = builder.build();
        var network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static Layer dense(int in, int out, Activation activation) {
        return new DenseLayer.Builder().nIn(in).nOut(out).activation(activation).build();
    }

    private static Layer convolution(int in, int out) {
        return new ConvolutionLayer.Builder(3, 3).nIn(in).nOut(out).activation(Activation.RELU).build();
    }

    private static Layer classifier(int in) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(in)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /// Gives a perceptron of three layers its weights.
    private static void threeLayers(MultiLayerNetwork network, Task task) {
        for (int layer = 0; layer < 3; layer++) {
            dense(network, task, layer, 2 * layer);
        }
    }

    private static void dense(MultiLayerNetwork network, Task task, int layer, int at) {
        network.setParam(layer + "_W", array(task.parameter(at)));
        bias(network, layer, task.parameter(at + 1));
    }

    private static void bias(MultiLayerNetwork network, int layer, Values bias) {
        network.setParam(layer + "_b", array(bias).reshape(1, bias.floats().length));
    }

    private static void convolution(MultiLayerNetwork network, Task task, int layer, int at) {
        network.setParam(layer + "_W", array(task.parameter(at)).permute(3, 2, 0, 1).dup('c'));
        bias(network, layer, task.parameter(at + 1));
    }

    private static Prepared training(MultiLayerNetwork network, INDArray x, INDArray y) {
        var batch = new DataSet(x, y);
        return new Prepared() {
            @Override
            public void run() {
                network.fit(batch);
            }

            @Override
            public double result() {
                return network.score();
            }
        };
    }

    private static Prepared inference(MultiLayerNetwork network, INDArray x) {
        return new Prepared() {
            private INDArray y = x;

            @Override
            public void run() {
                y = network.output(x);
            }

            @Override
            public double result() {
                float[] values = y.data().asFloat();
                return Checksums.of(values, 0, values.length);
            }
        };
    }

    private static INDArray array(Values values) {
        return Nd4j.createFromArray(values.floats()).reshape(values.dims());
    }

    private static INDArray classes(Values labels) {
        INDArray hot = Nd4j.zeros(labels.ints().length, 10);
        for (int i = 0; i < labels.ints().length; i++) {
            hot.putScalar(i, labels.ints()[i], 1);
        }
        return hot;
    }
}
