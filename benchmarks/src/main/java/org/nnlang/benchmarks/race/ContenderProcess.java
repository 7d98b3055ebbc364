package org.nnlang.benchmarks.race;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The process of one contender. It reads commands and answers each with one line that begins with `= `; between them it waits for
/// the next, and so keeps no core busy while others run.
///
/// | command | answer |
/// |---|---|
/// | `who` | its name |
/// | `prepare FILE` | `yes`, or `no` where the library has no such thing |
/// | `results N` | what each of N runs gave |
/// | `warm SECONDS` | the nanoseconds of the fastest run |
/// | `measure SECONDS` | processor nanoseconds and allocated bytes of a run, then the nanoseconds of each |
public final class ContenderProcess {
    /// A sample covers at least this long, or reading the clock would show.
    private static final double SAMPLE_NANOS = 30_000;

    private static final int MIN_SAMPLES = 3;
    private static final int MAX_SAMPLES = 5_000;

    private final Contender contender;
    private final int threads;
    private final ThreadMXBean allocation = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private Contender.@Nullable Prepared prepared;
    private double fastest = Double.MAX_VALUE;

    private ContenderProcess(Contender contender, int threads) {
        this.contender = contender;
        this.threads = threads;
    }

    /// Takes the class of a [Contender] and how many threads it may use.
    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        // What libraries print is no answer.
        System.setOut(System.err);
        Contender contender = Class.forName(arguments[0])
                .asSubclass(Contender.class)
                .getDeclaredConstructor()
                .newInstance();
        var process = new ContenderProcess(contender, Integer.parseInt(arguments[1]));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println("= " + process.answer(line));
        }
        // Native libraries leave threads behind, and some crash while they are unloaded.
        Runtime.getRuntime().halt(0);
    }

    private String answer(String command) throws Exception {
        int space = command.indexOf(' ');
        String verb = space < 0 ? command : command.substring(0, space);
        String argument = command.substring(space + 1);
        return switch (verb) {
            case "who" -> contender.who();
            case "prepare" -> prepare(Path.of(argument));
            case "results" -> results(Integer.parseInt(argument));
            case "warm" -> warm(Double.parseDouble(argument));
            case "measure" -> measure(Double.parseDouble(argument));
            default -> throw new IllegalArgumentException(command);
        };
    }

    private String prepare(Path file) throws Exception {
        if (prepared != null) {
            prepared.close();
        }
        prepared = contender.prepare(Task.read(file), threads).orElse(null);
        fastest = Double.MAX_VALUE;
        return prepared == null ? "no" : "yes";
    }

    private Contender.Prepared ready() throws IOException {
        Contender.Prepared step = prepared;
        if (step == null) {
            throw new IOException("nothing is prepared");
        }
        return step;
    }

    private String results(int count) throws IOException {
        Contender.Prepared step = ready();
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            step.run();
            text.append(i == 0 ? "" : " ").append(step.result());
        }
        return text.toString();
    }

    private String warm(double seconds) throws IOException {
        Contender.Prepared step = ready();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; i < MIN_SAMPLES || System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            step.run();
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        return String.format(Locale.ROOT, "%.0f", fastest);
    }

    private String measure(double seconds) throws IOException {
        Contender.Prepared step = ready();
        int inner = (int) Math.clamp(SAMPLE_NANOS / fastest, 1, 100_000);
        int count = (int) Math.clamp(seconds * 1e9 / (fastest * inner), MIN_SAMPLES, MAX_SAMPLES);
        double[] samples = new double[count];
        // Caches and cores were somebody else's a moment ago.
        step.run();
        allocation.getTotalThreadAllocatedBytes(); // The first question allocates.
        long bytes = allocation.getTotalThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            for (int j = 0; j < inner; j++) {
                step.run();
            }
            samples[i] = (System.nanoTime() - start) / (double) inner;
        }
        cpu = system.getProcessCpuTime() - cpu;
        bytes = allocation.getTotalThreadAllocatedBytes() - bytes;
        double runs = (double) count * inner;
        var text = new StringBuilder(String.format(Locale.ROOT, "%.0f %.1f", cpu / runs, bytes / runs));
        for (double sample : samples) {
            text.append(String.format(Locale.ROOT, " %.1f", sample));
        }
        return text.toString();
    }
}
