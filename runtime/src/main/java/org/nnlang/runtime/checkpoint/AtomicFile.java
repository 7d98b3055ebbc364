package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Replaces a file so that no moment exists at which it is absent or cut off.
public final class AtomicFile {
    private AtomicFile() {}

    /// Makes the folder of a file and tries to write there: better now than after hours of work.
    ///
    /// @throws org.nnlang.runtime.NnException NN0804 where that fails
    public static void prepare(Path path) {
        Path folder = folder(path);
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, String.valueOf(path.getFileName()), ".tmp"));
        } catch (IOException e) {
            throw CheckpointErrors.unwritable(path, e);
        }
    }

    private static Path folder(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(path)) {
            throw CheckpointErrors.unwritable(path, new FileSystemException(path.toString(), null, "Is a directory"));
        }
        return folder;
    }

    interface Content {
        void write(FileChannel out) throws IOException;
    }

    static void replace(Path path, Content content) {
        Path folder = folder(path);
        Path beside = folder.resolve(path.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.createDirectories(folder);
            removeLeftovers(folder, path.getFileName() + ".");
            try (FileChannel out = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                content.write(out);
                // The contents reach the disk before the name does: else a crash could leave a name with nothing in it.
                out.force(true);
            }
            move(beside, path);
            syncFolder(folder);
        } catch (IOException e) {
            remove(beside, e);
            throw CheckpointErrors.unwritable(path, e);
        } catch (RuntimeException | Error e) {
            remove(beside, e);
            throw e;
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

    /// The move itself reaches the disk. Windows cannot open folders, and needs no sync of them.
    private static void syncFolder(Path folder) {
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException _) {
            // The file is in place and whole; only when its name survives a power cut is left to the system.
            return;
        }
    }

    private static void remove(Path beside, Throwable reason) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
