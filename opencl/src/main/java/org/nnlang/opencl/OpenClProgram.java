package org.nnlang.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.code.Argument;
import org.nnlang.opencl.code.Launch;
import org.nnlang.opencl.code.Translation;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Buffer;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;

/// An image bound on a device: its buffers and, for each launch, a kernel object whose arguments are set once. A run only
/// sends inputs, sets the few arguments that change, and asks for the kernels.
final class OpenClProgram implements DeviceProgram, AutoCloseable {
    /// Runs whose outputs can be kept, where they are no more than a few numbers.
    private static final int KEPT_RUNS = 64;
    private static final int KEPT_FLOATS = 1 << 16;

    private final OpenClAccelerator accelerator;
    private final Driver driver;
    private final Image image;
    private final OpenClMemory shared;
    private final Accelerator.Sizes sizes;
    private final Arena arena = Arena.ofShared();
    /// The buffers of each segment: one, but for those that are larger than the device's largest.
    private final long[][] floats = new long[Segment.COUNT][];
    private final long[][] ints = new long[Segment.COUNT][];
    private final List<Bound> bound = new ArrayList<>();
    private final List<Changing> changing = new ArrayList<>();
    private final List<Moving> places = new ArrayList<>();
    private final List<Rounds> repeats = new ArrayList<>();
    private final int[] extents;
    private final Map<Long, Long> extraBuffers = new HashMap<>();
    private final MemorySegment number = arena.allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment report;
    private final MemorySegment status;
    private final int capacity;
    private final boolean checks;
    private long scratch;
    private long statusBuffer;
    private long keptOutputs;
    private @Nullable Staging staging;
    private SharedKernels.@Nullable Use kernels;
    private long bytes;
    private int kept;
    private long seed;
    private boolean keyed;
    private boolean released;

    /// A kernel with its arguments, and its six sizes.
    private record Bound(long kernel, MemorySegment work, int step) {}

    /// An argument that begins at an extent.
    ///
    /// @param base where its buffer begins in the segment
    private record Moving(long kernel, int index, int extent, int base, int step) {}

    /// A repeat: what it moves, and the arguments that go with it.
    ///
    /// @param first of the bound kernels of its rounds
    /// @param end after the last of them
    private record Rounds(int first, int end, int trips, Step.Repeat repeat, int[] distances, Moving[] moved) {}

    /// An argument that depends on the run.
    private record Changing(long kernel, int index, Argument argument) {}

