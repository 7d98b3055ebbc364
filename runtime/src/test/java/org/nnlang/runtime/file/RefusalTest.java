package org.nnlang.runtime.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Permissions do not stop who runs as root, and no disk is full on demand: some of what a system may say is given as it says it.
class RefusalTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "No space left on device     | the disk is full                           | free some space, or go",
        "Disk quota exceeded         | this user's part of the disk is full       | free some space, or go",
        "Read-only file system       | its file system is read-only               | go",
        "Not a directory             | a part of its path is a file, not a folder | go",
        "Is a directory              | there is a folder of that name             | name a file in it, or go",
        "File name too long          | its name is too long                       | go",
        "Too many levels of symbolic links | its links lead in a circle           | go",
        "Input/output error          | the disk reports an error (Input/output error) | go",
        "Too many open files | too many files are open | close some, or raise the limit: `ulimit -n 4096`, or go",
        "Operation not permitted     | Operation not permitted                    | go",
    })
    void whatTheSystemSaysBecomesAReasonAndAWay(String said, String reason, String way) {
        Path file = folder.resolve("x.jar");
        for (IOException cause : new IOException[] {
            new FileSystemException(file.toString(), null, said), new IOException(said)}) {
            Refusal refusal = Refusal.toWrite(file, cause);
            assertEquals(reason, refusal.reason());
            assertEquals(way, refusal.wayOr("go"));
        }
    }

    @Test
    void aDiskIsFullForWhatHasNoPath() {
        assertEquals(new Refusal("the disk is full", "free some space"),
                Refusal.toWrite(new IOException("No space left on device")));
    }

    /// Else the path would be said twice, or a class of Java.
    @Test
    void noReasonIsThePathAlone() {
        Path file = folder.resolve("x.csv");
        assertEquals("there is no such file", Refusal.toRead(file, new NoSuchFileException("x.csv")).reason());
        assertEquals("its permissions forbid it", Refusal.toRead(file, new AccessDeniedException("x.csv")).reason());
        assertEquals("permissions forbid it", Refusal.toWrite(file, new AccessDeniedException("x.csv")).reason());
        var nothing = new NoSuchFileException("x.csv");
        assertEquals("no file can be made in its folder", Refusal.toWrite(file, nothing).reason());
        assertEquals("its folder cannot be made", Refusal.toWrite(file.resolve("no/x.csv"), nothing).reason());
        assertEquals("its links lead in a circle", Refusal.toRead(file, new FileSystemLoopException("x.csv")).reason());
        assertEquals(new Refusal("it is not UTF-8 text", "save it as UTF-8"),
                Refusal.toRead(file, new MalformedInputException(1)));
    }

    @Test
    void foldersAndFilesInTheWayAreTold() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        IOException below = assertThrows(
                IOException.class, () -> Files.createDirectories(file.resolve("deep")));
        assertEquals("`" + file + "` is a file, not a folder",
                Refusal.toWrite(file.resolve("deep").resolve("x.jar"), below).reason());
        assertEquals("`" + file + "` is a file, not a folder", Refusal.toWrite(file, below).reason());
        IOException same = assertThrows(IOException.class, () -> Files.createDirectories(file));
        assertEquals("`" + file + "` is a file, not a folder", Refusal.toWrite(file, same).reason());
        IOException written = assertThrows(IOException.class, () -> Files.writeString(folder, "x"));
        assertEquals("there is a folder of that name", Refusal.toWrite(folder, written).reason());
        IOException read = assertThrows(IOException.class, () -> Files.readString(folder));
        assertEquals(new Refusal("it is a folder", "name a file in it"), Refusal.toRead(folder, read));
    }

    @Test
    void permissionsAreGivenToWhatLacksThem() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        var denied = new AccessDeniedException(file.toString());
        assertEquals("make it readable: `chmod +r " + file + "`", Refusal.toRead(file, denied).way());
        assertEquals("make it readable: `chmod +rx " + folder + "`", Refusal.toRead(folder, denied).way());
        assertEquals("make its folder writable", Refusal.toWrite(file, denied).way());
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isWritable(file), "this user may write files whose permissions forbid it");
        assertEquals("make it writable: `chmod +w " + file + "`", Refusal.toWrite(file, denied).way());
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        assertEquals("let its folder be entered: `chmod +x " + closed + "`",
                Refusal.toRead(closed.resolve("file"), denied).way());
    }
}
