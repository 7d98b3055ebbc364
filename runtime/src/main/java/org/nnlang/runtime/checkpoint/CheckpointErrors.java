package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;

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
        Refusal refusal = Refusal.toRead(path, cause);
        return new NnException(
                "NN0802",
                "the checkpoint `" + path + "` cannot be read: " + refusal.reason(),
                refusal.way(),
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
        Refusal refusal = Refusal.toWrite(path, cause);
        return new NnException(
                "NN0804",
                "the checkpoint `" + path + "` cannot be written: " + refusal.reason(),
                refusal.wayOr("let the checkpoint go elsewhere"),
                cause);
    }
}
