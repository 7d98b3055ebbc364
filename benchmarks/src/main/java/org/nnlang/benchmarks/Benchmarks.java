package org.nnlang.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.nnlang.benchmarks.race.Lane;
import org.nnlang.benchmarks.race.Race;
import org.nnlang.benchmarks.race.StartUp;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.runtime.kernel.Machine;

/// Measures workloads: `benchmarks/run W1,W2 [--threads N,M] [--rivals] [--json] [--filter TEXT] [--seconds S]`.
public final class Benchmarks {
    private static final List<Workload> WORKLOADS =
            List.of(new Products(), TrainingStep.W2, TrainingStep.W2T, TrainingStep.W3, TrainingStep.W4,
                    TrainingStep.W5, new Inference());

    /// W7: from the start of a process to its first step.
    private static final String START = "W7";

    /// Products have no tiers that change, and are many.
    private static final double WARM_PRODUCT_SECONDS = 0.5;

    private Benchmarks() {}

    /// Exits with 2 where the arguments make no sense.
    public static void main(String[] arguments) {
        List<String> wanted = names();
        int[] threads = {1};
        boolean json = false;
        boolean rivals = false;
        String filter = "";
        double seconds = 1;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--threads" -> threads = threads(value(arguments, ++i));
                case "--filter" -> filter = value(arguments, ++i);
                case "--seconds" -> seconds = seconds(value(arguments, ++i));
                case "--json" -> json = true;
                case "--rivals" -> rivals = true;
                default -> {
                    if (arguments[i].startsWith("-")) {
                        fail("there is no option " + arguments[i]);
                    }
                    wanted = List.of(arguments[i].split(",", -1));
                }
            }
        }
        for (String name : wanted) {
            if (!names().contains(name)) {
                fail("no workload `" + name + "`; there are " + names());
            }
        }
        PrintStream out = System.out;
        if (!json) {
            out.printf(
                    Locale.ROOT,
                    "%s, peak %.1f GFLOP/s a thread, JDK %s%n%s%n",
                    Machine.description(),
                    Machine.fmaPeak(),
                    Runtime.version(),
                    Measurement.HEADER);
        }
        boolean asJson = json;
        for (Workload workload : WORKLOADS) {
            if (wanted.contains(workload.name())) {
                for (int count : threads) {
                    if (rivals) {
                        race(workload, count, filter, seconds, asJson, out);
                    } else {
                        workload.run(
                                new Meter(count, seconds),
                                filter,
                                measured -> out.println(asJson ? measured.json() : measured.text("")));
                    }
                }
            }
        }
        if (wanted.contains(START)) {
            start(rivals, json, out);
        }
    }

    private static List<String> names() {
        return Stream.concat(WORKLOADS.stream().map(Workload::name), Stream.of(START)).toList();
    }

    private static void start(boolean rivals, boolean json, PrintStream out) {
        Path benchmarks = Path.of(System.getProperty("nnlang.benchmarks")).toAbsolutePath();
        Path home = Objects.requireNonNull(benchmarks.getParent());
        Path folder = benchmarks.resolve("target").resolve("start");
        try {
            TrainingStep.W2.write(folder);
            List<StartUp.Start> starts = new StartUp(
                    home,
                    folder,
                    TrainingStep.W2.jobs().getFirst().task(),
                    System.err::println)
                    .run(rivals);
            double best = starts.stream()
                    .filter(start -> !start.who().equals("nnlang"))
                    .mapToDouble(start -> median(start.wallMs()))
                    .min()
                    .orElse(Double.NaN);
            for (StartUp.Start start : starts) {
                double median = median(start.wallMs());
                var measured = new Measurement(
                        START, start.who(), "", 1, median, start.wallMs().getFirst(), start.cpuMs(), 1e3 / median, 0,
                        0, 0);
                out.println(json ? measured.json() : measured.text(ratio(median / best)));
            }
            for (StartUp.Start start : starts) {
                out.println(
                        json
                                ? "{\"workload\":\"" + START + "\",\"who\":\"" + start.who()
                                        + "\",\"download_bytes\":" + start.downloadBytes() + "}"
                                : String.format(
                                        Locale.ROOT,
                                        "%s: %s is %.1f MB to download, the JDK aside",
                                        START,
                                        start.who(),
                                        start.downloadBytes() * 1e-6));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    private static void race(
            Workload workload, int threads, String filter, double seconds, boolean json, PrintStream out) {
        double warm = workload instanceof Products ? WARM_PRODUCT_SECONDS : TrainingStep.WARM_SECONDS;
        var race = new Race(
                true,
                Path.of(System.getProperty("nnlang.benchmarks")).toAbsolutePath(),
                seconds,
                warm,
                System.err::println);
        List<Workload.Job> jobs = workload.jobs().stream()
                .filter(job -> (workload.name() + " " + job.shape()).contains(filter))
                .toList();
        Iterable<Task> tasks = () -> jobs.stream().map(Workload.Job::task).iterator();
        int[] next = {0};
        race.run(workload.name(), threads, tasks, lanes -> {
            Workload.Job job = jobs.get(next[0]++);
            double best = lanes.stream()
                    .filter(lane -> !lane.isOurs())
                    .mapToDouble(Lane::medianMs)
                    .min()
                    .orElse(Double.NaN);
            for (Lane lane : lanes) {
                Measurement measured = measurement(workload, job, threads, lane);
                out.println(json ? measured.json() : measured.text(ratio(measured.medianMs() / best)));
            }
        });
    }

    private static Measurement measurement(Workload workload, Workload.Job job, int threads, Lane lane) {
        return new Measurement(
                workload.name(),
                lane.who(),
                job.shape(),
                threads,
                lane.medianMs(),
                lane.minMs(),
                lane.cpuMs(),
                job.items() / (lane.medianMs() * 1e-3),
                job.flops() / (lane.medianMs() * 1e6) / (lane.peak() * threads),
                lane.peak(),
                lane.bytes());
    }

    private static String ratio(double ratio) {
        return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    /// `2` or `1,2`.
    private static int[] threads(String text) {
        if (!text.matches("[1-9]\\d{0,3}(,[1-9]\\d{0,3})*")) {
            fail("--threads takes numbers from 1 on, such as 2 or 1,2, and gets " + text);
        }
        return Stream.of(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static double seconds(String text) {
        if (!text.matches("\\d{1,6}(\\.\\d+)?")) {
            fail("--seconds takes a number of seconds, such as 0.5, and gets " + text);
        }
        return Double.parseDouble(text);
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) {
            fail(arguments[at - 1] + " needs a value");
        }
        return arguments[at];
    }

    private static void fail(String message) {
        System.err.println(message);
        System.err.println(
                "usage: benchmarks/run [W1,W2,...] [--threads N,M] [--rivals] [--json] [--filter TEXT] [--seconds S]");
        System.exit(2);
    }
}
