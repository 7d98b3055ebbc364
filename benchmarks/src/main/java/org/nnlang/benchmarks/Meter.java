package org.nnlang.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.nnlang.runtime.kernel.Machine;

/// Runs a step until it is steady and then often enough to trust its median.
///
/// The machine's peak is measured right before each step, so that a neighbour or a lower clock hurts both alike.
final class Meter {
    /// A sample covers at least this long, or reading the clock would show.
    private static final double SAMPLE_NANOS = 30_000;

    /// How often the time to warm up may be spent on warming up.
    private static final double PATIENCE = 5;

    /// Allocation is measured in this many parts.
    private static final int PARTS = 5;

    private static final int MIN_SAMPLES = 9;
    private static final int MAX_SAMPLES = 20_000;

    private final int threads;
    private final double seconds;
    private final ThreadMXBean allocation = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// @param threads how many threads the steps use
    /// @param seconds how long to measure one step, after as long of warming it up
    Meter(int threads, double seconds) {
        this.threads = threads;
        this.seconds = seconds;
    }

    int threads() {
        return threads;
    }

    /// What all threads have allocated, without the question, which allocates where it is asked for the first time.
    private long allocatedBytes() {
        long asked = allocation.getTotalThreadAllocatedBytes();
        return asked < 0 ? asked : allocation.getTotalThreadAllocatedBytes();
    }

    /// Runs a step until the JIT compiler and the tiers of fused kernels are done with it: for the time to measure, at
    /// least for `atLeast` seconds, and then until a quarter of that passes without an allocation, or patience ends.
    /// Returns the fastest run in nanoseconds.
    private double warm(double atLeast, Runnable step) {
        double period = Math.max(seconds, atLeast);
        double fastest = Double.MAX_VALUE;
        double share = 1;
        double spent = 0;
        while (spent < PATIENCE) {
            long bytes = allocatedBytes();
            long end = System.nanoTime() + (long) (share * period * 1e9);
            int rounds = 0;
            while (rounds < MIN_SAMPLES || System.nanoTime() < end) {
                long start = System.nanoTime();
                step.run();
                fastest = Math.min(fastest, System.nanoTime() - start);
                rounds++;
            }
            spent += share;
            if (spent > 1 && allocatedBytes() - bytes < rounds) {
                break;
            }
            share = 0.25;
        }
        return fastest;
    }

    /// Measures `step`.
    ///
    /// @param flops floating-point operations of one step
    /// @param items what one step gets done
    /// @param atLeast how many seconds to warm it up, however short the measurement: for a step whose kernels change tiers
    Measurement measure(
            String workload, String shape, double flops, double items, double atLeast, Runnable step) {
        double fastest = warm(atLeast, step);
        int inner = (int) Math.max(1, Math.min(100_000, SAMPLE_NANOS / fastest));
        int count = (int) Math.clamp(seconds * 1e9 / (fastest * inner), MIN_SAMPLES, MAX_SAMPLES);
        double[] samples = new double[count];
        double peak = Machine.fmaPeak();
        // A kernel that changes its tier now, in the background, allocates as well: hence the median of several parts.
        double[] allocated = new double[PARTS];
        int part = 0;
        long bytes = allocatedBytes();
        int since = 0;
        long cpu = system.getProcessCpuTime();
        for (int i = 0; i < count; i++) {
            if (i == (part + 1) * count / PARTS) {
                long now = allocatedBytes();
                allocated[part++] = (now - bytes) / ((i - since) * (double) inner);
                bytes = allocatedBytes();
                since = i;
            }
            long start = System.nanoTime();
            for (int j = 0; j < inner; j++) {
                step.run();
            }
            samples[i] = (System.nanoTime() - start) * 1e-6 / inner;
        }
        double steps = (double) count * inner;
        double cpuMs = (system.getProcessCpuTime() - cpu) * 1e-6 / steps;
        allocated[part] = (allocatedBytes() - bytes) / ((count - since) * (double) inner);
        Arrays.sort(samples);
        Arrays.sort(allocated);
        double median = samples[count / 2];
        return new Measurement(
                workload,
                "nnlang",
                shape,
                threads,
                median,
                samples[0],
                cpuMs,
                items / (median * 1e-3),
                flops / (median * 1e6) / (peak * threads),
                peak,
                allocated[PARTS / 2]);
    }
}
