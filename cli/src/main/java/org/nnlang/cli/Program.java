package org.nnlang.cli;

import java.nio.file.Path;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;

/// The `.nn` file that a command works on, and what lies around it.
final class Program {
    private final Given<Path> path;

    private FileSources sources = new FileSources(Path.of(""));

    Program(Usage usage) {
        path = usage.parameter(Path.class, "FILE", "The program, a .nn file.");
    }

    /// Its path as given.
    Path path() {
        return path.get();
    }

    /// Reads it.
    ///
    /// @throws org.nnlang.runtime.NnException NN0851 where there is no such file
    SourceFile read() {
        sources = FileSources.ofCommandLine(path.get());
        return sources.program(path.get());
    }

    /// What answers for modules and data beside it, once it has been read.
    FileSources sources() {
        return sources;
    }
}
