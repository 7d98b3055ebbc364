package org.nnlang.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where the repository's files lie, wherever tests are run from.
public final class Repository {
    private Repository() {}

    /// Its folder.
    public static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        while (!Files.isDirectory(here.resolve("samples"))) {
            here = here.getParent();
        }
        return here;
    }

    /// A file of the samples.
    static Path sample(String path) {
        return root().resolve("samples").resolve(path);
    }

    /// Copies files of the samples to a folder.
    public static void copySamples(Path folder, String... paths) {
        for (String path : paths) {
            try {
                Path file = sample(path);
                Files.copy(file, folder.resolve(file.getFileName()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// All files below a folder whose names end so, sorted.
    public static List<Path> files(Path folder, String end) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
