package org.nnlang.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.Traffic;

/// What each step of a program takes on a device, beside the least that the device's arithmetic and memory allow (Williams et al.,
/// 2009): its operations at the peak, or its operands read and results written once, whichever takes longer.
final class Roofline {
    /// Measurements of which the least counts.
    private static final int ROUNDS = 6;

    private final Instance instance;
    private final double peak;
    private final double bandwidth;

    /// One step, in one run with all its rounds.
    ///
    /// @param limit nanoseconds that it takes at least, or 0 where the device's limits are not known
    /// @param isBoundByMemory whether it is memory that sets the limit
    record Line(
            int step, String label, String what, long rounds, double nanos, long flops, long bytes, double limit,
            boolean isBoundByMemory) {}

    /// @param peak operations in a nanosecond, or 0
    /// @param bandwidth bytes in a nanosecond, or 0
    Roofline(Instance instance, double peak, double bandwidth) {
        this.instance = instance;
        this.peak = peak;
        this.bandwidth = bandwidth;
    }

    /// All steps, those that take longest first.
    List<Line> measure(DeviceProgram program) {
        long[] least = program.profile();
        for (int i = 1; i < ROUNDS; i++) {
            long[] times = program.profile();
            Arrays.setAll(least, step -> Math.min(least[step], times[step]));
        }
        List<Step> steps = instance.image().steps();
        long[] bytes = Traffic.of(instance);
        long[] rounds = rounds(steps);
        List<Line> lines = new ArrayList<>();
        for (int s = 0; s < least.length; s++) {
            if (steps.get(s) instanceof Step.Repeat) {
                continue;
            }
            double arithmetic = peak > 0 ? instance.flops(s) / peak : 0;
            double memory = bandwidth > 0 ? bytes[s] / bandwidth : 0;
            lines.add(new Line(
                    s, instance.image().notes().get(s).label(), describe(steps.get(s)), rounds[s],
                    (double) least[s] * rounds[s], instance.flops(s), bytes[s], Math.max(arithmetic, memory),
                    memory > arithmetic));
        }
        lines.sort(Comparator.comparingDouble((Line line) -> -line.nanos));
        return lines;
    }

    /// How often each step is done in a run.
    private long[] rounds(List<Step> steps) {
        long[] rounds = new long[steps.size()];
        Arrays.fill(rounds, 1);
        for (int s = 0; s < rounds.length; s++) {
            if (steps.get(s) instanceof Step.Repeat repeat) {
                for (int inner = s + 1; inner <= s + repeat.steps(); inner++) {
                    rounds[inner] *= extent(repeat.trips());
                }
            }
        }
        return rounds;
    }

    private int extent(int index) {
        return instance.frame().extent(index);
    }

    private String extents(List<Integer> indices) {
        return indices.stream().map(index -> Integer.toString(extent(index))).collect(Collectors.joining("x"));
    }

    private String describe(Step which) {
        return switch (which) {
            case Step.Loop loop -> "loop " + extents(loop.outer()) + " x " + extent(loop.columns());
            case Step.Product product ->
                "product " + (product.transA() ? "T" : "N") + (product.transB() ? "T" : "N") + " "
                        + extent(product.m()) + " " + extent(product.n()) + " " + extent(product.k()) + " x"
                        + extent(product.count()) + " "
                        + extents(product.outer().stream().map(Step.Batch::size).toList());
            case Step.Call call ->
                call.kernel().label() + " " + call.operands().stream().map(each -> extents(each.dims())).toList();
            case Step.Move move -> "move " + extents(move.dims());
            case Step.Clear _, Step.Order _, Step.RunningSums _, Step.Draw _, Step.GatherRows _, Step.ScatterRows _, Step.Repeat _ ->
                which.getClass().getSimpleName();
        };
    }
}
