package org.nnlang.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.nnlang.compiler.source.SourceFile;

/// Snapshot tests: `name.nn` is a program, and `name.expected` beside it what a phase says about it. One switch,
/// `-Dsnapshots.accept=true`, writes what is said now; the change is then reviewed like any other.
///
/// A program of several files has lines `//// other.nn`: each begins another file. The first file is the main one.
public final class Snapshots {
    private static final String SEPARATOR = "//// ";

    private Snapshots() {}

    /// A test for every program in `src/test/resources/snapshots/<folder>`.
    public static Stream<DynamicTest> of(String folder, Function<List<SourceFile>, String> phase) {
        Path path = root().resolve("src/test/resources/snapshots").resolve(folder);
        List<Path> programs;
        try (Stream<Path> files = Files.list(path)) {
            programs = files.filter(f -> f.toString().endsWith(".nn")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return programs.stream()
                .map(program -> DynamicTest.dynamicTest(name(program), program.toUri(), () -> check(program, phase)));
    }

    private static void check(Path program, Function<List<SourceFile>, String> phase) throws IOException {
        String actual = phase.apply(read(program));
        Path expected = program.resolveSibling(name(program) + ".expected");
        if (Boolean.getBoolean("snapshots.accept")) {
            Files.writeString(expected, actual);
            return;
        }
        String wanted = Files.exists(expected) ? Files.readString(expected) : "";
        assertEquals(wanted, actual, () -> program + " (accept a change with -Dsnapshots.accept=true)");
    }

    /// The files of a program.
    static List<SourceFile> read(Path program) throws IOException {
        return files(name(program) + ".nn", Files.readString(program));
    }

    /// A text as files, the first of which is called `main`.
    public static List<SourceFile> files(String main, String text) {
        List<SourceFile> files = new ArrayList<>();
        String name = main;
        int start = 0;
        while (true) {
            int next = text.startsWith(SEPARATOR, start) ? start : text.indexOf("\n" + SEPARATOR, start) + 1;
            boolean last = next == 0 && !text.startsWith(SEPARATOR, start);
            files.add(new SourceFile(name, text.substring(start, last ? text.length() : next)));
            if (last) {
                return files;
            }
            int lineEnd = text.indexOf('\n', next);
            name = text.substring(next + SEPARATOR.length(), lineEnd).strip();
            start = lineEnd + 1;
        }
    }

    private static String name(Path program) {
        return program.getFileName().toString().replaceFirst("\\.nn$", "");
    }

    /// The folder of this module, wherever the tests are run from.
    public static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return Files.isDirectory(here.resolve("src/test/resources/snapshots")) ? here : here.resolve("compiler");
    }
}
