package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nn convert CHECKPOINT -o OUT`: weights in fewer bytes, or under other names.
@Command(name = "convert", mixinStandardHelpOptions = true, description = {
    "Write a checkpoint's models anew: with weights in fewer bytes, or under other names.",
    "",
    "f16 and bf16 take half the room, i8 a quarter: whole numbers from -127 to 127, and a scale for each output or row."
            + " Models compute in f32 all the same. Biases, gains and other tensors with one axis stay f32. The result can be run,"
            + " compiled, and begun with (`nn train --from`), but not resumed."}, footer = {
                "",
                "For example:",
                "  nn convert out/digits -o digits-i8.safetensors --dtype i8",
                "  nn convert bert.safetensors -o mine.safetensors --rename 'bert.encoder.*=net.*'"})
final class Convert implements Callable<Integer> {
    @Parameters(paramLabel = "CHECKPOINT", description = "The checkpoint, or a training's folder, of which it is the best one.")
    private Path checkpoint = Path.of("");

    @Option(names = {"-o",
        "--output"}, required = true, paramLabel = "OUT", description = "The file to write. The checkpoint itself stays as it is.")
    private Path output = Path.of("");

    @Option(names = "--dtype", paramLabel = "TYPE", description = "How to hold weights: ${COMPLETION-CANDIDATES}. As they are, unless given.")
    private @Nullable Storage dtype;

    @Option(names = "--rename", paramLabel = "OLD=NEW", description = "Another name for a tensor, or with a `*` on both sides for several. May be repeated; the first that fits counts.")
    private Map<String, String> renames = new LinkedHashMap<>();

    @Option(names = "--force", description = "Replace OUT if it is there already.")
    private boolean force;

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() throws IOException {
        if (dtype == null && renames.isEmpty()) {
            throw new CommandLine.ParameterException(
                    console.command(), "there is nothing to do: give --dtype, --rename or both");
        }
        Recorded recorded = Recorded.at(checkpoint);
        checkTarget(recorded.file());
        Checkpoint converted = new Conversion(dtype, renames).apply(recorded.checkpoint(), recorded.file().toString());
        converted.write(output);
        long floats = converted.tensors().values().stream().filter(tensor -> tensor.dtype().isFloat()).count();
        System.out.println(
                output + ": "
                        + (dtype == null
                                ? ""
                                : converted.storage().size() + " of " + floats + " tensors as " + dtype
                                        + ", ")
                        + size(Files.size(output)) + " instead of " + size(Files.size(recorded.file())));
        return CommandLine.ExitCode.OK;
    }

    private void checkTarget(Path given) throws IOException {
        if (!Files.exists(output)) {
            return;
        }
        if (Files.isSameFile(output, given)) {
            throw new NnException(
                    "NN0809", "`" + output + "` is the checkpoint itself, which stays as it is", "name another file");
        }
        if (!force && !Files.isDirectory(output)) {
            throw new NnException(
                    "NN0809", "`" + output + "` is there already", "name another file, or replace it with --force");
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
