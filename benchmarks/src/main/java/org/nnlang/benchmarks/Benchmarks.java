package org.nnlang.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.nnlang.runtime.kernel.Machine;

/// Measures workloads: `benchmarks/run W1,W2 [--threads N,M] [--json] [--filter TEXT] [--seconds S]`.
public final class Benchmarks {
    private static final List<Workload> WORKLOADS =
            List.of(new Products(), TrainingStep.W2, TrainingStep.W2T, TrainingStep.W3, TrainingStep.W4,
                    TrainingStep.W5);

    private Benchmarks() {}

    /// Exits with 2 where the arguments make no sense.
    public static void main(String[] arguments) {
        List<String> wanted = WORKLOADS.stream().map(Workload::name).toList();
        int[] threads = {1};
        boolean json = false;
        String filter = "";
        double seconds = 1;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--threads" -> threads = threads(value(arguments, ++i));
                case "--filter" -> filter = value(arguments, ++i);
                case "--seconds" -> seconds = seconds(value(arguments, ++i));
                case "--json" -> json = true;
                default -> {
                    if (arguments[i].startsWith("-")) {
                        fail("there is no option " + arguments[i]);
                    }
                    wanted = List.of(arguments[i].split(",", -1));
                }
            }
        }
        for (String name : wanted) {
            if (WORKLOADS.stream().noneMatch(workload -> workload.name().equals(name))) {
                fail("no workload `" + name + "`; there are " + WORKLOADS.stream().map(Workload::name).toList());
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
        for (Workload workload : WORKLOADS) {
            if (wanted.contains(workload.name())) {
                for (int count : threads) {
                    boolean asJson = json;
                    workload.run(
                            new Meter(count, seconds),
                            filter,
                            measured -> out.println(asJson ? measured.json() : measured.text()));
                }
            }
        }
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
        System.err.println("usage: benchmarks/run [W1,W2,...] [--threads N,M] [--json] [--filter TEXT] [--seconds S]");
        System.exit(2);
    }
}
