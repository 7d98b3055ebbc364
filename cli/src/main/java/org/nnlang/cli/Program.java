package org.nnlang.cli;

import java.nio.file.Path;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;
import picocli.CommandLine.Parameters;

/// The `.nn` file that a command works on, and what lies around it.
final class Program {
    @Parameters(paramLabel = "FILE", description = "The program, a .nn file.")
    private Path path = Path.of("");

    private FileSources sources = new FileSources(Path.of(""));

    /// Its path as given.
    Path path() {
        return path;
    }

    /// Reads it.
    ///
    /// @throws org.nnlang.runtime.NnException NN0851 where there is no such file
    SourceFile read() {
        sources = FileSources.ofCommandLine(path);
        return sources.program(path);
    }

    /// What answers for modules and data beside it, once it has been read.
    FileSources sources() {
        return sources;
    }
}
