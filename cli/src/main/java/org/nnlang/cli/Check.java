package org.nnlang.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.GithubRenderer;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.diagnostic.JsonRenderer;
import org.nnlang.compiler.diagnostic.Renderer;
import org.nnlang.compiler.diagnostic.SarifRenderer;
import org.nnlang.compiler.diagnostic.Severity;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.files.FileSources;
import picocli.CommandLine;

/// `nn check FILE…`: finds the mistakes of programs without running them.
final class Check implements Callable<Integer> {
    final Usage usage = new Usage(this, "check", "Find mistakes without running anything.");

    /// What mistakes are written as.
    enum Format {
        /// For people.
        TEXT,
        /// For programs: `{"diagnostics": [...]}`.
        JSON,
        /// SARIF 2.1.0, for code scanning.
        SARIF,
        /// Annotations of a GitHub workflow.
        GITHUB
    }

    private final Given<List<Path>> files = usage.parameters(Path.class, "FILE", "Programs, .nn files.");

    private final Given<Format> format =
            usage.option(Format.class, Format.TEXT, "--format", "FORMAT", "text (default), json, sarif or github.");

    private final Console console = usage.console();

    @Override
    public Integer call() {
        List<Diagnostic> all = new ArrayList<>();
        for (Path file : files.get()) {
            var sources = FileSources.around(file);
            all.addAll(FrontEnd.check(sources.program(file), sources).diagnostics().sorted());
        }
        boolean wrong = all.stream().anyMatch(diagnostic -> diagnostic.severity() == Severity.ERROR);
        if (format.get() == Format.TEXT && all.isEmpty()) {
            System.out.println(
                    files.get().size() == 1
                            ? files.get().getFirst() + ": no mistakes"
                            : files.get().size() + " files: no mistakes");
        } else {
            System.out.print(renderer().render(all));
        }
        return wrong ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private Renderer renderer() {
        return switch (format.get()) {
            case TEXT -> new HumanRenderer(console.colored());
            case JSON -> new JsonRenderer();
            case SARIF -> new SarifRenderer();
            case GITHUB -> new GithubRenderer();
        };
    }
}
