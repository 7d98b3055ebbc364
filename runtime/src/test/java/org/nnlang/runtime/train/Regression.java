package org.nnlang.runtime.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.program.Buffer;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.train.TrainingPlan.Loop;
import org.nnlang.runtime.train.TrainingPlan.Report;

/// A linear regression, written by hand as the compiler would: y = w·x by momentum, over data with fields `features`
/// f32[2] and `target` f32. Its metrics are the loss and, by a state, how many examples an epoch has seen.
final class Regression {
    static final int FEATURES = 2;

    static final List<Variable> VARIABLES = List.of(
            new Variable("net.w", Segment.PARAMETERS, DType.F32, List.of(FEATURES), 0),
            new Variable("m.net.w", Segment.SLOTS, DType.F32, List.of(FEATURES), 0),
            new Variable("seen", Segment.STATES, DType.F32, List.of(), 0),
            new Variable("judged", Segment.STATES, DType.I32, List.of(), 0));

    private final List<Extent> extents = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();

    /// What is done, and with what.
    private float rate = 0.05f;
    private int delayMillis;
    private @Nullable DataExpression tested;

    Regression rate(float chosen) {
        rate = chosen;
        return this;
    }

    Regression delay(int millis) {
        delayMillis = millis;
        return this;
    }

    Regression tested(DataExpression data) {
        tested = data;
        return this;
    }

    private int extent(Extent extent) {
        extents.add(extent);
        return extents.size() - 1;
    }

    private Port port(String name, Segment segment, boolean ints, int perItem, boolean batched) {
        int size = extent(batched
                ? new Extent(-1, List.of(new Extent.Term(perItem, 1, List.of(0))))
                : Extent.of(perItem));
        buffers.add(new Buffer(name, segment, ints, size, -1, 0, 0));
        int offset = extent(new Extent(buffers.size() - 1, List.of()));
        return new Port(name, ints ? DType.I32 : DType.F32, batched || perItem > 1 ? List.of(size) : List.of(),
                new Place(segment, ints, offset));
    }

    private Loop loop(String name, @Nullable DataExpression data, List<Report> reports, boolean learns) {
        extents.clear();
        buffers.clear();
        int batch = extent(new Extent(-1, List.of(new Extent.Term(1, 1, List.of(0)))));
        Port x = port("x", Segment.INPUTS, false, FEATURES, true);
        Port y = port("y", Segment.INPUTS, false, 1, true);
        Port step = port("step", Segment.INPUTS, true, 1, false);
        var outputs = new ArrayList<Port>();
        for (Report report : reports) {
            outputs.add(port(report.output(), Segment.OUTPUTS, false, 1, false));
        }
        float chosen = rate;
        int delay = delayMillis;
        var gradient = new float[FEATURES];
        CompiledProgram program = frame -> {
            float[] in = frame.floats(Segment.INPUTS.ordinal());
            float[] out = frame.floats(Segment.OUTPUTS.ordinal());
            float[] w = frame.floats(Segment.PARAMETERS.ordinal());
            float[] m = frame.floats(Segment.SLOTS.ordinal());
            float[] seen = frame.floats(Segment.STATES.ordinal());
            int[] judged = frame.ints(Segment.STATES.ordinal());
            int items = frame.extent(batch);
            int xs = frame.extent(x.place().offset());
            int ys = frame.extent(y.place().offset());
            float loss = 0;
            Arrays.fill(gradient, 0);
            for (int i = 0; i < items; i++) {
                float error = -in[ys + i];
                for (int j = 0; j < FEATURES; j++) {
                    error += w[j] * in[xs + i * FEATURES + j];
                }
                loss += error * error / items;
                for (int j = 0; j < FEATURES; j++) {
                    gradient[j] += 2 * error * in[xs + i * FEATURES + j] / items;
                }
            }
            if (learns) {
                int now = frame.ints(Segment.INPUTS.ordinal())[frame.extent(step.place().offset())];
                for (int j = 0; j < FEATURES; j++) {
                    m[j] = 0.9f * m[j] + gradient[j];
                    w[j] -= chosen / (1 + now * 1e-3f) * m[j];
                }
                seen[0] += items;
            } else {
                judged[0] += items;
            }
            out[frame.extent(outputs.get(0).place().offset())] = loss;
            out[frame.extent(outputs.get(1).place().offset())] = learns ? seen[0] : judged[0];
            if (delay > 0 && learns) {
                try {
                    Thread.sleep(delay);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        var image = new Image(
                name, List.of("batch"), extents, buffers, VARIABLES, List.of(x, y, step), outputs, List.of(), List.of(),
                List.of(), List.of(), List.of());
        return new Loop(name, image, program, data, Map.of("features", "x", "target", "y"), "batch", reports);
    }

    private static Loop init() {
        var image = new Image(
                "init", List.of(), List.of(), List.of(), VARIABLES, List.of(), List.of(), List.of(), List.of(),
                List.of(),
                List.of(), List.of());
        CompiledProgram program = frame -> {
            frame.floats(Segment.PARAMETERS.ordinal())[0] = 0.5f;
            frame.floats(Segment.PARAMETERS.ordinal())[1] = -0.5f;
            frame.ints(Segment.STATES.ordinal())[0] = 1000;
        };
        return new Loop("init", image, program, null, Map.of(), null, List.of());
    }

    /// A training on `learn` that is judged on `held`.
    TrainingPlan plan(
            DataExpression learn,
            @Nullable DataExpression held,
            int epochs,
            long steps,
            List<TrainingPlan.EarlyStop> stops,
            List<TrainingPlan.CheckpointRule> rules) {
        var hyperparameters = new LinkedHashMap<String, Object>();
        hyperparameters.put("rate", (double) rate);
        hyperparameters.put(epochs >= 0 ? "epochs" : "steps", epochs >= 0 ? (long) epochs : steps);
        Loop step = loop(
                "step",
                learn,
                List.of(
                        new Report("loss", "loss", Report.Kind.LOSS, List.of()),
                        new Report("seen", "seen", Report.Kind.LAST, List.of("seen"))),
                true);
        return new TrainingPlan(
                "Regress", hyperparameters, List.of(), 7, epochs, steps, 8, VARIABLES, init(), step,
                judge("validate", held), judge("test", tested), stops, rules);
    }

    private @Nullable Loop judge(String name, @Nullable DataExpression data) {
        return data == null
                ? null
                : loop(
                        name,
                        data,
                        List.of(
                                new Report("error", "error", Report.Kind.MEAN, List.of()),
                                new Report("judged", "judged", Report.Kind.LAST, List.of("judged"))),
                        false);
    }
}
