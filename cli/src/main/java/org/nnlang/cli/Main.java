package org.nnlang.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.nnlang.runtime.NnException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `nn`: the command line of the language. Exit codes: 0 done, 1 the input is wrong or the work failed, 2 usage.
@Command(name = "nn", versionProvider = Version.class, mixinStandardHelpOptions = true, description = "Write, train and ship neural networks.", footer = {
    "",
    "Begin with:  nn train samples/digits/digits.nn",
    "`nn help NN0203` explains an error, `nn help train` a command."})
public final class Main implements Runnable {
    private static final List<String> COMMANDS =
            List.of("check", "train", "run", "generate", "explain", "test", "compile", "convert", "bind", "devices",
                    "doctor", "graph", "plot", "repl");

    /// Commands that speak of all the others.
    private static final List<String> GUIDES = List.of("help", "generate-completion");

    @Spec
    private CommandSpec spec;

    @Mixin
    private Console console;

    /// Filled by picocli.
    Main() {
        this.spec = CommandSpec.create();
        this.console = new Console();
    }

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /// Runs one command; the exit code.
    static int execute(String... arguments) {
        var main = new Main();
        CommandLine line = new CommandLine(main);
        // To describe a command to picocli takes longer than most need to run, so only the one asked for is described.
        if (arguments.length > 0 && COMMANDS.contains(arguments[0])) {
            line.addSubcommand(arguments[0], command(arguments[0]));
        } else {
            Stream.concat(COMMANDS.stream(), GUIDES.stream())
                    .forEach(name -> line.addSubcommand(name, command(name)));
        }
        // What is set here holds for the subcommands that are there by now.
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> main.console.failed(exception))
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
            return console.failed(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Object command(String name) {
        return switch (name) {
            case "check" -> new Check();
            case "train" -> new Train();
            case "run" -> new Run();
            case "generate" -> new Generate();
            case "explain" -> new Explain();
            case "test" -> new Test();
            case "compile" -> new Compile();
            case "convert" -> new Convert();
            case "bind" -> new Bind();
            case "devices" -> new DeviceList();
            case "doctor" -> new Doctor();
            case "graph" -> new GraphCommand();
            case "plot" -> new Plot();
            case "repl" -> new Repl();
            case "help" -> new Help();
            case "generate-completion" -> new AutoComplete.GenerateCompletion();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// Without a subcommand there is nothing to do but to say which there are.
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
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

    /// One line that says what is wrong, the nearest right spelling, and where to read more.
    private static int misused(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        System.err.println("nn: " + said(problem));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(problem,
                new PrintWriter(System.err, true, System.err.charset()))) {
            System.err.println("usage: " + command.getHelp().synopsis(0).strip());
        }
        System.err.println(
                "`nn help" + (command.getParent() == null ? "" : " " + command.getCommandName()) + "` tells more");
        return CommandLine.ExitCode.USAGE;
    }
}