    OpenClProgram(OpenClAccelerator accelerator, Image image, OpenClMemory shared, Accelerator.Sizes sizes,
            Translation translation) {
        this.accelerator = accelerator;
        this.driver = accelerator.driver;
        this.image = image;
        this.shared = shared;
        this.sizes = sizes;
        extents = sizes.extents().clone();
        placeFirstRounds();
        int outputs = sizes.floats()[Segment.OUTPUTS.ordinal()];
        long most = Math.min(KEPT_FLOATS, accelerator.largestBuffer() / Float.BYTES);
        capacity = Math.clamp(most / Math.max(1, outputs), 1, KEPT_RUNS);
        report = arena.allocate(Math.max(16, 4L * capacity * outputs), 16);
        status = arena.allocate(16, 16);
        checks = image.steps().stream()
                .anyMatch(step -> step instanceof Step.GatherRows || step instanceof Step.ScatterRows);
        accelerator.owns(this);
        shared.serves(this);
        try {
            allocate(translation);
            SharedKernels.Use use = accelerator.kernels().of(translation, "`" + image.name() + "`");
            kernels = use;
            for (Translation.Kernel kernel : translation.kernels()) {
                bind(kernel, use);
            }
            connect();
        } catch (OpenClException e) {
            close();
            throw failed("preparing", e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// What stands before a repeat fills the places of its first round, so these have to be known when arguments are set.
    private void placeFirstRounds() {
        for (Step step : image.steps()) {
            if (step instanceof Step.Repeat repeat) {
                for (Step.Shift shift : repeat.shifts()) {
                    place(shift, extents[repeat.trips()], 0, extents[shift.distance()]);
                }
            }
        }
    }

    private void place(Step.Shift shift, int trips, int round, int distance) {
        extents[shift.extent()] = extents[shift.from()] + shift.distances(trips, round) * distance;
    }

    private NnException failed(String doing, OpenClException e) {
        return OpenClErrors.failed(accelerator.device().name(), doing + " `" + image.name() + "`", e);
    }

    private long buffer(long size, String what) {
        long buffer = accelerator.buffer(size, what);
        extraBuffers.put(buffer, size);
        bytes += Math.max(16, size);
        return buffer;
    }

    /// The buffers of a segment with so many elements. All have the same size, but for the last one.
    private long[] buffers(Segment segment, int elements) {
        String what = "the " + segment.name().toLowerCase(Locale.ROOT) + " of `" + image.name() + "`";
        int each = segment == Segment.ARENA ? sizes.pieceSize() : Integer.MAX_VALUE;
        long[] all = new long[Math.max(1, (int) (((long) elements + each - 1) / each))];
        for (int i = 0; i < all.length; i++) {
            all[i] = buffer(4L * Math.min(each, (long) elements - (long) i * each), what);
        }
        return all;
    }

    /// What does not fit is told before anything is made.
    private void requireRoom(long most) {
        long all = 4L * most + 4L * capacity * sizes.floats()[Segment.OUTPUTS.ordinal()];
        for (int s = 0; s < Segment.COUNT; s++) {
            all += 4L * sizes.floats()[s] + 4L * sizes.ints()[s];
        }
        accelerator.requireRoom(all, "what `" + image.name() + "` works on");
        for (Buffer buffer : image.buffers()) {
            int size = extents[buffer.size()];
            if (buffer.segment() == Segment.ARENA && size > sizes.pieceSize()) {
                throw OpenClErrors.tooLarge(
                        accelerator.device().name(), "`" + buffer.name() + "` in `" + image.name() + "`, one tensor,",
                        4L * size, accelerator.largestBuffer());
            }
        }
    }

    private void allocate(Translation translation) {
        long most = 0;
        for (Translation.Kernel kernel : translation.kernels()) {
            most = Math.max(most, kernel.launch().scratch());
        }
        requireRoom(most);
        for (Segment segment : Segment.values()) {
            int s = segment.ordinal();
            if (segment.isShared()) {
                floats[s] = shared.buffers(segment, false);
                ints[s] = shared.buffers(segment, true);
            } else {
                floats[s] = buffers(segment, sizes.floats()[s]);
                ints[s] = buffers(segment, sizes.ints()[s]);
            }
        }
        scratch = buffer(4 * most, "partial results of `" + image.name() + "`");
        statusBuffer = buffer(16, "status");
        keptOutputs = buffer(4L * capacity * sizes.floats()[Segment.OUTPUTS.ordinal()], "reports");
        status.fill((byte) 0);
        driver.write(accelerator.queue, statusBuffer, true, 0, 16, status, false);
        int constants = Segment.CONSTANTS.ordinal();
        upload(floats[constants][0], image.constants().size(), i -> Float.floatToRawIntBits(image.constants().get(i)));
        upload(ints[constants][0], image.intConstants().size(), i -> image.intConstants().get(i));
        int inputs = Segment.INPUTS.ordinal();
        long inputBytes = 4L * (sizes.floats()[inputs] + sizes.ints()[inputs]);
        if (inputBytes > 0) {
            staging = new Staging(accelerator, inputBytes);
        }
    }

    private void upload(long buffer, int count, java.util.function.IntUnaryOperator bits) {
        if (count == 0) {
            return;
        }
        try (Arena own = Arena.ofConfined()) {
            MemorySegment values = own.allocate(ValueLayout.JAVA_INT, count);
            for (int i = 0; i < count; i++) {
                values.setAtIndex(ValueLayout.JAVA_INT, i, bits.applyAsInt(i));
            }
            driver.write(accelerator.queue, buffer, true, 0, 4L * count, values, false);
        }
    }

    private void bind(Translation.Kernel translated, SharedKernels.Use use) {
        Launch launch = translated.launch();
        long kernel = use.create(launch.source());
        MemorySegment work = arena.allocate(ValueLayout.JAVA_LONG, 6);
        for (int i = 0; i < 3; i++) {
            work.setAtIndex(ValueLayout.JAVA_LONG, i, launch.global().get(i));
            work.setAtIndex(ValueLayout.JAVA_LONG, 3 + i, launch.local().get(i));
        }
        bound.add(new Bound(kernel, work, translated.step()));
        for (int i = 0; i < launch.arguments().size(); i++) {
            Argument argument = launch.arguments().get(i);
            switch (argument) {
                case Argument.Memory(Segment segment, boolean isInts, int piece) ->
                    handle(kernel, i, (isInts ? ints : floats)[segment.ordinal()][piece]);
                case Argument.Scratch() -> handle(kernel, i, scratch);
                case Argument.Status() -> handle(kernel, i, statusBuffer);
                case Argument.Offset(int extent, int base) -> {
                    number.set(ValueLayout.JAVA_INT, 0, extents[extent] - base);
                    driver.argument(kernel, i, 4, number);
                    places.add(new Moving(kernel, i, extent, base, translated.step()));
                }
                case Argument.Number(int value) -> {
                    number.set(ValueLayout.JAVA_INT, 0, value);
                    driver.argument(kernel, i, 4, number);
                }
                case Argument.Key _, Argument.StepNumber _ -> changing.add(new Changing(kernel, i, argument));
            }
        }
    }

    private void handle(long kernel, int index, long handle) {
        number.set(ValueLayout.JAVA_LONG, 0, handle);
        driver.argument(kernel, index, 8, number);
    }

    @Override
    public void run(float[] inputs, int[] intInputs, long newSeed, int step) {
        try {
            if (staging != null) {
                int segment = Segment.INPUTS.ordinal();
                staging.send(inputs, floats[segment][0], intInputs, ints[segment][0]);
            }
            for (int i = 0; i < changing.size(); i++) {
                change(changing.get(i), newSeed, step);
            }
            seed = newSeed;
            keyed = true;
            enqueue(0, bound.size(), 0);
            driver.flush(accelerator.queue);
        } catch (OpenClException e) {
            throw failed("running", e);
        }
    }

    /// Asks for the kernels from `from` up to `to`; `next` is the first repeat that may lie among them.
    private void enqueue(int from, int to, int next) {
        int at = from;
        int repeat = next;
        while (at < to) {
            if (repeat < repeats.size() && repeats.get(repeat).first == at) {
                Rounds rounds = repeats.get(repeat);
                for (int round = 0; round < rounds.trips; round++) {
                    move(rounds, round);
                    enqueue(rounds.first, rounds.end, repeat + 1);
                }
                at = rounds.end;
                while (repeat < repeats.size() && repeats.get(repeat).first < at) {
                    repeat++;
                }
            } else {
                Bound each = bound.get(at++);
                driver.enqueue(accelerator.queue, each.kernel, each.work, false);
            }
        }
    }

    private void move(Rounds rounds, int round) {
        List<Step.Shift> shifts = rounds.repeat.shifts();
        for (int i = 0; i < shifts.size(); i++) {
            place(shifts.get(i), rounds.trips, round, rounds.distances[i]);
        }
        for (Moving moving : rounds.moved) {
            number.set(ValueLayout.JAVA_INT, 0, extents[moving.extent] - moving.base);
            driver.argument(moving.kernel, moving.index, 4, number);
        }
    }

    /// Finds the kernels of each repeat, and the arguments to move. Those around others come first.
    private void connect() {
        for (int number = 0; number < image.steps().size(); number++) {
            if (!(image.steps().get(number) instanceof Step.Repeat repeat)) {
                continue;
            }
            int from = number;
            int to = number + 1 + repeat.steps();
            int first = 0;
            while (first < bound.size() && bound.get(first).step < from) {
                first++;
            }
            int end = first;
            while (end < bound.size() && bound.get(end).step < to) {
                end++;
            }
            boolean[] moves = new boolean[extents.length];
            repeat.shifts().forEach(shift -> moves[shift.extent()] = true);
            Moving[] moved = places.stream()
                    .filter(place -> place.step > from && place.step < to && moves[place.extent])
                    .toArray(Moving[]::new);
            int[] distances = repeat.shifts().stream().mapToInt(shift -> extents[shift.distance()]).toArray();
            if (first < end) {
                repeats.add(new Rounds(first, end, extents[repeat.trips()], repeat, distances, moved));
            }
        }
    }

    @Override
    public long[] profile() {
        long[] nanos = new long[image.steps().size()];
        try {
            for (Bound each : bound) {
                long event = driver.enqueue(accelerator.queue, each.kernel, each.work, true);
                driver.await(event);
                nanos[each.step] += driver.duration(event);
                driver.releaseEvent(event);
            }
        } catch (OpenClException e) {
            throw failed("measuring", e);
        }
        return nanos;
    }

    @Override
    public int kernels() {
        return kernels(0, bound.size(), 0);
    }

    /// How many kernels [#enqueue] asks for.
    private int kernels(int from, int to, int next) {
        int all = to - from;
        for (int i = next; i < repeats.size() && repeats.get(i).first < to; i++) {
            Rounds rounds = repeats.get(i);
            boolean isInAnother = false;
            for (int outer = next; outer < i; outer++) {
                isInAnother |= rounds.first < repeats.get(outer).end;
            }
            if (!isInAnother) {
                int once = rounds.end - rounds.first;
                all += rounds.trips * kernels(rounds.first, rounds.end, i + 1) - once;
            }
        }
        return all;
    }

    private void change(Changing each, long newSeed, int step) {
        switch (each.argument) {
            case Argument.Key(long stream) -> {
                if (!keyed || newSeed != seed) {
                    number.set(ValueLayout.JAVA_LONG, 0, Philox.key(newSeed, stream));
                    driver.argument(each.kernel, each.index, 8, number);
                }
            }
            case Argument.StepNumber() -> {
                number.set(ValueLayout.JAVA_INT, 0, step);
                driver.argument(each.kernel, each.index, 4, number);
            }
            case Argument.Memory _, Argument.Scratch _, Argument.Status _, Argument.Number _, Argument.Offset _ ->
                throw new AssertionError(each);
        }
    }

    @Override
    public void outputs(float[] target, int[] intTarget) {
        int segment = Segment.OUTPUTS.ordinal();
        try (Arena own = Arena.ofConfined()) {
            MemorySegment values = own.allocate(Math.max(16, 4L * Math.max(target.length, intTarget.length)), 16);
            if (target.length > 0) {
                driver.read(accelerator.queue, floats[segment][0], true, 0, 4L * target.length, values);
                MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, target, 0, target.length);
            }
            if (intTarget.length > 0) {
                driver.read(accelerator.queue, ints[segment][0], true, 0, 4L * intTarget.length, values);
                MemorySegment.copy(values, ValueLayout.JAVA_INT, 0, intTarget, 0, intTarget.length);
            }
            driver.finish(accelerator.queue);
        } catch (OpenClException e) {
            throw failed("running", e);
        }
        check();
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public void keep() {
        if (kept == capacity) {
            throw new IllegalStateException("no room for the outputs of another run");
        }
        long size = 4L * sizes.floats()[Segment.OUTPUTS.ordinal()];
        try {
            if (size > 0) {
                driver.copy(accelerator.queue, floats[Segment.OUTPUTS.ordinal()][0], keptOutputs, 0, kept * size, size);
            }
        } catch (OpenClException e) {
            throw failed("running", e);
        }
        kept++;
    }

    @Override
    public int take(float[] target) {
        int runs = kept;
        int outputs = sizes.floats()[Segment.OUTPUTS.ordinal()];
        kept = 0;
        try {
            if (runs > 0 && outputs > 0) {
                driver.read(accelerator.queue, keptOutputs, true, 0, 4L * runs * outputs, report);
                MemorySegment.copy(report, ValueLayout.JAVA_FLOAT, 0, target, 0, runs * outputs);
            } else {
                driver.finish(accelerator.queue);
            }
        } catch (OpenClException e) {
            throw failed("running", e);
        }
        check();
        return runs;
    }

    /// Throws what a gather or scatter found wrong.
    private void check() {
        if (!checks) {
            return;
        }
        try {
            driver.read(accelerator.queue, statusBuffer, true, 0, 16, status);
        } catch (OpenClException e) {
            throw failed("running", e);
        }
        if (status.get(ValueLayout.JAVA_INT, 0) == 0) {
            return;
        }
        int step = status.get(ValueLayout.JAVA_INT, 4);
        int index = status.get(ValueLayout.JAVA_INT, 8);
        int which = status.get(ValueLayout.JAVA_INT, 12);
        int rows = switch (image.steps().get(step)) {
            case Step.GatherRows gather -> sizes.extents()[gather.rows()];
            case Step.ScatterRows scatter -> sizes.extents()[scatter.rows()];
            case Step.Loop _, Step.Product _, Step.Order _, Step.RunningSums _, Step.Draw _, Step.Move _, Step.Call _, Step.Clear _, Step.Repeat _ ->
                throw new AssertionError("step " + step);
        };
        Note note = image.notes().get(step);
        var outside = new NnException(
                "NN0812",
                "index " + index + " is outside 0 to " + (rows - 1) + " in " + note.label(),
                "the table has " + rows + " rows; check the data that the index (number " + which
                        + " of the batch) comes from, or make the table larger");
        throw note.line() == 0 ? outside : outside.at(note.source(), note.line());
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void poison() {
        for (Segment segment : new Segment[] {Segment.OUTPUTS, Segment.ARENA}) {
            int s = segment.ordinal();
            for (long buffer : floats[s]) {
                fill(buffer, Float.floatToRawIntBits(Float.NaN));
            }
            for (long buffer : ints[s]) {
                fill(buffer, -1_000_000);
            }
        }
        fill(scratch, Float.floatToRawIntBits(Float.NaN));
        long[] gradients = floats[Segment.GRADIENTS.ordinal()];
        for (int piece = 0; piece < gradients.length; piece++) {
            upload(
                    gradients[piece], shared.cuts.size(Segment.GRADIENTS, false, piece),
                    _ -> Float.floatToRawIntBits(Float.NaN));
        }
    }

    private void fill(long buffer, int bits) {
        upload(buffer, (int) (Objects.requireNonNull(extraBuffers.get(buffer)) / 4), _ -> bits);
    }

    @Override
    public void release() {
        close();
    }

    @Override
    public void close() {
        if (released) {
            return;
        }
        released = true;
        accelerator.forget(this);
        shared.forget(this);
        OpenClAccelerator.quietly(() -> driver.finish(accelerator.queue));
        bound.forEach(each -> OpenClAccelerator.quietly(() -> driver.releaseKernel(each.kernel)));
        if (kernels != null) {
            kernels.close();
        }
        if (staging != null) {
            staging.release();
        }
        extraBuffers.forEach((buffer, size) -> OpenClAccelerator.quietly(() -> accelerator.release(buffer, size)));
        arena.close();
    }
}
