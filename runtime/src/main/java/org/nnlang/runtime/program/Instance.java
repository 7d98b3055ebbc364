package org.nnlang.runtime.program;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.FusedTiers;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.Tensor;

/// A procedure bound to sizes, memory and threads, ready to run. [#run] allocates nothing. Instances of one training, for
/// full batches, the last partial batch and validation, work on one [Memory] and one team, one at a time; so what a run needs
/// only while it lasts is the same memory, too.
public final class Instance {
    private final Image image;
    private final CompiledProgram program;
    private final Memory memory;
    private final Frame frame;
    private final Map<String, Port> inputs = new LinkedHashMap<>();
    private final Map<String, Port> outputs = new LinkedHashMap<>();
    private final long[] symbols;
    private final int[] floatSizes = new int[Segment.COUNT];
    private final int[] intSizes = new int[Segment.COUNT];
    private final long peakBytes;
    private final @Nullable DeviceProgram device;
    private final boolean changesVariables;
    private boolean outputsAreOld;

    private Instance(
            Image image, CompiledProgram program, Memory memory, Map<String, Integer> sizes, Team team,
            Options options) {
        this.image = image;
        this.program = program;
        this.memory = memory;
        if (!memory.variables().equals(image.variables())) {
            throw new IllegalArgumentException("the memory is not laid out for " + image.name());
        }
        symbols = new long[image.symbols().size()];
        for (int i = 0; i < symbols.length; i++) {
            Integer size = sizes.get(image.symbols().get(i));
            if (size == null) {
                throw new IllegalArgumentException(image.name() + " needs a size for " + image.symbols().get(i));
            }
            symbols[i] = size;
        }
        for (Requirement requirement : image.requirements()) {
            if (!requirement.rule().holds(symbols)) {
                throw new NnException("NN0413", requirement.message(), "sizes here: " + sizes);
            }
        }
        Set<Segment> written = WrittenPlaces.segments(image);
        changesVariables = written.contains(Segment.PARAMETERS) || written.contains(Segment.STATES);
        frame = new Frame(team, image.extents().size(), image.steps().size());
        Accelerator accelerator = memory.accelerator();
        var layout = accelerator == null ? new Layout(image, symbols) : new Layout(image, symbols, piece(accelerator));
        long placed = place(layout);
        image.inputs().forEach(port -> inputs.put(port.name(), port));
        image.outputs().forEach(port -> outputs.put(port.name(), port));
        DeviceMemory segments = memory.device();
        if (accelerator != null && segments != null) {
            int[] places = Arrays.stream(layout.places).mapToInt(Math::toIntExact).toArray();
            device = accelerator.bind(
                    image, segments,
                    new Accelerator.Sizes(frame.extents, floatSizes, intSizes, places, piece(accelerator)));
            peakBytes = placed;
            return;
        }
        device = null;
        FusedTiers tiers = memory.tiers(image, program, options.tier());
        var binder = new Binder(
                image, frame, memory.workspace(team), tiers, options.holdsWeights() ? memory.held() : null,
                written);
        binder.bindAll();
        peakBytes = placed + binder.heldBytes();
    }

    /// Binds a procedure with everything as usual.
    public static Instance bind(
            Image image, CompiledProgram program, Memory memory, Map<String, Integer> sizes, Team team) {
        return new Instance(image, program, memory, sizes, team, Options.usual());
    }

    /// Binds a procedure.
    ///
    /// @param sizes for each of the image's symbols
    /// @throws IllegalArgumentException where a size is missing, or the memory is another training's
    /// @throws ArithmeticException where a size that must divide another does not
    /// @throws NnException NN0413 where a requirement of the program does not hold for these sizes
    public static Instance bind(
            Image image, CompiledProgram program, Memory memory, Map<String, Integer> sizes, Team team,
            Options options) {
        return new Instance(image, program, memory, sizes, team, options);
    }

    /// How many elements one buffer of a device holds, as far as indices go.
    private static int piece(Accelerator accelerator) {
        long most = Math.min(accelerator.largestBuffer() / Float.BYTES, Integer.MAX_VALUE);
        return Math.max(1, (int) (most / Arena.ALIGNMENT)) * Arena.ALIGNMENT;
    }

