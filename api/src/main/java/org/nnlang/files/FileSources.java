package org.nnlang.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.file.Refusal;

/// Answers the compiler's questions from the file system: imported files lie beside the file that imports them, data
/// beside the program, and `std.…` in the standard library's jar.
public final class FileSources implements ProgramSources {
    private final DataSources data;
    private final boolean commandLine;
    private final Map<Path, SourceFile> files = new HashMap<>();
    private final Map<String, Optional<SourceFile>> modules = new HashMap<>();

    /// For a program in `folder`.
    public FileSources(Path folder) {
        this(folder, false);
    }

    private FileSources(Path folder, boolean commandLine) {
        this.data = new DataSources(folder);
        this.commandLine = commandLine;
    }

    /// For a program at `path`.
    public static FileSources around(Path path) {
        return new FileSources(folder(path), false);
    }

    /// For a program at `path` that a command line names, whose settings are its options.
    public static FileSources ofCommandLine(Path path) {
        return new FileSources(folder(path), true);
    }

    private static Path folder(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }

    /// The data itself, for the run that follows.
    @Override
    public DataSources data() {
        return data;
    }

    /// The text of a program.
    ///
    /// @throws NnException NN0851 where it can't be read
    public SourceFile program(Path path) {
        try {
            return load(path);
        } catch (NoSuchFileException e) {
            throw new NnException("NN0851", "there is no file " + path, whereToLook(path), e);
        } catch (IOException e) {
            throw unreadable(path, e, "name a .nn file");
        }
    }

    private static NnException unreadable(Path path, IOException cause, String otherwise) {
        Refusal refusal = Refusal.toRead(path, cause);
        return new NnException(
                "NN0851",
                path + " can't be read: " + refusal.reason(),
                refusal.way().isEmpty() ? otherwise : refusal.way(),
                cause);
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return modules.computeIfAbsent(name, ProgramSources::library);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        Path sibling;
        try {
            sibling = Path.of(importer.name()).resolveSibling(path);
        } catch (InvalidPathException e) {
            throw Refusal.noPath(e);
        }
        try {
            return Optional.of(load(sibling));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(sibling, e, "it is imported by " + importer.name());
        }
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return data.header(expression);
    }

    @Override
    public String placeOfSetting(String hyperparameter) {
        return commandLine ? "--set" : ProgramSources.super.placeOfSetting(hyperparameter);
    }

    /// The text of a source file that a compiled program names, of the standard library or in the file system; empty
    /// where it can't be read any more.
    public static Optional<SourceFile> reread(String name) {
        String module = name.replaceFirst("\\.nn$", "").replace('/', '.');
        Optional<SourceFile> library = name.startsWith("std/") ? ProgramSources.library(module) : Optional.empty();
        if (library.isPresent()) {
            return library;
        }
        try {
            return Optional.of(new SourceFile(name, Files.readString(Path.of(name))));
        } catch (IOException | InvalidPathException _) {
            return Optional.empty();
        }
    }

    /// What to do about a path of the command line that leads nowhere.
    public static String whereToLook(Path path) {
        return Nearest.of(String.valueOf(path.getFileName()), beside(path))
                .map(near -> "did you mean " + path.resolveSibling(near) + "?")
                .orElse("paths are relative to the current folder, " + Path.of("").toAbsolutePath());
    }

    private static List<String> beside(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private SourceFile load(Path path) throws IOException {
        Path key = path.toAbsolutePath().normalize();
        SourceFile known = files.get(key);
        if (known == null) {
            known = new SourceFile(path.toString(), Files.readString(path));
            files.put(key, known);
        }
        return known;
    }
}
