package org.nnlang.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nnlang.cli.repl.Output;
import org.nnlang.cli.repl.Script;
import org.nnlang.cli.repl.Session;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.train.TrainingListener;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nn repl`: a session in which entries are carried out one by one.
@Command(name = "repl", mixinStandardHelpOptions = true, description = "Try expressions, layers and trainings one by one.", footer = {
    "",
    "`:help` lists the commands of a session, Ctrl-D ends it. It also reads a pipe:",
    "  echo '1 + 1' | nn repl"})
final class Repl implements Callable<Integer> {
    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() throws IOException {
        try (var session = new Session(
                Path.of(""), new Printed(), Team.of(Runtime.getRuntime().availableProcessors()))) {
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
