package org.nnlang.runtime.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Replaces files so that no moment exists at which one is absent or cut off: each is written beside its place, and all are moved
/// there once the last is whole. Until then a full disk or the end of the process leaves everything as it was.
public final class Replacement implements AutoCloseable {
    private final List<Written> written = new ArrayList<>();

    /// Nothing is written yet.
    public Replacement() {}

    private record Written(Path beside, Path place) {}

    /// What a file is to hold.
    public interface Content {
        /// Writes all of it, and leaves the file open.
        void write(FileChannel out) throws IOException;
    }

    /// Replaces one file. Its folder is made where there is none.
    public static void replace(Path path, Content content) throws IOException {
        try (var files = new Replacement()) {
            files.write(path, content);
            files.finish();
        }
    }

    /// Replaces one file. Its folder is made where there is none.
    public static void replace(Path path, byte[] content) throws IOException {
        replace(path, out -> drain(content, out));
    }

    /// Makes the folder of a file and tries to write there: better now than after hours of work.
    public static void prepare(Path path) throws IOException {
        Path place = place(path);
        if (!isSpecial(place)) {
            Path folder = folder(place);
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, String.valueOf(place.getFileName()), ".tmp"));
        }
    }

    /// Writes a file beside its place.
    public void write(Path path, Content content) throws IOException {
        Path place = place(path);
        if (isSpecial(place)) {
            try (FileChannel out = FileChannel.open(place, StandardOpenOption.WRITE)) {
                content.write(out);
            }
            return;
        }
        Path folder = folder(place);
        Files.createDirectories(folder);
        removeLeftovers(folder, place.getFileName() + ".");
        Path beside = folder.resolve(place.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        written.add(new Written(beside, place));
        try (FileChannel out = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            keepPermissions(place, beside);
            content.write(out);
            // The contents reach the disk before the name does: else a crash could leave a name with nothing in it.
            out.force(true);
        }
    }

    /// Writes a file beside its place.
    public void write(Path path, byte[] content) throws IOException {
        write(path, out -> drain(content, out));
    }

    /// Moves what was written into its places.
    public void finish() throws IOException {
        var folders = new LinkedHashSet<Path>();
        while (!written.isEmpty()) {
            Written first = written.getFirst();
            move(first.beside(), first.place());
            folders.add(folder(first.place()));
            written.removeFirst();
        }
        folders.forEach(Replacement::sync);
    }

    /// Removes what was written beside, and was not moved.
    @Override
    public void close() throws IOException {
        for (Written file : written) {
            Files.deleteIfExists(file.beside());
        }
        written.clear();
    }

    private static void drain(byte[] content, FileChannel out) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
            out.write(rest);
        }
    }

    /// Where a file lies: a link stays one.
    ///
    /// @throws IOException where there is something that is not to be replaced
    private static Path place(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "Is a directory");
        }
        // The folder alone decides whether a file may be moved over another; who took away its permission meant to keep it.
        if (Files.exists(path) && !Files.isWritable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        // `/dev/stdout` is a link to a pipe that has no path of its own.
        return Files.isSymbolicLink(path) && Files.isRegularFile(path) ? path.toRealPath() : path.toAbsolutePath();
    }

    /// A pipe or a device, such as `/dev/null`, is no file to be replaced.
    private static boolean isSpecial(Path place) {
        return Files.exists(place) && !Files.isRegularFile(place);
    }

    private static Path folder(Path place) throws IOException {
        Path folder = place.getParent();
        if (folder == null) {
            throw new FileSystemException(place.toString(), null, "Is a directory");
        }
        return folder;
    }

    private static void keepPermissions(Path place, Path beside) throws IOException {
        if (Files.exists(place)
                && Files.isRegularFile(beside, LinkOption.NOFOLLOW_LINKS)
                && place.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            var permissions = Files.getPosixFilePermissions(place);
            if (!permissions.equals(Files.getPosixFilePermissions(beside))) {
                Files.setPosixFilePermissions(beside, permissions);
            }
        }
    }

    /// What killed processes were writing.
    private static void removeLeftovers(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(prefix) && name.endsWith(".tmp") && !isAlive(name, prefix.length())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isAlive(String name, int from) {
        try {
            long process = Long.parseLong(name, from, name.length() - ".tmp".length(), 10);
            return ProcessHandle.of(process).isPresent();
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            return true; // no file of ours
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException _) {
            // Some network file systems; replacing is the best there is.
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// The moves themselves reach the disk. Windows cannot open folders, and needs no sync of them.
    private static void sync(Path folder) {
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException _) {
            // The files are in place and whole; only when their names survive a power cut is left to the system.
            return;
        }
    }
}
