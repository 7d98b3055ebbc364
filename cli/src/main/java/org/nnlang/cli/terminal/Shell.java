package org.nnlang.cli.terminal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.repl.Output;
import org.nnlang.cli.repl.Script;
import org.nnlang.cli.repl.Session;
import org.nnlang.runtime.train.TrainingListener;

/// A session on a terminal.
public final class Shell {
    private final Path folder;
    private final boolean colored;
    private final int threads;
    private final Function<PrintStream, TrainingListener> display;

    /// @param folder from which paths count
    /// @param display shows how a training goes
    public Shell(Path folder, boolean colored, int threads, Function<PrintStream, TrainingListener> display) {
        this.folder = folder;
        this.colored = colored;
        this.threads = threads;
        this.display = display;
    }

    /// Reads and carries out entries until the person leaves.
    ///
    /// @param greeting the first line
    /// @param first what is carried out before; null for nothing
    public void run(String greeting, @Nullable String first) throws IOException {
        try (Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .jni(false)
                .nativeSignals(true)
                // Otherwise the terminal is asked what it can do, and the prompt waits for its answer.
                .graphemeCluster(false)
                .encoding(StandardCharsets.UTF_8)
                .build()) {
            var printed = new Printed(terminal);
            try (var session = new Session(folder, printed, threads)) {
                LineReader reader = LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("nn")
                        .parser(new Entries())
                        .highlighter(new Colours(colored))
                        .completer(new Suggestions(session, folder))
                        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  > ")
                        .variable(LineReader.HISTORY_FILE, history())
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
                        .build();
                printed.line(greeting);
                warmUp();
                boolean goesOn = first == null || carryOut(first, session, terminal);
                while (goesOn) {
                    try {
                        goesOn = carryOut(reader.readLine("nn> "), session, terminal);
                    } catch (UserInterruptException _) {
                        // The entry is thrown away.
                    } catch (EndOfFileException _) {
                        goesOn = false;
                    }
                }
            }
        }
    }

    /// Carries out something while the first entry is typed, so that its answer does not wait for classes to be loaded.
    private void warmUp() {
        var thread = new Thread(() -> {
            try (var session = new Session(folder, new Silent(), 1)) {
                session.enter("relu([1.0, 2.0] @ [[1.0], [2.0]])");
            }
        }, "nn-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    /// Says nothing.
    private final class Silent implements Output {
        @Override
        public void line(String text) {
            // Nobody asked.
        }

        @Override
        public boolean colored() {
            return false;
        }

        @Override
        public TrainingListener training() {
            return display.apply(new PrintStream(OutputStream.nullOutputStream()));
        }
    }

    /// Where entries are remembered: `NN_HISTORY`, or a file where programs keep their state.
    private static Path history() {
        String given = System.getenv("NN_HISTORY");
        if (given != null) {
            return Path.of(given);
        }
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = state != null && !state.isBlank()
                ? Path.of(state, "nn")
                : Path.of(System.getProperty("user.home"), ".local", "state", "nn");
        try {
            Files.createDirectories(folder);
        } catch (IOException _) {
            // Then nothing is remembered.
        }
        return folder.resolve("history");
    }

    /// Carries out an entry on a thread of its own, so that Ctrl-C can break it off; false for `:quit`.
    private static boolean carryOut(String text, Session session, Terminal terminal) {
        var done = new CountDownLatch(1);
        var goesOn = new AtomicBoolean(true);
        var given = new AtomicBoolean();
        var worker = new Thread(() -> {
            try {
                Script.run(new BufferedReader(new StringReader(text)), entry -> {
                    boolean more = session.enter(entry);
                    goesOn.set(more);
                    return more && !given.get();
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException | Error e) {
                if (!given.get()) {
                    terminal.writer().println("nn: internal error. Please report it with the entry and what follows.");
                    e.printStackTrace(terminal.writer());
                }
            } finally {
                done.countDown();
            }
        }, "nn-entry");
        worker.setDaemon(true);
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> {
            given.set(true);
            if (!session.interrupt()) {
                terminal.writer().println("broken off");
                done.countDown();
            }
        });
        try {
            worker.start();
            done.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
            terminal.flush();
        }
        return goesOn.get();
    }

    /// Writes to the terminal.
    private final class Printed implements Output {
        private final Terminal terminal;

        Printed(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void line(String text) {
            terminal.writer().println(text);
            terminal.flush();
        }

        @Override
        public boolean colored() {
            return colored;
        }

        @Override
        public TrainingListener training() {
            return display.apply(new PrintStream(terminal.output(), true, StandardCharsets.UTF_8));
        }
    }
}
