package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Conversion;
import org.nnlang.runtime.checkpoint.Storage;
import picocli.CommandLine;

/// `nn convert CHECKPOINT -o OUT`: weights in fewer bytes, or under other names.
final class Convert implements Callable<Integer> {
    final Usage usage = new Usage(this, "convert",
            "Write a checkpoint's models anew: with weights in fewer bytes, or under other names.",
            "",
            "f16 and bf16 take half the room, i8 a quarter: whole numbers from -127 to 127, and a scale for each output or row."
                    + " Models compute in f32 all the same. Biases, gains and other tensors with one axis stay f32. The result can be run,"
                    + " compiled, and begun with (`nn train --from`), but not resumed.")
            .footer("",
                    "For example:",
                    "  nn convert out/digits -o digits-i8.safetensors --dtype i8",
                    "  nn convert bert.safetensors -o mine.safetensors --rename 'bert.encoder.*=net.*'");

    private final Given<Path> checkpoint = usage.parameter(Path.class, "CHECKPOINT",
            "The checkpoint, or a training's folder, of which it is the best one.");

    private final Given<Path> output = usage.required(Path.class, "-o --output", "OUT",
            "The file to write. The checkpoint itself stays as it is.");

    private final Given<@Nullable Storage> dtype = usage.option(Storage.class, "--dtype", "TYPE",
            "How to hold weights: ${COMPLETION-CANDIDATES}. As they are, unless given.");

    private final Given<Map<String, String>> renames = usage.pairs(String.class, "--rename", "OLD=NEW",
            "Another name for a tensor, or with a `*` on both sides for several. May be repeated; the first that fits counts.");

    private final Given<Boolean> force = usage.flag("--force", "Replace OUT if it is there already.");

    @Override
    public Integer call() throws IOException {
        if (dtype.get() == null && renames.get().isEmpty()) {
            throw usage.misuse("there is nothing to do: give --dtype, --rename or both");
        }
        Recorded recorded = Recorded.at(checkpoint.get());
        checkTarget(recorded.file());
        Checkpoint converted =
                new Conversion(dtype.get(), renames.get()).apply(recorded.checkpoint(), recorded.file().toString());
        converted.write(output.get());
        long floats = converted.tensors().values().stream().filter(tensor -> tensor.dtype().isFloat()).count();
        System.out.println(
                output.get() + ": "
                        + (dtype.get() == null
                                ? ""
                                : converted.storage().size() + " of " + floats + " tensors as " + dtype.get()
                                        + ", ")
                        + size(Files.size(output.get())) + " instead of " + size(Files.size(recorded.file())));
        return CommandLine.ExitCode.OK;
    }

    private void checkTarget(Path given) throws IOException {
        if (!Files.exists(output.get())) {
            return;
        }
        if (Files.isSameFile(output.get(), given)) {
            throw new NnException(
                    "NN0809", "`" + output.get() + "` is the checkpoint itself, which stays as it is",
                    "name another file");
        }
        if (!force.get() && !Files.isDirectory(output.get())) {
            throw new NnException(
                    "NN0809", "`" + output.get() + "` is there already",
                    "name another file, or replace it with --force");
        }
    }

    private static String size(long bytes) {
        if (bytes < 10_000) {
            return bytes + " bytes";
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
