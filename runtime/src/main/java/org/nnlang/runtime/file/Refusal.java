package org.nnlang.runtime.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// Why a file can't be read or written, in words. Java's own message is often the path alone.
///
/// @param reason what keeps it, without the path
/// @param way what would mend it; empty where nobody knows
public record Refusal(String reason, String way) {
    /// The error of a text that is no path. Mostly the locale has names in an encoding that cannot write this one.
    public static NnException noPath(InvalidPathException path) {
        boolean encoding = path.getReason().contains("unmappable");
        return new NnException(
                "NN0851",
                "`" + path.getInput() + "` can be no path: "
                        + (encoding
                                ? "the locale has names in " + System.getProperty("sun.jnu.encoding")
                                : path.getReason()),
                encoding ? "start nn in a locale of UTF-8: `LC_ALL=C.UTF-8 nn …`" : "write another",
                path);
    }

    /// What an error means that arose when `path` was read.
    public static Refusal toRead(Path path, IOException cause) {
        return switch (cause) {
            case AccessDeniedException _ -> new Refusal("its permissions forbid it", permission(path));
            case NoSuchFileException _ -> new Refusal("there is no such file", "");
            case FileSystemLoopException _ -> new Refusal("its links lead in a circle", "");
            case CharacterCodingException _ -> new Refusal("it is not UTF-8 text", "save it as UTF-8");
            default -> said(cause, "it is a folder");
        };
    }

    /// What an error means that arose when `path`, or something at the place that it names, was written.
    public static Refusal toWrite(Path path, IOException cause) {
        Path file = fileOnTheWay(path);
        if (file == null && cause instanceof FileSystemException refused && refused.getFile() != null) {
            file = fileOnTheWay(Path.of(refused.getFile()));
        }
        if (file != null) {
            return new Refusal("`" + file + "` is a file, not a folder", "");
        }
        return switch (cause) {
            case AccessDeniedException _ -> new Refusal(
                    "permissions forbid it",
                    Files.exists(path) && !Files.isWritable(path)
                            ? "make it writable: `chmod +w " + path + "`"
                            : "make its folder writable");
            case NoSuchFileException _ -> new Refusal(
                    isInFolder(path) ? "no file can be made in its folder" : "its folder cannot be made", "");
            // What is thrown where a folder is to be made, and something else has its name.
            case FileAlreadyExistsException there when Files.isRegularFile(Path.of(there.getFile())) ->
                new Refusal("`" + there.getFile() + "` is a file, not a folder", "");
            default -> said(cause, "there is a folder of that name");
        };
    }

    /// What an error means that arose when something was written that has no path.
    public static Refusal toWrite(IOException cause) {
        return said(cause, "it is a folder");
    }

    /// The way that mends the cause, or another.
    ///
    /// @param elsewhere what helps, whatever the cause
    public String wayOr(String elsewhere) {
        return way.isEmpty() ? elsewhere : way + ", or " + elsewhere;
    }

    /// Where a folder above can't be entered, what the file itself permits is no help.
    private static String permission(Path path) {
        for (Path at = path.toAbsolutePath().getParent(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at)) {
                if (!Files.isExecutable(at)) {
                    return "let its folder be entered: `chmod +x " + at + "`";
                }
                break;
            }
        }
        return "make it readable: `chmod " + (Files.isDirectory(path) ? "+rx " : "+r ") + path + "`";
    }

    private static boolean isInFolder(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder);
    }

    private static @Nullable Path fileOnTheWay(Path path) {
        for (Path at = path.getParent(); at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return Files.isDirectory(at) ? null : at;
            }
        }
        return null;
    }

    /// What the system says. Of what has no class of its own nothing but this text remains, and it is in English unless the
    /// locale has it in another language, which its user reads.
    ///
    /// @param folder the reason where a folder is met in the place of a file
    private static Refusal said(IOException cause, String folder) {
        String text = cause instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : cause.getMessage();
        if (text == null) {
            return new Refusal(cause.getClass().getSimpleName(), "");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no space") || lower.contains("not enough space")) {
            return new Refusal("the disk is full", "free some space");
        }
        if (lower.contains("quota")) {
            return new Refusal("this user's part of the disk is full", "free some space");
        }
        if (lower.contains("read-only")) {
            return new Refusal("its file system is read-only", "");
        }
        if (lower.contains("is a directory")) {
            return new Refusal(folder, "name a file in it");
        }
        if (cause instanceof NotDirectoryException || lower.contains("not a directory")) {
            return new Refusal("a part of its path is a file, not a folder", "");
        }
        if (lower.contains("too many open files")) {
            return new Refusal("too many files are open", "close some, or raise the limit: `ulimit -n 4096`");
        }
        if (lower.contains("levels of symbolic links")) {
            return new Refusal("its links lead in a circle", "");
        }
        if (lower.contains("file name too long")) {
            return new Refusal("its name is too long", "");
        }
        if (lower.contains("input/output error")) {
            return new Refusal("the disk reports an error (" + text + ")", "");
        }
        return new Refusal(text, "");
    }
}
