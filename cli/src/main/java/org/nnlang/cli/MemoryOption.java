package org.nnlang.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd.MemoryLimit;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.train.TrainingFootprint;
import picocli.CommandLine.TypeConversionException;

/// `--memory`: how much a training may take.
final class MemoryOption {
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMG]?)(I?)B?", Pattern.CASE_INSENSITIVE);

    private final Given<@Nullable Long> bytes;

    MemoryOption(Usage usage) {
        bytes = usage.option(Long.class, "--memory", "SIZE",
                "The most that variables, gradients, batches and what lies between may take, such as 200MB or 1.5GB: a step computes values again where keeping them would take more. Results do not change.",
                option -> option.converters(MemoryOption::size));
    }

    /// The limit for a program, or null where there is none.
    @Nullable
    MemoryLimit of(TrainingProgram program, DataSources data) {
        return bytes.get() == null
                ? null
                : new MemoryLimit(bytes.get(), TrainingFootprint.Shapes.of(data, program.batch()));
    }

    /// Whether there is one.
    boolean isGiven() {
        return bytes.get() != null;
    }

    /// Reads `200MB`, `1.5 GB`, `64MiB` or a number of bytes.
    private static long size(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new TypeConversionException("`" + text + "` is no size: write 200MB or 1.5GB");
        }
        double unit = size.group(3).isEmpty() ? 1000 : 1024;
        int power = switch (size.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 1;
            case "M" -> 2;
            case "G" -> 3;
            default -> 0;
        };
        return (long) (Double.parseDouble(size.group(1)) * Math.pow(unit, power));
    }
}
