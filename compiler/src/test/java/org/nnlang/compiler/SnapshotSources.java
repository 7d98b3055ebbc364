package org.nnlang.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;

/// What the programs of snapshots are surrounded by: their own other files, the standard library as it stands in the
/// repository, and the data of the samples (`digits/digits8x8.csv`, `iris/iris.csv`).
public final class SnapshotSources implements Sources {
    private static final Path REPOSITORY = Snapshots.root().toAbsolutePath().getParent() instanceof Path parent
            ? parent
            : Path.of("..");

    private final List<SourceFile> files;
    private final Map<String, Optional<SourceFile>> modules = new HashMap<>();
    private final DataSources data = new DataSources(REPOSITORY.resolve("samples"));

    public SnapshotSources(List<SourceFile> files) {
        this.files = files;
    }

    /// Everything the compiler says about a program, the first of these files.
    public static Diagnostics check(List<SourceFile> files) {
        return FrontEnd.check(files.getFirst(), new SnapshotSources(files)).diagnostics();
    }

    /// The same as people see it: a phase for [Snapshots].
    public static String diagnostics(List<SourceFile> files) {
        return new HumanRenderer(false).render(check(files).sorted());
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return modules.computeIfAbsent(name, SnapshotSources::library);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        String name = path.startsWith("./") ? path.substring(2) : path;
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return data.header(expression);
    }

    private static Optional<SourceFile> library(String module) {
        String name = module.replace('.', '/') + ".nn";
        Path path = REPOSITORY.resolve("stdlib/src/main/resources/META-INF/nnlang").resolve(name);
        try {
            return Files.exists(path) ? Optional.of(new SourceFile(name, Files.readString(path))) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
