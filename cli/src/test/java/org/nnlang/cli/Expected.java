package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What commands are expected to say stands in files, `src/test/resources/NAME.expected`. One switch,
/// `-Dsnapshots.accept=true`, writes what they say now; the change is then reviewed like any other.
final class Expected {
    private Expected() {}

    static void assertIs(String name, String actual) {
        Path path = Repository.root().resolve("cli/src/test/resources").resolve(name + ".expected");
        try {
            if (Boolean.getBoolean("snapshots.accept")) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, actual);
            }
            String expected = Files.exists(path) ? Files.readString(path) : "";
            assertEquals(expected, actual, () -> path + " (accept a change with -Dsnapshots.accept=true)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
