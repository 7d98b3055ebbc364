package org.nnlang.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.nnlang.benchmarks.race.Entrant;
import org.nnlang.benchmarks.race.Lane;
import org.nnlang.benchmarks.race.Race;
import org.nnlang.benchmarks.race.StartUp;
import org.nnlang.benchmarks.race.Task;
import org.nnlang.runtime.kernel.Machine;

/// Measures workloads, by the arguments of `benchmarks/run`.
public final class Benchmarks {
    private static final List<Workload> WORKLOADS =
            List.of(new Products(), TrainingStep.W2, TrainingStep.W2T, TrainingStep.W3, TrainingStep.W4,
                    TrainingStep.W5, new Inference());

    /// Products have no tiers that change, and are many.
    private static final double WARM_PRODUCT_SECONDS = 0.5;

    private Benchmarks() {}

    /// Exits with 2 where the arguments make no sense.
    public static void main(String[] arguments) {
        Arguments asked = Arguments.checked(arguments);
        List<String> chosen = chosen(asked);
        if (chosen.isEmpty()) {
            System.err.println("benchmarks: --filter " + asked.filter() + " leaves nothing of "
                    + String.join(", ", asked.workloads()) + ". What it is part of are names such as "
                    + String.join(", ", examples(asked)));
            System.exit(2);
        }
        int processors = Runtime.getRuntime().availableProcessors();
        for (int count : asked.threads()) {
            if (count > processors) {
                System.err.println("benchmarks: " + count + " threads share " + processors
                        + " processors here, so that their figures tell little");
            }
        }
        PrintStream out = System.out;
        if (!asked.json()) {
            out.printf(
                    Locale.ROOT,
                    "%s, peak %.1f GFLOP/s a thread, JDK %s%n%s%n",
                    Machine.description(),
                    Machine.fmaPeak(),
                    Runtime.version(),
                    Measurement.HEADER);
        }
        for (Workload workload : WORKLOADS) {
            if (chosen.contains(workload.name())) {
                tellAbsent(workload.name(), asked);
                for (int count : asked.threads()) {
                    if (asked.rivals()) {
                        race(workload, count, asked, out);
                    } else {
                        workload.run(
                                new Meter(count, asked.seconds()),
                                asked.filter(),
                                measured -> out.println(asked.json() ? measured.json() : measured.text("")));
                    }
                }
            }
        }
        if (chosen.contains(Arguments.START)) {
            tellAbsent(Arguments.START, asked);
            start(asked.rivals(), asked.json(), out);
        }
    }

    /// The workloads of which the filter leaves something.
    private static List<String> chosen(Arguments asked) {
        return asked.workloads().stream()
                .filter(name -> names(name).anyMatch(each -> each.contains(asked.filter())))
                .toList();
    }

    /// The names of a workload's shapes.
    private static Stream<String> names(String name) {
        return WORKLOADS.stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .map(workload -> workload.shapes().stream().map(workload::name))
                .orElseGet(() -> Stream.of(name));
    }

    private static List<String> examples(Arguments asked) {
        return asked.workloads().stream()
                .flatMap(name -> names(name).limit(2))
                .map(name -> "`" + name + "`")
                .toList();
    }

    /// Says who takes no part, and why, on the error stream.
    private static void tellAbsent(String workload, Arguments asked) {
        List<String> absent = asked.rivals() ? Entrant.absent(workload) : List.of();
        if (!absent.isEmpty()) {
            System.err.println("benchmarks: " + workload + " without " + String.join("; ", absent));
        }
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
                    message -> System.err.println("benchmarks: " + message))
                    .run(rivals);
            double best = starts.stream()
                    .filter(start -> !start.who().equals("nnlang"))
                    .mapToDouble(start -> median(start.wallMs()))
                    .min()
                    .orElse(Double.NaN);
            for (StartUp.Start start : starts) {
                double median = median(start.wallMs());
                var measured = new Measurement(
                        Arguments.START, start.who(), "", 1, median, start.wallMs().getFirst(), start.cpuMs(),
                        1e3 / median, 0,
                        0, 0);
                out.println(json ? measured.json() : measured.text(ratio(median / best)));
            }
            for (StartUp.Start start : starts) {
                out.println(
                        json
                                ? "{\"workload\":\"" + Arguments.START + "\",\"who\":\"" + start.who()
                                        + "\",\"download_bytes\":" + start.downloadBytes() + "}"
                                : String.format(
                                        Locale.ROOT,
                                        "%s: %s is %.1f MB to download, the JDK aside",
                                        Arguments.START,
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

    private static void race(Workload workload, int threads, Arguments asked, PrintStream out) {
        double warm = workload instanceof Products ? WARM_PRODUCT_SECONDS : TrainingStep.WARM_SECONDS;
        var race = new Race(
                true,
                Path.of(System.getProperty("nnlang.benchmarks")).toAbsolutePath(),
                asked.seconds(),
                warm,
                message -> System.err.println("benchmarks: " + message));
        List<Workload.Job> jobs = workload.jobs().stream()
                .filter(job -> workload.name(job.shape()).contains(asked.filter()))
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
                out.println(asked.json() ? measured.json() : measured.text(ratio(measured.medianMs() / best)));
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
}
