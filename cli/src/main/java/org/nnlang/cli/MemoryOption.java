package org.nnlang.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd.MemoryLimit;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.train.TrainingFootprint;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `--memory`: how much a training may take.
@Command
final class MemoryOption {
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMG]?)(I?)B?", Pattern.CASE_INSENSITIVE);

    @Option(names = "--memory", paramLabel = "SIZE", converter = Size.class, description = "The most that variables, gradients, batches and what lies between may take, such as 200MB or 1.5GB: a step computes values again where keeping them would take more. Results do not change.")
    private @Nullable Long bytes;

    /// The limit for a program, or null where there is none.
    @Nullable
    MemoryLimit of(TrainingProgram program, DataSources data) {
        return bytes == null
                ? null
                : new MemoryLimit(bytes, TrainingFootprint.Shapes.of(data, program.batch()));
    }

    /// Whether there is one.
    boolean isGiven() {
        return bytes != null;
    }

    /// Reads `200MB`, `1.5 GB`, `64MiB` or a number of bytes.
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
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
}
