package org.nnlang.runtime.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.Batches;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingPlan.Loop;
import org.nnlang.runtime.train.TrainingPlan.Report;

/// A loop with its data and memory: an instance for each shape that its batches have, which are full batches and smaller
/// last ones, for each length where one is free. Running a batch allocates nothing.
final class BoundLoop {
    private final Loop loop;
    private final @Nullable Dataset data;
    private final @Nullable Batches batches;
    private final List<Sized> instances = new ArrayList<>();
    private final Map<Variable, Object> firstValues = new LinkedHashMap<>();
    private final Memory memory;
    private final Tally tally;
    private final String fingerprint;
    private @Nullable Sized running;
    private @Nullable StepObserver observer;
    private @Nullable Broken broken;
    private long lastStep;

    /// @param memory whose variables have their first values: those to which an epoch sets its metrics back
    BoundLoop(TrainingPlan plan, Loop loop, Memory memory, DataSources sources, Team team) {
        this.loop = loop;
        this.memory = memory;
        this.tally = new Tally(loop.reports());
        if (loop.data() == null) {
            data = null;
            batches = null;
            instances.add(new Sized(plan, new Batches.Shape(1, Map.of()), team));
        } else {
            data = sources.open(loop.data());
            batches = new Batches(data, plan.batch());
            // The largest first: it makes the working memory that the others share.
            List<Batches.Shape> shapes = batches.shapes();
            var bound = new Sized[shapes.size()];
            IntStream.range(0, bound.length)
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> -elements(shapes.get(i))))
                    .forEach(i -> bound[i] = new Sized(plan, shapes.get(i), team));
            instances.addAll(Arrays.asList(bound));
        }
        fingerprint = data == null ? "" : String.format("%016x", data.fingerprint());
        for (Report report : loop.reports()) {
            for (String name : report.resetVariables()) {
                Variable variable = memory.find(name);
                if (variable == null) {
                    throw new IllegalArgumentException("no variable is called " + name);
                }
                firstValues.put(
                        variable, variable.dtype().isFloat() ? memory.getFloats(name) : memory.getInts(name));
            }
        }
    }

    private static long elements(Batches.Shape shape) {
        long size = shape.size();
        for (int length : shape.lengths().values()) {
            size *= length;
        }
        return size;
    }

    /// An instance for batches of one shape, with the places of its inputs and outputs.
    private final class Sized {
        private final Batches.Shape shape;
        private final Instance instance;
        private final Map<String, Integer> sizes;
        private final List<Input> inputs = new ArrayList<>();
        private final float[][] outputs;
        private final int[] outputOffsets;
        /// On a device, the outputs of several runs, one after another.
        private final @Nullable DeviceProgram device;
        private final float[] kept;
        private final int keptFloats;
        private int waiting;

        Sized(TrainingPlan plan, Batches.Shape shape, Team team) {
            this.shape = shape;
            var sizes = new LinkedHashMap<>(shape.lengths());
            if (loop.batchSymbol() != null) {
                sizes.put(loop.batchSymbol(), shape.size());
            }
            for (String symbol : loop.image().symbols()) {
                if (!sizes.containsKey(symbol)) {
                    throw TrainErrors.lengthMissing(loop.name(), symbol);
                }
            }
            try {
                instance = Instance.bind(loop.image(), loop.program(), memory, sizes, team);
            } catch (ArithmeticException e) {
                throw TrainErrors.batchDoesNotFit(plan.name(), loop.name(), shape.size(), shape.lengths(), e);
            }
            this.sizes = Map.copyOf(sizes);
            instance.seed(plan.seed());
            Dataset examples = data;
            if (examples != null) {
                loop.inputs().forEach((field, input) -> inputs.add(input(examples.header(), field, input)));
            }
            outputs = new float[loop.reports().size()][];
            outputOffsets = new int[outputs.length];
            for (int i = 0; i < outputs.length; i++) {
                Port port = instance.outputPort(loop.reports().get(i).output());
                outputs[i] = instance.floats(port);
                outputOffsets[i] = instance.offset(port);
            }
            device = instance.device();
            keptFloats = outputs.length == 0 ? 0 : outputs[0].length;
            kept = new float[device == null ? 0 : device.capacity() * keptFloats];
        }

        private Input input(DataHeader header, String name, String input) {
            int index = header.indexOf(name);
            Port port = instance.input(input);
            if (index < 0) {
                throw TrainErrors.fieldMissing(loop.name(), name, header);
            }
            DataHeader.Field field = header.fields().get(index);
            boolean ints = port.place().ints();
            int size = shape.size();
            for (int axis = 0; axis < field.shape().size(); axis++) {
                size *= shape.lengths().getOrDefault(
                        field.free(axis), field.shape().get(axis));
            }
            if (instance.size(port) != size || (ints && field.type().isFloat())) {
                throw TrainErrors.fieldDoesNotFit(loop.name(), field, port.dtype(), instance.shape(port));
            }
            return new Input(index, ints ? null : instance.floats(port), ints ? instance.ints(port) : null,
                    instance.offset(port));
        }
    }

    /// Where a field of the data goes.
    private static final class Input {
        private final int field;
        private final float @Nullable [] floats;
        private final int @Nullable [] ints;
        private final int offset;

        Input(int field, float @Nullable [] floats, int @Nullable [] ints, int offset) {
            this.field = field;
            this.floats = floats;
            this.ints = ints;
            this.offset = offset;
        }
    }

    /// Shows every step from now on to somebody, who is given what is on this processor.
    void observe(StepObserver by) {
        observer = by;
    }

    /// Stands before the first batch of an epoch, counted from 1, with metrics set back.
    void start(int epoch) {
        settle();
        tally.clear();
        firstValues.forEach((variable, values) -> {
            if (values instanceof float[] floats) {
                memory.set(variable.name(), floats);
            } else {
                memory.set(variable.name(), (int[]) values);
            }
        });
        if (batches != null) {
            batches.start(epoch - 1);
        }
    }

    /// Returns to a place in an epoch; variables and metrics are the caller's business.
    void restore(int epoch, int consumed) {
        if (batches != null) {
            batches.restore(epoch - 1, consumed);
        }
    }

    /// Runs the next batch, and says whether there was one. A loop without data always has one.
    boolean next(int epoch, long step) {
        Sized sized = instances.getFirst();
        if (batches != null) {
            if (!batches.next()) {
                return false;
            }
            sized = instances.get(batches.shape());
            for (int i = 0; i < sized.inputs.size(); i++) {
                Input input = sized.inputs.get(i);
                if (input.floats != null) {
                    batches.read(input.field, input.floats, input.offset);
                } else if (input.ints != null) {
                    batches.read(input.field, input.ints, input.offset);
                }
            }
        }
        if (running != null && running != sized) {
            settle();
        }
        running = sized;
        lastStep = step;
        Instance instance = sized.instance;
        instance.epoch(epoch);
        instance.step((int) step);
        if (observer == null) {
            instance.run();
        } else {
            var observed = new StepObserver.Observed(instance, sized.sizes, epoch, step);
            observer.before(observed);
            instance.run();
            observer.after(observed);
        }
        if (sized.device == null) {
            add(sized, sized.outputs.length == 0 ? sized.kept : sized.outputs[0], step);
        } else {
            sized.device.keep();
            sized.waiting++;
            if (sized.waiting == sized.device.capacity()) {
                settle();
            }
        }
        return true;
    }

    /// Goes once through its data.
    ///
    /// @param interrupted asked before each batch
    /// @return the metrics, or null where it was interrupted
    @Nullable
    Map<String, Double> judge(int epoch, long step, BooleanSupplier interrupted) {
        start(1);
        boolean more = true;
        while (more) {
            if (interrupted.getAsBoolean()) {
                return null;
            }
            more = next(epoch, step) && data != null;
        }
        return tally().metrics();
    }

    /// Waits until all batches that were asked for have run, and adds what they report.
    void settle() {
        Sized sized = running;
        if (sized == null || sized.device == null || sized.waiting == 0) {
            return;
        }
        int runs = sized.device.take(sized.kept);
        sized.waiting = 0;
        for (int run = 0; run < runs; run++) {
            if (sized.outputs.length > 0) {
                System.arraycopy(sized.kept, run * sized.keptFloats, sized.outputs[0], 0, sized.keptFloats);
                add(sized, sized.outputs[0], lastStep - runs + 1 + run);
            } else {
                tally.count(sized.shape.size());
            }
        }
    }

    private void add(Sized sized, float[] outputs, long step) {
        for (int i = 0; i < sized.outputOffsets.length; i++) {
            tally.add(i, outputs[sized.outputOffsets[i]], sized.shape.size());
            boolean loss = loop.reports().get(i).kind() == Report.Kind.LOSS;
            if (loss && broken == null && !Float.isFinite(tally.last(i))) {
                broken = new Broken(i, tally.last(i), tally.before(i), step);
            }
        }
        tally.count(sized.shape.size());
    }

    /// A loss that is not finite.
    ///
    /// @param report its number
    /// @param before what the mean was until then
    record Broken(int report, float value, float before, long step) {}

    /// The first loss that was not finite in the batches whose reports are in, or null.
    @Nullable
    Broken broken() {
        return broken;
    }

    /// The name of the first input of the batch of a step that is not finite; null where all are, or the batch is gone.
    @Nullable
    String brokenInput(long step) {
        if (batches == null || data == null || step != lastStep) {
            return null;
        }
        for (DataHeader.Field field : data.header().fields()) {
            if (field.type().isFloat()) {
                var values = new float[field.size()];
                for (int item = 0; item < batches.size(); item++) {
                    data.read(batches.example(item), data.header().indexOf(field.name()), values, 0);
                    for (float value : values) {
                        if (!Float.isFinite(value)) {
                            return field.name();
                        }
                    }
                }
            }
        }
        return null;
    }

    Loop loop() {
        return loop;
    }

    Tally tally() {
        settle();
        return tally;
    }

    @Nullable
    Dataset data() {
        return data;
    }

    /// How many examples of the epoch were used.
    int consumed() {
        return batches == null ? 0 : batches.consumed();
    }

    /// How many batches of the epoch were run.
    int done() {
        return batches == null ? 0 : batches.done();
    }

    /// How many examples an epoch has, or -1 without data.
    int examples() {
        return data == null ? -1 : data.count();
    }

    /// What tells these data from others, for a checkpoint; empty without data.
    String fingerprint() {
        return fingerprint;
    }

    /// How many batches an epoch has, or -1 without data.
    int batchesPerEpoch() {
        return batches == null ? -1 : batches.perEpoch();
    }

    /// Bytes of inputs and outputs, besides what all loops share.
    long ownBytes() {
        long bytes = 0;
        for (Sized sized : instances) {
            bytes += sized.instance.ownBytes();
        }
        return bytes;
    }
}
