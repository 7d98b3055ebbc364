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

/// `nn repl`: a session in which entries are carried out one by one.
final class Repl implements Callable<Integer> {
    final Usage usage = new Usage(this, "repl", "Try expressions, layers and trainings one by one.").footer("",
            "`:help` lists the commands of a session, Ctrl-D ends it. It also reads a pipe, and ends with status 1",
            "where an entry was not carried out or a test failed:",
            "  echo '1 + 1' | nn repl");

    private final Given<@Nullable String> file =
            usage.parameterIfAny(String.class, "FILE", "A program whose declarations are known from the start.");

    private final ThreadsOption threads = ThreadsOption.all(usage);

    private final Given<Boolean> interactive =
            usage.flag("--interactive", "Edit lines with prompt and history, even where the input is no terminal.");

    private final Console console = usage.console();

    @Override
    public Integer call() throws IOException {
        String first = file.get() == null ? null : ":load " + file.get();
        if (interactive.get() || Console.isTerminal()) {
            new Shell(Path.of(""), console.colored(), threads.count(), out -> new TextDisplay(out, true))
                    .run("nn " + Version.own() + ". `:help` lists commands, Ctrl-D ends the session.", first);
            return CommandLine.ExitCode.OK;
        }
        var printed = new Printed();
        try (var session = new Session(Path.of(""), printed, threads.count())) {
            if (first != null) {
                session.enter(first);
            }
            var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Script.run(lines, session::enter);
            return printed.refused ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        }
    }

    /// The standard output, which remembers whether all entries were carried out: a script wants to know.
    private final class Printed implements Output {
        private boolean refused;

        @Override
        public void refusal(String text) {
            refused = true;
            line(text);
        }

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
