package org.nnlang.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCacheTest {
    @TempDir
    private Path folder;

    @Test
    void anEntryIsFoundUnderItsWholeKeyAlone() {
        ProgramCache cache = ProgramCache.in(folder);
        cache.write(List.of("ab", "c"), new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, cache.read(List.of("ab", "c")));
        assertNull(cache.read(List.of("a", "bc")));
        assertNull(cache.read(List.of("ab")));
        cache.write(List.of("ab", "c"), new byte[] {4});
        assertArrayEquals(new byte[] {4}, cache.read(List.of("ab", "c")));
        assertTrue(cache.description().contains("1 program,"), cache.description());
    }

    /// The file's name is a hash only: its content decides.
    @Test
    void anotherKeyInTheSameFileIsAMiss() throws IOException {
        ProgramCache cache = ProgramCache.in(folder);
        cache.write(List.of("one"), new byte[] {1});
        cache.write(List.of("two"), new byte[] {2});
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> both = files.toList();
            assertEquals(2, both.size());
            Path kept = folder.resolve("kept");
            Files.move(both.get(0), kept);
            Files.move(both.get(1), both.get(0));
            Files.move(kept, both.get(1));
        }
        assertNull(cache.read(List.of("one")));
        assertNull(cache.read(List.of("two")));
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() throws IOException {
        ProgramCache cache = ProgramCache.in(folder, 10_000);
        cache.write(List.of("old"), new byte[4000]);
        cache.write(List.of("used"), new byte[4000]);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            }
        }
        assertNotNull(cache.read(List.of("used")));
        cache.write(List.of("new"), new byte[4000]);
        assertNull(cache.read(List.of("old")));
        assertNotNull(cache.read(List.of("used")));
        assertNotNull(cache.read(List.of("new")));
    }

    @Test
    void aFolderThatCannotBeMadeIsNoCache() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        ProgramCache cache = ProgramCache.in(file.resolve("cache"));
        cache.write(List.of("key"), new byte[] {1});
        assertNull(cache.read(List.of("key")));
    }

    @Test
    void nobodyElseMayWriteWhereClassesComeFrom() throws IOException {
        Path own = folder.resolve("deep").resolve("own");
        ProgramCache.in(own).write(List.of("key"), new byte[] {1});
        if (own.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertEquals(
                    "rwx------",
                    java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
        }
    }
}
