package org.nnlang.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.nnlang.runtime.kernel.Machine;

/// Measures workloads: `benchmarks/run W1,W2 [--threads N] [--json] [--filter TEXT] [--seconds S]`.
public final class Benchmarks {
    private static final List<Workload> WORKLOADS = List.of(new Products(), TrainingStep.W2, TrainingStep.W2T);

    private Benchmarks() {}

    /// Exits with 2 where the arguments make no sense.
    public static void main(String[] arguments) {
        List<String> wanted = WORKLOADS.stream().map(Workload::name).toList();
        int threads = 1;
        boolean json = false;
        String filter = "";
        double seconds = 1;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--threads" -> threads = Integer.parseInt(value(arguments, ++i));
                case "--filter" -> filter = value(arguments, ++i);
                case "--seconds" -> seconds = Double.parseDouble(value(arguments, ++i));
                case "--json" -> json = true;
                default -> wanted = List.of(arguments[i].split(",", -1));
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
        Meter meter = new Meter(threads, seconds);
        for (Workload workload : WORKLOADS) {
            if (wanted.contains(workload.name())) {
                boolean asJson = json;
                workload.run(meter, filter, measured -> out.println(asJson ? measured.json() : measured.text()));
            }
        }
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) {
            fail(arguments[at - 1] + " needs a value");
        }
        return arguments[at];
    }

    private static void fail(String message) {
        System.err.println(message);
        System.err.println("usage: benchmarks/run [W1,W2,...] [--threads N] [--json] [--filter TEXT] [--seconds S]");
        System.exit(2);
    }
}
