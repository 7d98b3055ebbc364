package org.nnlang.cli;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;
import org.nnlang.runtime.kernel.Machine;
import picocli.CommandLine;

/// Where a command speaks: results to the standard output, everything about them to the standard error; in colour
/// where a person reads it. All commands share its options, `--color` and `--class-path`; each finds it as its [Usage#console].
final class Console {
    /// When to use colours.
    enum Color {
        /// On a terminal, unless `NO_COLOR` is set (no-color.org).
        AUTO,
        /// Also in a pipe.
        ALWAYS,
        /// Not even on a terminal.
        NEVER
    }

    /// The option for jars of the user's.
    static final String CLASS_PATH = "--class-path";

    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[1;31m";
    private static final String CYAN = "\u001b[1;36m";

    private final Given<Color> color;

    Console(Usage usage) {
        color = usage.option(Color.class, Color.AUTO, "--color", "WHEN", "Colours: auto (default), always or never.");
        // Read by Main, before any command runs.
        usage.option(String.class, CLASS_PATH, "PATH", "Jars with operations of your own; also NN_CLASSPATH.");
    }

    /// Whether a person sees the output as it comes.
    static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /// Whether to write colours.
    boolean colored() {
        return switch (color.get()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> isTerminal() && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        };
    }

    /// The program that was asked for; its warnings are shown.
    ///
    /// @throws Rejected where it has errors
    <T> T require(Elaborated<T> elaborated) {
        T program = elaborated.program();
        if (program == null || elaborated.diagnostics().hasErrors()) {
            throw new Rejected(elaborated.diagnostics());
        }
        if (!elaborated.diagnostics().isEmpty()) {
            System.err.print(new HumanRenderer(colored()).render(elaborated.diagnostics().sorted()));
        }
        return program;
    }

    /// Says, before something is computed, if it will be slow for want of the vector module.
    static void announceScalarKernels() {
        String announcement = Machine.announcement();
        if (!announcement.isEmpty()) {
            System.err.println("nn: " + announcement);
        }
    }

    /// Text of something that went well.
    String good(String text) {
        return paint(GREEN, text, colored());
    }

    /// Text of something that went wrong.
    String bad(String text) {
        return paint(RED, text, colored());
    }

    /// Tells what ended a command, and gives the exit code.
    int failed(Exception exception) {
        PrintStream err = System.err;
        switch (exception) {
            case Rejected rejected -> err.print(rejected.rendered(colored()));
            case NnException problem -> error(problem);
            // Of a path that a program names; those of the command line are read by `Usage`.
            case InvalidPathException path -> error(Refusal.noPath(path));
            default -> {
                err.println("nn: internal error. Please report it with the program that caused it and what follows.");
                exception.printStackTrace(err);
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /// Prints an error that has a code.
    void error(NnException problem) {
        boolean colored = colored();
        Span place = place(problem);
        Optional<Code> code = Code.find(problem.code());
        if (place != null && code.isPresent()) {
            var diagnostics = new Diagnostics();
            Diagnostic diagnostic = Diagnostic.of(code.get(), place, String.valueOf(problem.getMessage()));
            diagnostics.add(problem.help().isEmpty() ? diagnostic : diagnostic.help(problem.help()));
            System.err.print(new HumanRenderer(colored).render(diagnostics.sorted()));
            return;
        }
        System.err.println(
                paint(RED, "error[" + problem.code() + "]", colored)
                        + paint(BOLD, ": " + problem.getMessage(), colored));
        if (!problem.help().isEmpty()) {
            System.err.println(paint(CYAN, "help", colored) + ": " + problem.help());
        }
    }

    /// The line that an error of the runtime names, if its file can still be read.
    private static @Nullable Span place(NnException problem) {
        String name = problem.source();
        SourceFile file = name == null ? null : FileSources.reread(name).orElse(null);
        if (file == null || problem.line() < 1 || problem.line() > file.lineCount()) {
            return null;
        }
        String text = file.lineText(problem.line());
        int start = file.lineStart(problem.line()) + text.length() - text.stripLeading().length();
        return file.span(start, Math.max(start, file.lineStart(problem.line()) + text.stripTrailing().length()));
    }

    private static String paint(String style, String text, boolean colored) {
        return colored ? style + text + RESET : text;
    }
}
