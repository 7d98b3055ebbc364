package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;

/// Every message about checkpoint files, in one place.
final class CheckpointErrors {
    private CheckpointErrors() {}

    static NnException noFile(Path path) {
        Path folder = path.toAbsolutePath().normalize().getParent();
        String help = "was the model trained, and is the path relative to this folder?";
        if (folder == null || !Files.isDirectory(folder)) {
            help = "its folder does not exist: " + help;
        } else {
            try (Stream<Path> files = Files.list(folder)) {
                var names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
                help = Nearest.of(String.valueOf(path.getFileName()), names)
                        .or(() -> names.stream().filter(name -> name.endsWith(".safetensors")).findFirst())
                        .map(name -> "its folder has `" + name + "`: is that the one?")
                        .orElse(help);
            } catch (IOException e) {
                return unreadable(path, e);
            }
        }
        return new NnException("NN0801", "there is no checkpoint `" + path + "`", help);
    }

    static NnException unreadable(Path path, IOException cause) {
        boolean denied = cause instanceof AccessDeniedException;
        return new NnException(
                "NN0802",
                "the checkpoint `" + path + "` cannot be read: "
                        + (denied ? "its permissions forbid it" : reason(cause)),
                denied ? "make it readable: `chmod +r " + path + "`" : "",
                cause);
    }

    static NnException folder(Path path) {
        boolean last = Files.isRegularFile(path.resolve("last.safetensors"));
        boolean best = Files.isRegularFile(path.resolve("best.safetensors"));
        return new NnException(
                "NN0802",
                "`" + path + "` is a folder, and a checkpoint is a file",
                best || last
                        ? "name a file in it: `" + path.resolve(best ? "best.safetensors" : "last.safetensors") + "`"
                        : "");
    }

    static NnException damaged(Path path, String what) {
        return new NnException(
                "NN0803",
                "`" + path + "` is no whole checkpoint: " + what,
                "a checkpoint is a safetensors file; one that was copied or fetched in part looks like this");
    }

    static NnException foreignType(Path path, String tensor, String type) {
        return new NnException(
                "NN0803",
                "`" + path + "` holds `" + tensor + "` of type " + type + ", which has no place in a program",
                "F32, F64, F16, BF16, I64, I32, I16, I8, U8 and BOOL can be read");
    }

    static NnException unwritable(Path path, IOException cause) {
        String message = reason(cause);
        String help = "let the checkpoint go elsewhere";
        String why = message;
        if (message.toLowerCase(Locale.ROOT).contains("no space")) {
            why = "the disk is full";
            help = "free some space, or let the checkpoint go elsewhere";
        } else if (message.toLowerCase(Locale.ROOT).contains("read-only")) {
            why = "its file system is read-only";
        } else if (cause instanceof AccessDeniedException) {
            why = "permissions forbid it";
            help = "make its folder writable, or let the checkpoint go elsewhere";
        } else if (cause instanceof NotDirectoryException || inAFile(path)) {
            why = "a part of its path is a file, not a folder";
        } else if (cause instanceof NoSuchFileException) {
            why = "its folder cannot be made";
        } else if (Files.isDirectory(path)) {
            why = "there is a folder of that name";
            help = "let the checkpoint go elsewhere, or remove the folder";
        }
        return new NnException(
                "NN0804", "the checkpoint `" + path + "` cannot be written: " + why, help, cause);
    }

    private static boolean inAFile(Path path) {
        for (Path at = path.toAbsolutePath().getParent(); at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return !Files.isDirectory(at);
            }
        }
        return false;
    }

    private static String reason(IOException cause) {
        String message = cause instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
