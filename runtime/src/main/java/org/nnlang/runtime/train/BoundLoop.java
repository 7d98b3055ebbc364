package org.nnlang.runtime.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.Batches;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingPlan.Loop;
import org.nnlang.runtime.train.TrainingPlan.Report;

/// A loop with its data and memory: an instance for full batches, and one for the last batch where that is smaller.
/// Running a batch allocates nothing.
final class BoundLoop {
    private final Loop loop;
    private final @Nullable Dataset data;
    private final @Nullable Batches batches;
    private final List<Sized> instances = new ArrayList<>();
    private final Map<Variable, Object> firstValues = new LinkedHashMap<>();
    private final Memory memory;
    private final Tally tally;

    BoundLoop(TrainingPlan plan, Loop loop, Memory memory, DataSources sources, Team team) {
        this.loop = loop;
        this.memory = memory;
        this.tally = new Tally(loop.reports());
        if (loop.data() == null) {
            data = null;
            batches = null;
            instances.add(new Sized(plan, 1, team));
        } else {
            data = sources.open(loop.data());
            batches = new Batches(data, plan.batch());
            int count = data.count();
            if (count >= plan.batch()) {
                instances.add(new Sized(plan, plan.batch(), team));
            }
            if (count % plan.batch() != 0) {
                instances.add(new Sized(plan, count % plan.batch(), team));
            }
        }
    }

    /// An instance for batches of one size, with the places of its inputs and outputs.
    private final class Sized {
        private final int size;
        private final Instance instance;
        private final List<Input> inputs = new ArrayList<>();
        private final float[][] outputs;
        private final int[] outputOffsets;

        Sized(TrainingPlan plan, int size, Team team) {
            this.size = size;
            String symbol = loop.batchSymbol();
            try {
                instance = Instance.bind(
                        loop.image(), loop.program(), memory, symbol == null ? Map.of() : Map.of(symbol, size), team);
            } catch (ArithmeticException e) {
                throw TrainErrors.batchDoesNotFit(plan.name(), loop.name(), size, e);
            }
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
        }

        private Input input(DataHeader header, String name, String input) {
            int index = header.indexOf(name);
            Port port = instance.input(input);
            if (index < 0) {
                throw TrainErrors.fieldMissing(loop.name(), name, header);
            }
            DataHeader.Field field = header.fields().get(index);
            boolean ints = port.place().ints();
            if (instance.size(port) != size * field.size() || (ints && field.type().isFloat())) {
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

    /// Remembers the values that variables have now as those to which an epoch sets them back.
    void rememberFirstValues() {
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

    /// Stands before the first batch of an epoch, counted from 1, with metrics set back.
    void start(int epoch) {
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
        int size = 1;
        Sized sized = instances.getFirst();
        if (batches != null) {
            if (!batches.next()) {
                return false;
            }
            size = batches.size();
            if (sized.size != size) {
                sized = instances.getLast();
            }
            for (int i = 0; i < sized.inputs.size(); i++) {
                Input input = sized.inputs.get(i);
                if (input.floats != null) {
                    batches.read(input.field, input.floats, input.offset);
                } else if (input.ints != null) {
                    batches.read(input.field, input.ints, input.offset);
                }
            }
        }
        Instance instance = sized.instance;
        instance.epoch(epoch);
        instance.step((int) step);
        instance.run();
        for (int i = 0; i < sized.outputs.length; i++) {
            tally.add(i, sized.outputs[i][sized.outputOffsets[i]], size);
        }
        tally.count(size);
        return true;
    }

    /// The first loss that was not finite in the batch that just ran, or null.
    @Nullable
    Report brokenLoss() {
        List<Report> reports = loop.reports();
        for (int i = 0; i < reports.size(); i++) {
            if (reports.get(i).kind() == Report.Kind.LOSS && !Float.isFinite(tally.last(i))) {
                return reports.get(i);
            }
        }
        return null;
    }

    /// The name of the first input of the batch that just ran that is not finite, or null.
    @Nullable
    String brokenInput() {
        if (batches == null || data == null) {
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

    /// How many examples an epoch has, or -1 without data.
    int examples() {
        return data == null ? -1 : data.count();
    }

    /// How many batches an epoch has, or -1 without data.
    int batchesPerEpoch() {
        return batches == null ? -1 : batches.perEpoch();
    }

    long workingBytes() {
        long bytes = 0;
        for (Sized sized : instances) {
            bytes += sized.instance.workingBytes();
        }
        return bytes;
    }
}
