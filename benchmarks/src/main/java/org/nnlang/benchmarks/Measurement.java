package org.nnlang.benchmarks;

import java.util.Locale;

/// What one workload took on one shape.
///
/// @param workload such as `W1`
/// @param who the library measured
/// @param shape what distinguishes it within its workload, such as `256x256x256 TN`
/// @param threads how many threads it could use
/// @param medianMs wall time of a step
/// @param minMs the shortest
/// @param cpuMs processor time of a step, of all threads, those of the compiler and the collector included
/// @param itemsPerSecond items of a step (examples, or products) over the median
/// @param peakShare floating-point operations over what `threads` threads could do in the median, by the peak that was
///     measured just before
/// @param peakGflops that peak, of one thread
/// @param bytesAllocated on the heap, per step, by all threads, in the second half of the measurement: the JIT compiler
///     may still replace code in the first, and code that it replaces boxes its vectors
public record Measurement(
        String workload,
        String who,
        String shape,
        int threads,
        double medianMs,
        double minMs,
        double cpuMs,
        double itemsPerSecond,
        double peakShare,
        double peakGflops,
        double bytesAllocated) {

    static final String HEADER = row("workload", "shape", "who", "threads", "median ms", "min ms", "cpu ms",
            "items/s", "of peak", "bytes", "to best rival");

    /// One object on one line.
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"workload\":\"%s\",\"who\":\"%s\",\"threads\":%d,\"median_ms\":%.5f,\"min_ms\":%.5f,\"cpu_ms\":%.5f,"
                        + "\"items_per_s\":%.1f,\"peak_share\":%.4f,\"bytes_allocated\":%.1f}",
                (workload + " " + shape).strip(),
                who,
                threads,
                medianMs,
                minMs,
                cpuMs,
                itemsPerSecond,
                peakShare,
                bytesAllocated);
    }

    /// A row of a table for people.
    ///
    /// @param ratio to the best rival, or nothing
    String text(String ratio) {
        return row(
                workload,
                shape,
                who,
                Integer.toString(threads),
                number(medianMs),
                number(minMs),
                number(cpuMs),
                String.format(Locale.ROOT, "%.0f", itemsPerSecond),
                String.format(Locale.ROOT, "%.1f %%", 100 * peakShare),
                String.format(Locale.ROOT, "%.0f", bytesAllocated),
                ratio);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.4f" : "%.3f", value);
    }

    private static String row(String workload, String shape, String who, String... cells) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-8s  %-17s  %-24s", workload, shape, who));
        for (String cell : cells) {
            text.append(String.format(Locale.ROOT, "  %10s", cell));
        }
        return text.toString().stripTrailing();
    }
}
