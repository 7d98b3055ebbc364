package org.nnlang.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nnlang.compiler.pipeline.Probe;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.tensor.Tensor;

/// What a model answered to examples, and what would have been right.
final class Verdicts {
    /// Examples that are kept to be shown.
    private static final int SAMPLES = 12;

    /// Pairs of numbers that are kept.
    private static final int PAIRS = 1000;

    private final Map<String, Judgement> judgements = new TreeMap<>();
    private int epoch;
    private long step;

    /// Answers of one kind.
    ///
    /// @param classes 0 where answers are numbers
    /// @param counts examples of a class (the row) for which the model chose another (the column); empty for numbers
    /// @param examples the first ones
    /// @param mistakes those with the wrong class of which the model was most certain, the most certain first
    /// @param pairs the first truths with their answers, each an array of two; empty for classes
    record Judgement(
            String function, int classes, long[][] counts, List<Sample> examples, List<Sample> mistakes,
            List<double[]> pairs) {}

    /// An example.
    ///
    /// @param inputs the model's, without the batch
    /// @param truth the class, or the numbers
    /// @param certainty the answer's probability, by its softmax
    record Sample(Map<String, Tensor> inputs, Tensor truth, Tensor answer, double certainty) {}

    /// Forgets what was judged before.
    void begin(int ofEpoch, long ofStep) {
        judgements.clear();
        epoch = ofEpoch;
        step = ofStep;
    }

    /// The epoch in which it was judged, or that of the step.
    int epoch() {
        return epoch;
    }

    /// The step whose batch was judged; 0 for a validation.
    long step() {
        return step;
    }

    List<Judgement> judgements() {
        return List.copyOf(judgements.values());
    }

    /// The same, which stays as it is.
    Verdicts copy() {
        var copy = new Verdicts();
        copy.epoch = epoch;
        copy.step = step;
        judgements.forEach((name, judgement) -> {
            long[][] counts = new long[judgement.counts().length][];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = judgement.counts()[i].clone();
            }
            copy.judgements.put(
                    name,
                    new Judgement(
                            judgement.function(), judgement.classes(), counts, List.copyOf(judgement.examples()),
                            List.copyOf(judgement.mistakes()), List.copyOf(judgement.pairs())));
        });
        return copy;
    }

    /// Takes in a batch.
    ///
    /// @param probe what the outputs of `instance` are
    /// @param loop the instance whose batch it was
    void add(Probe probe, Instance instance, Instance loop) {
        for (Probe.Judged judged : probe.judged()) {
            Judgement judgement = judgements.computeIfAbsent(
                    judged.answer(),
                    _ -> new Judgement(
                            judged.function(), judged.classes(), new long[judged.classes()][judged.classes()],
                            new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            Tensor answer = instance.tensor(instance.outputPort(judged.answer()));
            Tensor truth = instance.tensor(instance.outputPort(judged.truth()));
            if (judged.classes() > 0) {
                classes(judgement, answer, truth, loop);
            } else {
                numbers(judgement, answer, truth, loop);
            }
        }
    }

    private static void classes(Judgement judgement, Tensor answer, Tensor truth, Instance loop) {
        int classes = judgement.classes();
        boolean examples = truth.shape().length == 1;
        for (int i = 0; i < truth.size(); i++) {
            int label = (int) truth.get(i);
            if (label < 0 || label >= classes) {
                continue; // padding
            }
            int chosen = 0;
            for (int k = 1; k < classes; k++) {
                if (answer.get(i * classes + k) > answer.get(i * classes + chosen)) {
                    chosen = k;
                }
            }
            judgement.counts()[label][chosen]++;
            boolean first = judgement.examples().size() < SAMPLES;
            double certainty = examples && (first || chosen != label) ? certainty(answer, i, classes, chosen) : 0;
            boolean mistake = chosen != label && (judgement.mistakes().size() < SAMPLES
                    || certainty > judgement.mistakes().getLast().certainty());
            if (!examples || !first && !mistake) {
                continue;
            }
            var sample = new Sample(
                    inputs(loop, i, truth.size()), Tensor.of(new float[] {label}), Tensor.of(new float[] {chosen}),
                    certainty);
            if (first) {
                judgement.examples().add(sample);
            }
            if (mistake) {
                judgement.mistakes().add(sample);
                judgement.mistakes().sort((a, b) -> Double.compare(b.certainty(), a.certainty()));
                if (judgement.mistakes().size() > SAMPLES) {
                    judgement.mistakes().removeLast();
                }
            }
        }
    }

    private static double certainty(Tensor logits, int row, int classes, int chosen) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits.get(row * classes + k) - logits.get(row * classes + chosen));
        }
        return 1 / sum;
    }

    private static void numbers(Judgement judgement, Tensor answer, Tensor truth, Instance loop) {
        for (int i = 0; i < truth.size() && judgement.pairs().size() < PAIRS; i++) {
            judgement.pairs().add(new double[] {truth.get(i), answer.get(i)});
        }
        int batch = truth.shape()[0];
        for (int i = 0; i < batch && judgement.examples().size() < SAMPLES; i++) {
            judgement.examples()
                    .add(new Sample(inputs(loop, i, batch), slice(truth, i), slice(answer, i), 0));
        }
    }

    /// An example's fields as the loop was given them.
    private static Map<String, Tensor> inputs(Instance loop, int index, int batch) {
        Map<String, Tensor> inputs = new TreeMap<>();
        for (String name : loop.inputs()) {
            Port port = loop.input(name);
            int[] shape = loop.shape(port);
            if (shape.length > 1 && shape[0] == batch) {
                inputs.put(name, slice(port, loop, index));
            }
        }
        return inputs;
    }

    private static Tensor slice(Port port, Instance loop, int index) {
        int[] shape = loop.shape(port);
        int size = loop.size(port) / shape[0];
        int from = loop.offset(port) + index * size;
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = port.place().ints() ? loop.ints(port)[from + i] : loop.floats(port)[from + i];
        }
        return Tensor.of(values, tail(shape));
    }

    private static Tensor slice(Tensor tensor, int index) {
        int size = tensor.size() / tensor.shape()[0];
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = tensor.get(index * size + i);
        }
        return Tensor.of(values, tail(tensor.shape()));
    }

    private static int[] tail(int[] shape) {
        return Arrays.copyOfRange(shape, 1, shape.length);
    }
}
