package org.nnlang.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What a measurement was asked for. `benchmarks/run` starts this file as a program before it builds anything, so that a wrong argument
/// is told at once; it names nothing of the project therefore.
///
/// @param workloads such as `W2`, each once
/// @param threads each of these numbers in turn
/// @param rivals whether other libraries run, too
/// @param json whether each result is an object on a line
/// @param filter part of the names of shapes
/// @param seconds how long each is measured
record Arguments(
        List<String> workloads, List<Integer> threads, boolean rivals, boolean json, String filter, double seconds) {
    /// W7: from the start of a process to its first step.
    static final String START = "W7";

    /// All there are.
    static final List<String> WORKLOADS = List.of("W1", "W2", "W2t", "W3", "W4", "W5", "W6", START);

    private static final String USAGE = """
            usage: benchmarks/run [W1,W2,…] [--threads N,M] [--rivals] [--json] [--filter TEXT] [--seconds S]

              W1            matrix products
              W2, W2t       a step of a perceptron, and of a tiny one
              W3            a step of an LSTM
              W4            a step of a GPT
              W5            a step of a convolutional network
              W6            inference, one example: the perceptron, and the GPT
              W7            from the start of a process to its first step of W2; always one thread
                            without names: all

              --threads 1,2 with so many threads, one after the other; 1 unless said
              --rivals      other libraries, too, in turns; fetches a gigabyte from Maven Central once (Linux on x86-64)
              --json        an object a line instead of a table
              --filter GPT  shapes alone whose name, such as `W6 GPT` or `W1 512x512x512 NT`, has this in it
              --seconds 1   how long each is measured after it is warm""";

    Arguments {
        workloads = List.copyOf(workloads);
        threads = List.copyOf(threads);
    }

    /// What is wrong with arguments, and the way out.
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /// Says what is wrong, if anything is, and ends with 2 then.
    public static void main(String[] arguments) {
        checked(arguments);
    }

    /// Those of a command line. Ends the process where they are wrong, or ask for help.
    static Arguments checked(String[] arguments) {
        if (Arrays.asList(arguments).contains("--help") || Arrays.asList(arguments).contains("-h")) {
            System.out.println(USAGE);
            System.exit(0);
        }
        try {
            return of(arguments);
        } catch (Wrong e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.err.println("benchmarks/run --help tells what there is");
            System.exit(2);
            throw new AssertionError(e);
        }
    }

    /// Reads a command line.
    static Arguments of(String... arguments) throws Wrong {
        List<String> workloads = new ArrayList<>();
        List<Integer> threads = List.of(1);
        boolean rivals = false;
        boolean json = false;
        String filter = "";
        double seconds = 1;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            switch (argument) {
                case "--threads" -> threads = threads(value(arguments, ++i, "1,2"));
                case "--filter" -> filter = value(arguments, ++i, "GPT");
                case "--seconds" -> seconds = seconds(value(arguments, ++i, "0.5"));
                case "--json" -> json = true;
                case "--rivals" -> rivals = true;
                default -> workloads(argument, workloads);
            }
        }
        if (rivals) {
            platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        }
        return new Arguments(workloads.isEmpty() ? WORKLOADS : workloads, threads, rivals, json, filter, seconds);
    }

    private static void workloads(String argument, List<String> workloads) throws Wrong {
        if (argument.startsWith("-")) {
            throw new Wrong(option(argument));
        }
        for (String name : argument.split(",", -1)) {
            if (name.isEmpty()) {
                throw new Wrong(
                        "`" + argument + "` has a comma without a workload on both sides; W2,W3 is how it is written");
            }
            if (!WORKLOADS.contains(name)) {
                throw new Wrong("there is no workload `" + name + "`" + meant(name) + ". There are "
                        + String.join(", ", WORKLOADS) + ": write them with commas between");
            }
            if (!workloads.contains(name)) {
                workloads.add(name);
            }
        }
    }

    private static String meant(String name) {
        for (String workload : WORKLOADS) {
            if (workload.equalsIgnoreCase(name)) {
                return "; `" + workload + "` is meant perhaps";
            }
        }
        String option = "--" + name.toLowerCase(Locale.ROOT);
        return List.of("--rivals", "--json", "--threads", "--filter", "--seconds").contains(option)
                ? "; `" + option + "` is meant perhaps"
                : "";
    }

    private static String option(String argument) {
        int equals = argument.indexOf('=');
        if (equals > 0) {
            return "`" + argument + "` is no option; a value is written behind a space: "
                    + argument.substring(0, equals) + " " + argument.substring(equals + 1);
        }
        return "there is no option `" + argument
                + "`. There are --threads N,M, --rivals, --json, --filter TEXT and --seconds S";
    }

    private static String value(String[] arguments, int at, String example) throws Wrong {
        String option = arguments[at - 1];
        if (at >= arguments.length) {
            throw new Wrong(option + " needs a value behind it, such as " + option + " " + example);
        }
        if (arguments[at].startsWith("--")) {
            throw new Wrong(option + " needs a value, such as " + option + " " + example + ", and has the option "
                    + arguments[at] + " behind it");
        }
        return arguments[at];
    }

    private static List<Integer> threads(String text) throws Wrong {
        List<Integer> threads = new ArrayList<>();
        for (String number : text.split(",", -1)) {
            if (!number.matches("[1-9]\\d{0,2}")) {
                throw new Wrong("--threads takes numbers from 1 to 999 with commas between, such as 1,2, and has `"
                        + text + "`");
            }
            threads.add(Integer.valueOf(number));
        }
        return threads;
    }

    private static double seconds(String text) throws Wrong {
        if (!text.matches("\\d{1,5}(\\.\\d{1,9})?") || Double.parseDouble(text) == 0) {
            throw new Wrong("--seconds takes a number of seconds above 0, such as 0.5, and has `" + text + "`");
        }
        return Double.parseDouble(text);
    }

    /// Rivals come with native code.
    static void platform(String system, String processor) throws Wrong {
        if (!system.equals("Linux") || !processor.equals("amd64")) {
            throw new Wrong("--rivals needs Linux on x86-64, as that is what other libraries are fetched for; this is "
                    + system + " on " + processor + ". Without it nnlang is measured alone");
        }
    }
}
