package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Permissions do not stop who runs as root, and no disk is full on demand: some of what a system may say is given as it says it.
class UnwritableTest {
    @TempDir
    private Path folder;

    private static void assertSays(String why, IOException cause) {
        assertEquals("`x.jar` can't be written: " + why, Unwritable.of(Path.of("x.jar"), cause).getMessage());
    }

    @Test
    void whatTheSystemSaysBecomesAReason() {
        assertSays("permissions forbid it", new AccessDeniedException("x.jar"));
        assertSays("the disk is full", new FileSystemException("x.jar", null, "No space left on device"));
        assertSays("the disk is full", new IOException("No space left on device"));
        assertSays("its file system is read-only", new FileSystemException("x.jar", null, "Read-only file system"));
        assertSays("a part of its path is a file, not a folder",
                new FileSystemException("x.jar", null, "Not a directory"));
        assertSays("Input/output error", new FileSystemException("x.jar", null, "Input/output error"));
    }

    @Test
    void foldersAndFilesInTheWayAreTold() throws IOException {
        assertSays("its folder does not exist",
                assertThrows(IOException.class, () -> Files.writeString(folder.resolve("no/x.jar"), "x")));
        assertSays("there is a folder of that name",
                assertThrows(IOException.class, () -> Files.writeString(folder, "x")));
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertSays("`" + file + "` is a file, not a folder",
                assertThrows(IOException.class, () -> Files.createDirectories(file)));
    }
}
