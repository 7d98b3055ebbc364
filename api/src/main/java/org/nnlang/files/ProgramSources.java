package org.nnlang.files;

import java.util.Optional;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.stdlib.StandardLibrary;

/// What the compiler asks for, and the data for the run that follows.
public interface ProgramSources extends Sources {
    /// The data itself.
    DataSources data();

    /// Those on the path.
    @Override
    default Operations operations() {
        return Operations.installed();
    }

    /// A module of the standard library, read anew.
    static Optional<SourceFile> library(String name) {
        return StandardLibrary.text(name).map(text -> new SourceFile(StandardLibrary.fileName(name), text));
    }
}
