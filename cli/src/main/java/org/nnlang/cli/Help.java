package org.nnlang.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.runtime.Nearest;
import picocli.CommandLine;

/// `nn help NN0203` shows the page of an error, `nn help train` the options of a command.
final class Help implements Callable<Integer> {
    final Usage usage = new Usage(this, "help", "Explain an error code or a command.");

    private final Given<@Nullable String> topic = usage.parameterIfAny(String.class, "CODE|COMMAND",
            "An error code such as NN0203, or a command; without it, all commands.");

    @Override
    public Integer call() {
        CommandLine root = usage.commandLine().getParent();
        String topic = this.topic.get();
        if (topic == null) {
            root.usage(System.out);
            return CommandLine.ExitCode.OK;
        }
        CommandLine command = root.getSubcommands().get(topic);
        if (command != null) {
            command.usage(System.out);
            return CommandLine.ExitCode.OK;
        }
        String id = topic.toUpperCase(Locale.ROOT);
        Optional<String> page = page(id);
        if (page.isPresent()) {
            System.out.print(page.get());
            return CommandLine.ExitCode.OK;
        }
        String nearest = Nearest.of(topic, root.getSubcommands().keySet())
                .or(() -> Nearest.of(id, Arrays.stream(Code.values()).map(Code::id).toList()))
                .map(near -> "; did you mean " + near + "?").orElse("");
        System.err.println("nn: there is no error code and no command `" + topic + "`" + nearest);
        return CommandLine.ExitCode.USAGE;
    }

    /// The page of a code, as it stands in docs/errors.
    static Optional<String> page(String id) {
        if (!id.matches("NN\\d{4}")) {
            return Optional.empty();
        }
        try (InputStream page = Code.class.getClassLoader()
                .getResourceAsStream("META-INF/nnlang/errors/" + id + ".md")) {
            return page == null
                    ? Optional.empty()
                    : Optional.of(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
