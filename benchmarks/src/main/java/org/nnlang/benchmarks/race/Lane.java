package org.nnlang.benchmarks.race;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What one entrant has shown so far.
public final class Lane {
    private final Entrant entrant;
    private final Opponent opponent;
    private final String who;
    private final double[] results;
    private final List<double[]> turns = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();
    private final List<Double> peaks = new ArrayList<>();

    Lane(Entrant entrant, Opponent opponent, String who, double[] results) {
        this.entrant = entrant;
        this.opponent = opponent;
        this.who = who;
        this.results = results;
    }

    Opponent opponent() {
        return opponent;
    }

    /// Takes the answer to `measure`.
    ///
    /// @param peak of one thread, measured right before
    void add(String answer, double peak) {
        double[] numbers = numbers(answer);
        cpu.add(numbers[0]);
        bytes.add(numbers[1]);
        turns.add(Arrays.copyOfRange(numbers, 2, numbers.length));
        peaks.add(peak);
    }

    static double[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }

    /// Whether it is this library.
    public boolean isOurs() {
        return entrant.isOurs();
    }

    /// Its name.
    public String who() {
        return who;
    }

    /// What came out of its first runs.
    public double[] results() {
        return results.clone();
    }

    /// The median wall time of a run in milliseconds, over all turns.
    public double medianMs() {
        return median(samples()) * 1e-6;
    }

    /// The shortest.
    public double minMs() {
        return samples()[0] * 1e-6;
    }

    /// Processor time of a run in milliseconds, of all threads: the median over the turns.
    public double cpuMs() {
        return median(sorted(cpu)) * 1e-6;
    }

    /// Bytes allocated on Java's heap by a run: the median over the turns.
    public double bytes() {
        return median(sorted(bytes));
    }

    /// The peak of one thread in GFLOP/s: the median of those before the turns.
    public double peak() {
        return median(sorted(peaks));
    }

    private double[] samples() {
        return turns.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }
}
