package org.nnlang.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.repl.Output;
import org.nnlang.cli.repl.Script;
import org.nnlang.cli.repl.Session;
import org.nnlang.cli.terminal.Shell;
import org.nnlang.runtime.train.TrainingListener;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nn repl`: a session in which entries are carried out one by one.
@Command(name = "repl", mixinStandardHelpOptions = true, description = "Try expressions, layers and trainings one by one.", footer = {
    "",
    "`:help` lists the commands of a session, Ctrl-D ends it. It also reads a pipe:",
    "  echo '1 + 1' | nn repl"})
final class Repl implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "A program whose declarations are known from the start.")
    private @Nullable String file;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--interactive", description = "Edit lines with prompt and history, even where the input is no terminal.")
    private boolean interactive;

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() throws IOException {
        if (threads < 1) {
            throw new CommandLine.ParameterException(console.command(), "--threads must be at least 1");
        }
        String first = file == null ? null : ":load " + file;
        if (interactive || Console.isTerminal()) {
            new Shell(Path.of(""), console.colored(), threads, out -> new TextDisplay(out, true))
                    .run("nn " + Version.own() + ". `:help` lists commands, Ctrl-D ends the session.", first);
            return CommandLine.ExitCode.OK;
        }
        try (var session = new Session(Path.of(""), new Printed(), threads)) {
            if (first != null) {
                session.enter(first);
            }
            var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Script.run(lines, session::enter);
            return CommandLine.ExitCode.OK;
        }
    }

    /// The standard output.
    private final class Printed implements Output {
        @Override
        public void line(String text) {
            System.out.println(text);
        }

        @Override
        public boolean colored() {
            return console.colored();
        }

        @Override
        public TrainingListener training() {
            return new TextDisplay(System.out, false);
        }
    }
}
