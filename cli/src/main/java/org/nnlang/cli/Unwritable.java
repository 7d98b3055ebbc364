package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.nnlang.runtime.NnException;

/// A result that can't be written, and why. Java's own message is often the path alone.
final class Unwritable {
    private Unwritable() {}

    /// The error of a file or folder.
    static NnException of(Path path, IOException cause) {
        return of("`" + path + "`", cause, "name another place");
    }

    /// The error of something that has no path.
    ///
    /// @param what it is, as the message begins
    static NnException of(String what, IOException cause, String help) {
        return new NnException("NN0852", what + " can't be written: " + why(cause), help, cause);
    }

    private static String why(IOException cause) {
        return switch (cause) {
            case AccessDeniedException _ -> "permissions forbid it";
            case NoSuchFileException _ -> "its folder does not exist";
            // What is thrown where a folder is to be made, and something else has its name.
            case FileAlreadyExistsException there when Files.isRegularFile(Path.of(there.getFile())) ->
                "`" + there.getFile() + "` is a file, not a folder";
            case FileSystemException refused when refused.getReason() != null -> reason(refused.getReason());
            default -> reason(String.valueOf(cause.getMessage()));
        };
    }

    /// What the system says, which is in English and begins with a capital letter.
    private static String reason(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("no space") ? "the disk is full"
                : lower.contains("read-only") ? "its file system is read-only"
                : lower.contains("is a directory") ? "there is a folder of that name"
                : lower.contains("not a directory") ? "a part of its path is a file, not a folder"
                : text;
    }
}
