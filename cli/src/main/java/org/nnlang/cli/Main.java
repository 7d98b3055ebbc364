package org.nnlang.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.nnlang.runtime.NnException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// `nn`: the command line of the language. Exit codes: 0 done, 1 the input is wrong or the work failed, 2 usage.
///
/// Commands are described to picocli by calls. It would read annotations as well, but for those the JVM makes proxies and
/// accessors that no archive holds: until `train` began, that took 70 ms of each start, and this takes 7.
public final class Main implements Callable<Integer> {
    static final List<String> COMMANDS =
            List.of("check", "format", "train", "evaluate", "run", "generate", "explain", "test", "compile", "convert",
                    "bind",
                    "devices",
                    "doctor", "graph", "plot", "repl", "lsp");

    /// Commands that speak of all the others.
    private static final List<String> GUIDES = List.of("help", "generate-completion");

    private final Usage usage = new Usage(this, "nn", "Write, train and ship neural networks.").footer("",
            "Begin with:  nn train samples/digits/digits.nn",
            "`nn help NN0203` explains an error, `nn help train` a command.")
            .with(nn -> nn.versionProvider(new Version()));

    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        var output = StandardOutput.install();
        int exit;
        try {
            Switches.requireKnown();
            exit = execute(arguments);
            output.requireWritten();
        } catch (NnException e) {
            exit = new Main().usage.console().failed(e);
        }
        System.exit(exit);
    }

    /// Runs one command; the exit code.
    static int execute(String... arguments) {
        var main = new Main();
        CommandSpec root = main.usage.described();
        // Only the command asked for is described.
        if (arguments.length > 0 && COMMANDS.contains(arguments[0])) {
            root.addSubcommand(arguments[0], usage(arguments[0]).described());
        } else {
            for (List<String> names : List.of(COMMANDS, GUIDES)) {
                names.forEach(name -> root.addSubcommand(name, usage(name).described()));
            }
        }
        // What is set here holds for the subcommands that are there by now.
        return new CommandLine(root).setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> main.usage.console().failed(exception))
                .setParameterExceptionHandler(Main::misused)
                .setExecutionStrategy(main::withClassPath)
                .execute(arguments);
    }

    /// Runs the command that was asked for, with the host code that its user brings.
    private int withClassPath(CommandLine.ParseResult parsed) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            HostCode.add(System.getenv().getOrDefault(HostCode.VARIABLE, ""));
            for (CommandLine command : parsed.asCommandLineList()) {
                CommandLine.Model.OptionSpec option = command.getCommandSpec().findOption(Console.CLASS_PATH);
                String classPath = option == null ? null : option.getValue();
                HostCode.add(classPath == null ? "" : classPath);
            }
            return new CommandLine.RunLast().execute(parsed);
        } catch (NnException e) {
            return usage.console().failed(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Usage usage(String name) {
        return switch (name) {
            case "check" -> new Check().usage;
            case "format" -> new Format().usage;
            case "train" -> new Train().usage;
            case "evaluate" -> new Evaluate().usage;
            case "run" -> new Run().usage;
            case "generate" -> new Generate().usage;
            case "explain" -> new Explain().usage;
            case "test" -> new Test().usage;
            case "compile" -> new Compile().usage;
            case "convert" -> new Convert().usage;
            case "bind" -> new Bind().usage;
            case "devices" -> new DeviceList().usage;
            case "doctor" -> new Doctor().usage;
            case "graph" -> new GraphCommand().usage;
            case "plot" -> new Plot().usage;
            case "repl" -> new Repl().usage;
            case "lsp" -> new LanguageServer().usage;
            case "help" -> new Help().usage;
            case "generate-completion" -> new Completion().usage;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// Without a subcommand there is nothing to do but to say which there are.
    @Override
    public Integer call() {
        usage.commandLine().usage(System.out);
        return CommandLine.ExitCode.OK;
    }

    private static String said(ParameterException problem) {
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String first = unmatched.getUnmatched().getFirst();
            return unmatched.getCommandLine().getParent() == null
                    ? "there is no command `" + first + "`"
                    : "`" + first + "` is more than the command takes";
        }
        // picocli says it twice for options that are maps
        return String.valueOf(problem.getMessage()).replace("option option", "option");
    }

    /// Whether an option that resembles none of its command may have been meant for a hyper-parameter of the program.
    private static boolean isLikelySetting(CommandLine.UnmatchedArgumentException problem) {
        return problem.isUnknownOption() && problem.getSuggestions().isEmpty()
                && problem.getCommandLine().getCommandSpec().findOption("--set") != null;
    }

    /// Prints what was probably meant; whether there was anything.
    private static boolean isAdvised(ParameterException problem) {
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched && isLikelySetting(unmatched)) {
            System.err.println("a hyper-parameter is given by `--set "
                    + unmatched.getUnmatched().getFirst().replaceAll("^-+|=.*", "") + "=…`");
            return true;
        }
        return CommandLine.UnmatchedArgumentException.printSuggestions(
                problem, new PrintWriter(System.err, true, System.err.charset()));
    }

    /// One line that says what is wrong, the nearest right spelling, and where to read more.
    private static int misused(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        System.err.println("nn: " + said(problem));
        if (!isAdvised(problem)) {
            System.err.println("usage: " + command.getHelp().synopsis(0).strip());
        }
        System.err.println(
                "`nn help" + (command.getParent() == null ? "" : " " + command.getCommandName()) + "` tells more");
        return CommandLine.ExitCode.USAGE;
    }
}
