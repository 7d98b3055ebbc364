package org.nnlang.lsp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.files.ProgramSources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.file.Refusal;
import org.nnlang.runtime.operation.Operations;

/// Answers the compiler's questions for one look at a text: what is open in the editor counts as it stands there, the rest comes from the
/// file system.
final class OpenFiles implements Sources {
    private final Path folder;
    private final Function<Path, @Nullable String> open;
    private final Headers headers;
    private final Operations operations;
    private final Map<Path, SourceFile> files = new HashMap<>();
    private final Map<String, Optional<SourceFile>> modules = new HashMap<>();
    private final Set<Path> asked = new LinkedHashSet<>();

    /// @param folder from which the paths of data count
    /// @param open   the text at a path, if an editor has it
    OpenFiles(Path folder, Function<Path, @Nullable String> open, Headers headers, Operations operations) {
        this.folder = folder;
        this.open = open;
        this.headers = headers;
        this.operations = operations;
    }

    /// The files that were asked for, those among them that do not exist.
    Set<Path> asked() {
        return asked;
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return modules.computeIfAbsent(name, ProgramSources::library);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        Path place;
        try {
            place = Path.of(importer.name()).resolveSibling(path).toAbsolutePath().normalize();
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
        asked.add(place);
        SourceFile known = files.get(place);
        if (known == null) {
            String text = text(place, importer);
            if (text == null) {
                return Optional.empty();
            }
            known = new SourceFile(place.toString(), text);
            files.put(place, known);
        }
        return Optional.of(known);
    }

    private @Nullable String text(Path place, SourceFile importer) {
        String opened = open.apply(place);
        if (opened != null) {
            return opened;
        }
        try {
            return Files.readString(place);
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException e) {
            throw new NnException(
                    "NN0851", place + " can't be read: " + Refusal.toRead(place, e).reason(),
                    "it is imported by " + importer.name(), e);
        }
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return headers.of(folder, expression);
    }

    @Override
    public Operations operations() {
        return operations;
    }
}
