package org.nnlang.runtime.train;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.GeneratedKernels;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Frame;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.StepParameters;
import org.nnlang.runtime.program.Traffic;

/// Runs a program step by step, each between two looks at the clock. What is reported is the later part of a run, from half of
/// it to all but a quarter: in the beginning code is interpreted, and loops have not found their tier.
public final class StepProfile implements CompiledProgram, StepObserver {
    private final Image image;
    private final CompiledProgram program;
    private boolean looking = true;
    private Window before;
    private Window now;
    private long runs;
    private @Nullable Instance measured;
    private long[] flops = {};
    private long[] bytes = {};
    private List<List<String>> parameters = List.of();

    /// What one of the program's steps took, over all runs that are reported.
    ///
    /// @param index of the step
    /// @param label what it computes
    /// @param line of the source file that asked for it, or 0
    /// @param source name of that file, or the empty string
    /// @param parameters that it works on
    /// @param nanos wall time of a run
    /// @param flops floating-point operations of a run
    /// @param bytes read and written in a run
    public record Entry(
            int index,
            String label,
            int line,
            String source,
            List<String> parameters,
            double nanos,
            double flops,
            double bytes) {
        public Entry {
            parameters = List.copyOf(parameters);
        }
    }

    private static final class Window {
        private final long[] nanos;
        private final double[] flops;
        private final double[] bytes;
        private long runs;

        Window(int steps) {
            nanos = new long[steps];
            flops = new double[steps];
            bytes = new double[steps];
        }
    }

    /// @param image what the program is compiled from
    public StepProfile(Image image, CompiledProgram program) {
        this.image = image;
        this.program = program;
        before = new Window(image.steps().size());
        now = new Window(image.steps().size());
    }

    /// Whether to look at the runs from now on; others are as fast as ever. It looks at all, unless told.
    public void look(boolean whether) {
        looking = whether;
    }

    /// The instance that was looked at last, or null.
    public @Nullable Instance measured() {
        return measured;
    }

    @Override
    public @Nullable GeneratedKernels kernels() {
        return program.kernels();
    }

    @Override
    public void run(Frame frame) {
        if (!looking) {
            program.run(frame);
            return;
        }
        run(frame, 0, frame.steps());
        now.runs++;
    }

    private void run(Frame frame, int from, int to) {
        int step = from;
        while (step < to) {
            if (image.steps().get(step) instanceof Step.Repeat repeat) {
                int end = step + 1 + repeat.steps();
                while (frame.next(step)) {
                    run(frame, step + 1, end);
                }
                step = end;
            } else {
                long start = System.nanoTime();
                frame.run(step);
                now.nanos[step] += System.nanoTime() - start;
                step++;
            }
        }
    }

    @Override
    public void before(Observed observed) {}

    @Override
    public void after(Observed observed) {
        if (!looking) {
            return;
        }
        Instance instance = observed.instance();
        if (instance != measured) {
            measured = instance;
            flops = IntStream.range(0, image.steps().size()).mapToLong(instance::flops).toArray();
            bytes = Traffic.of(instance);
            parameters = StepParameters.of(instance);
        }
        for (int step = 0; step < flops.length; step++) {
            now.flops[step] += flops[step];
            now.bytes[step] += bytes[step];
        }
        runs++;
        if (Long.bitCount(runs) == 1) {
            before = now;
            now = new Window(flops.length);
        }
    }

    /// How many runs are reported.
    public long runs() {
        return before.runs + now.runs;
    }

    /// The steps, the slowest first, without those that only repeat others.
    public List<Entry> entries() {
        double count = Math.max(1, runs());
        return IntStream.range(0, image.steps().size())
                .filter(step -> !(image.steps().get(step) instanceof Step.Repeat))
                .mapToObj(step -> entry(step, count))
                .sorted((a, b) -> Double.compare(b.nanos(), a.nanos()))
                .toList();
    }

    private Entry entry(int step, double count) {
        var note = image.notes().get(step);
        return new Entry(
                step,
                note.label(),
                note.line(),
                note.source(),
                parameters.isEmpty() ? List.of() : parameters.get(step),
                (before.nanos[step] + now.nanos[step]) / count,
                (before.flops[step] + now.flops[step]) / count,
                (before.bytes[step] + now.bytes[step]) / count);
    }
}
