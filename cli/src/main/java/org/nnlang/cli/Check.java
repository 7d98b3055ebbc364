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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nn check FILE…`: finds the mistakes of programs without running them.
@Command(name = "check", mixinStandardHelpOptions = true, description = "Find mistakes without running anything.")
final class Check implements Callable<Integer> {
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

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Programs, .nn files.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (default), json, sarif or github.")
    private Format format = Format.TEXT;

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        List<Diagnostic> all = new ArrayList<>();
        for (Path file : files) {
            var sources = FileSources.around(file);
            all.addAll(FrontEnd.check(sources.program(file), sources).diagnostics().sorted());
        }
        boolean wrong = all.stream().anyMatch(diagnostic -> diagnostic.severity() == Severity.ERROR);
        if (format == Format.TEXT && all.isEmpty()) {
            System.out.println(
                    files.size() == 1 ? files.getFirst() + ": no mistakes" : files.size() + " files: no mistakes");
        } else {
            System.out.print(renderer().render(all));
        }
        return wrong ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private Renderer renderer() {
        return switch (format) {
            case TEXT -> new HumanRenderer(console.colored());
            case JSON -> new JsonRenderer();
            case SARIF -> new SarifRenderer();
            case GITHUB -> new GithubRenderer();
        };
    }
}