    /// Gives all buffers their places and makes the arrays; returns the bytes of those that are not shared.
    private long place(Layout layout) {
        long bytes = 0;
        for (Segment segment : Segment.values()) {
            int ordinal = segment.ordinal();
            if (segment.isShared()) {
                frame.floats[ordinal] = memory.floats(segment);
                frame.ints[ordinal] = memory.ints(segment);
                continue;
            }
            if (segment == Segment.CONSTANTS) {
                frame.floats[ordinal] = new float[image.constants().size()];
                for (int i = 0; i < frame.floats[ordinal].length; i++) {
                    frame.floats[ordinal][i] = image.constants().get(i);
                }
                frame.ints[ordinal] = image.intConstants().stream().mapToInt(Integer::intValue).toArray();
                floatSizes[ordinal] = frame.floats[ordinal].length;
                intSizes[ordinal] = frame.ints[ordinal].length;
                continue;
            }
            long floats = layout.floats[ordinal];
            long ints = layout.ints[ordinal];
            floatSizes[ordinal] = Heap.length(floats);
            intSizes[ordinal] = Heap.length(ints);
            if (segment == Segment.ARENA) {
                // On a device it stays there, with the program.
                boolean here = memory.accelerator() == null;
                frame.floats[ordinal] = memory.floatArena(here ? floatSizes[ordinal] : 0);
                frame.ints[ordinal] = memory.intArena(here ? intSizes[ordinal] : 0);
            } else {
                frame.floats[ordinal] = Heap.floats(floatSizes[ordinal]);
                frame.ints[ordinal] = Heap.ints(intSizes[ordinal]);
            }
            bytes += (floats + ints) * Float.BYTES;
        }
        for (int i = 0; i < frame.extents.length; i++) {
            Extent extent = image.extents().get(i);
            long value = extent.evaluate(symbols) + (extent.buffer() < 0 ? 0 : layout.places[extent.buffer()]);
            // Operation counts may be larger than any index; nothing but reports reads those.
            frame.extents[i] = Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return bytes;
    }

    /// Runs the procedure once, with the inputs, step, epoch and seed as they are. On a device, it is asked for: whoever
    /// reads an output waits for it.
    public void run() {
        if (device != null) {
            int inputs = Segment.INPUTS.ordinal();
            device.run(frame.floats[inputs], frame.ints[inputs], frame.seed, frame.step);
            outputsAreOld = true;
        } else {
            frame.rewind();
            try {
                program.run(frame);
            } finally {
                if (changesVariables) {
                    memory.changed();
                }
            }
        }
    }

    /// Breaks off a run that another thread is in: it fails at the next step that is a loop. The instance is of no use
    /// afterwards.
    public void abandon() {
        Arrays.fill(frame.bound, null);
    }

    /// The program on the device, or null where it runs here.
    public @Nullable DeviceProgram device() {
        return device;
    }

    /// Gives back what it has on a device; on the heap there is nothing to do.
    public void release() {
        if (device != null) {
            device.release();
        }
    }

    /// Copies the outputs of the last run from the device, if that was not done yet.
    private void fetch() {
        if (device != null && outputsAreOld) {
            int outputs = Segment.OUTPUTS.ordinal();
            device.outputs(frame.floats[outputs], frame.ints[outputs]);
            outputsAreOld = false;
        }
    }

    /// The number of the step, from 1: random draws depend on it, and the input `step`, if there is one, holds it.
    public void step(int step) {
        frame.step = step;
        scalar("step", step);
    }

    /// The number of the epoch, from 1, held by the input `epoch`, if there is one.
    public void epoch(int epoch) {
        frame.epoch = epoch;
        scalar("epoch", epoch);
    }

    /// The seed of all random draws.
    public void seed(long seed) {
        frame.seed = seed;
    }

    private void scalar(String name, int value) {
        Port port = inputs.get(name);
        if (port != null && port.shape().isEmpty()) {
            int offset = frame.extents[port.place().offset()];
            if (port.place().ints()) {
                frame.ints[port.place().segment().ordinal()][offset] = value;
            } else {
                frame.floats[port.place().segment().ordinal()][offset] = value;
            }
        }
    }

    /// The names of the inputs.
    public List<String> inputs() {
        return List.copyOf(inputs.keySet());
    }

    /// The names of the outputs.
    public List<String> outputs() {
        return List.copyOf(outputs.keySet());
    }

    /// Fills a float input.
    public void setInput(String name, float[] values) {
        Port port = port(inputs, name);
        check(port, values.length);
        System.arraycopy(values, 0, floats(port), offset(port), values.length);
    }

    /// Fills an integer, bool or byte input.
    public void setInput(String name, int[] values) {
        Port port = port(inputs, name);
        check(port, values.length);
        System.arraycopy(values, 0, ints(port), offset(port), values.length);
    }

    /// A copy of a float output.
    public float[] output(String name) {
        Port port = port(outputs, name);
        int from = offset(port);
        return Arrays.copyOfRange(floats(port), from, from + size(port));
    }

    /// A copy of an integer, bool or byte output.
    public int[] intOutput(String name) {
        Port port = port(outputs, name);
        int from = offset(port);
        return Arrays.copyOfRange(ints(port), from, from + size(port));
    }

    /// A copy of an output.
    public Tensor tensor(Port output) {
        int[] shape = shape(output);
        return output.dtype().isFloat()
                ? Tensor.of(output(output.name()), shape)
                : Tensor.of(output.dtype(), intOutput(output.name()), shape);
    }

    /// The first element of a float output, which most often is a scalar.
    public float scalarOutput(String name) {
        Port port = port(outputs, name);
        return floats(port)[offset(port)];
    }

    /// An input by name.
    public Port input(String name) {
        return port(inputs, name);
    }

    /// An output by name.
    public Port outputPort(String name) {
        return port(outputs, name);
    }

    /// The array that holds a float input or output, for filling or reading in place from [#offset] on.
    public float[] floats(Port port) {
        if (port.place().segment() == Segment.OUTPUTS) {
            fetch();
        }
        return frame.floats[port.place().segment().ordinal()];
    }

    /// The array that holds an integer, bool or byte input or output.
    public int[] ints(Port port) {
        if (port.place().segment() == Segment.OUTPUTS) {
            fetch();
        }
        return frame.ints[port.place().segment().ordinal()];
    }

    /// Where an input or output begins in its array.
    public int offset(Port port) {
        return frame.extents[port.place().offset()];
    }

    /// How many elements an input or output has.
    public int size(Port port) {
        int size = 1;
        for (int extent : port.shape()) {
            size *= frame.extents[extent];
        }
        return size;
    }

    /// The shape of an input or output.
    public int[] shape(Port port) {
        return port.shape().stream().mapToInt(extent -> frame.extents[extent]).toArray();
    }

    private static Port port(Map<String, Port> ports, String name) {
        Port port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("there is no " + name + " among " + ports.keySet());
        }
        return port;
    }

