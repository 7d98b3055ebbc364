package org.nnlang.runtime.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
    @TempDir
    private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        assertEquals("no more", assertThrows(IOException.class, () -> Replacement.replace(file, out -> {
            out.write(ByteBuffer.allocate(100));
            assertEquals("old", Files.readString(file));
            throw new IOException("no more");
        })).getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a"), names());
    }

    @Test
    void severalFilesAreReplacedTogetherOrNoneIs() throws IOException {
        Path first = Files.writeString(folder.resolve("a"), "old");
        Path second = folder.resolve("new/b");
        try (var files = new Replacement()) {
            files.write(first, bytes("1"));
            files.write(second, bytes("2"));
            assertEquals("old", Files.readString(first));
        }
        assertEquals("old", Files.readString(first));
        assertEquals(List.of("a", "new"), names());
        try (var files = new Replacement()) {
            files.write(first, bytes("1"));
            files.write(second, bytes("2"));
            files.finish();
        }
        assertEquals("1", Files.readString(first));
        assertEquals("2", Files.readString(second));
        assertEquals(List.of("a", "new"), names());
    }

    @Test
    void aLinkAndItsPermissionsStay() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Replacement.replace(link, bytes("new"));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(List.of("a", "link"), names());
    }

    /// Who moved a file over `/dev/null` would take it from all programs.
    @Test
    void aDeviceIsWrittenAndNotReplaced() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device) && !Files.isRegularFile(device), "there is no device");
        Path link = Files.createSymbolicLink(folder.resolve("link"), device);
        Replacement.prepare(link);
        Replacement.replace(link, bytes("new"));
        assertTrue(Files.isSymbolicLink(link) && !Files.isRegularFile(link));
        assertEquals(List.of("link"), names());
        Files.delete(link);
    }

    @Test
    void aFileThatMayNotBeWrittenIsKept() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isWritable(file), "this user may write files whose permissions forbid it");
        assertThrows(AccessDeniedException.class, () -> Replacement.prepare(file));
        assertThrows(AccessDeniedException.class, () -> Replacement.replace(file, bytes("new")));
        assertEquals(List.of("a"), names());
    }
}
