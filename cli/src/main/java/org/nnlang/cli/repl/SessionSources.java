package org.nnlang.cli.repl;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.operation.Operations;

/// The files around a session: what entries import, and data, lie in its folder.
final class SessionSources implements Sources {
    private final Path folder;
    private final Set<Path> folders = new LinkedHashSet<>();
    private FileSources files;

    SessionSources(Path folder) {
        this.folder = folder;
        this.files = new FileSources(folder);
    }

    /// Reads everything again from now on.
    void refresh() {
        files = new FileSources(folder);
        folders.forEach(files.data()::alsoFrom);
    }

    /// The text of a program. From now on data are looked for beside it, too.
    ///
    /// @throws org.nnlang.runtime.NnException NN0851 where it can't be read
    SourceFile program(String path) {
        SourceFile program = files.program(folder.resolve(path));
        Path beside = folder.resolve(path).toAbsolutePath().getParent();
        if (beside != null && folders.add(beside)) {
            files.data().alsoFrom(beside);
        }
        return program;
    }

    DataSources data() {
        return files.data();
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return files.module(name);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        boolean entered = importer.name().startsWith(Session.ENTRY);
        return files.file(
                entered ? new SourceFile(folder.resolve(importer.name()).toString(), "") : importer, path);
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return files.header(expression);
    }

    @Override
    public Operations operations() {
        return files.operations();
    }
}