    private void check(Port port, int length) {
        if (length != size(port)) {
            throw new IllegalArgumentException(port.name() + " takes " + size(port) + " elements, not " + length);
        }
    }

    /// What it was compiled to.
    public Image image() {
        return image;
    }

    /// The variables.
    public Memory memory() {
        return memory;
    }

    /// Bytes of inputs, outputs and everything in between; the variables come on top.
    public long workingBytes() {
        return peakBytes;
    }

    /// Bytes of inputs, outputs and constants alone. What is in between has room that all
    /// instances on a [Memory] share; on a device each has its own.
    public long ownBytes() {
        long bytes =
                device == null ? 0 : 4L * (floatSizes[Segment.ARENA.ordinal()] + intSizes[Segment.ARENA.ordinal()]);
        for (Segment segment : Segment.values()) {
            if (!segment.isShared() && segment != Segment.ARENA) {
                bytes += (long) Float.BYTES
                        * (frame.floats[segment.ordinal()].length + frame.ints[segment.ordinal()].length);
            }
        }
        return bytes;
    }

    /// The floating-point operations of a step.
    public long flops(int step) {
        return image.extents().get(image.notes().get(step).flops()).evaluate(symbols);
    }

    /// The floating-point operations of a run.
    public long flops() {
        long sum = 0;
        for (int step = 0; step < image.steps().size(); step++) {
            sum += flops(step);
        }
        return sum;
    }

    /// The frame, for tests and profiles that run single steps.
    public Frame frame() {
        return frame;
    }
}
