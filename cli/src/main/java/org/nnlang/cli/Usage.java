package org.nnlang.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// How a command is called: its name, what help says of it, and its options and parameters. A command has one as its first
/// field, and below it a [Given] for each option of its own; those of the [Console] every command has.
///
/// Names of an option that has several stand in one text, with spaces between. A label stands for the value in what help says.
final class Usage {
    static {
        // What picocli looks for at every start, and no command needs: Groovy's closures, in all jars of the class path, and
        // converters for dates and the like, by reflection. An option of such a type brings a converter, as paths do.
        System.setProperty("picocli.disable.closures", "true");
        System.setProperty("picocli.converters.excludes", "java.*");
    }

    private final CommandSpec command;
    private final List<ArgSpec> arguments = new ArrayList<>();
    private final List<ArgSpec> exclusive = new ArrayList<>();
    private final Console console;

    /// @param command what is to run
    /// @param description a line or more
    Usage(Callable<Integer> command, String name, String... description) {
        this.command = CommandSpec.wrapWithoutInspection(command).name(name);
        this.command.usageMessage().description(description);
        console = new Console(this);
    }

    /// Where the command speaks.
    Console console() {
        return console;
    }

    /// What else picocli must know.
    Usage with(Consumer<CommandSpec> more) {
        more.accept(command);
        return this;
    }

    /// Lines below the options.
    Usage footer(String... lines) {
        command.usageMessage().footer(lines);
        return this;
    }

    /// An option that takes no value.
    Given<Boolean> flag(String name, String description) {
        return added(false, OptionSpec.builder(name).type(boolean.class).description(description).build());
    }

    /// An option, null where it is left out.
    <T> Given<@Nullable T> option(Class<T> type, String names, String label, String description) {
        return added(null, describe(type, names, label, description).build());
    }

    /// An option, null where it is left out, of which picocli must know more.
    <T> Given<@Nullable T> option(
            Class<T> type, String names, String label, String description, UnaryOperator<OptionSpec.Builder> more) {
        return added(null, more.apply(describe(type, names, label, description)).build());
    }

    /// An option that has another value where it is left out.
    <T> Given<T> option(Class<T> type, T otherwise, String names, String label, String description) {
        return added(otherwise, describe(type, names, label, description).build());
    }

    /// An option that must be given.
    <T> Given<T> required(Class<T> type, String names, String label, String description) {
        return present(describe(type, names, label, description).required(true).build());
    }

    /// An option that may be repeated.
    Given<List<String>> texts(String names, String label, String description) {
        return added(List.of(),
                describe(String.class, names, label, description).type(List.class).auxiliaryTypes(String.class)
                        .build());
    }

    /// An option that may be repeated and takes `NAME=VALUE`.
    <T> Given<Map<String, T>> pairs(Class<T> type, String names, String label, String description) {
        OptionSpec.Builder option = describe(type, names, label, description).type(Map.class)
                .auxiliaryTypes(String.class, type);
        if (type == Path.class) {
            option.converters(text -> text, Usage::path);
        }
        return added(Map.of(), option.build());
    }

    /// What must be given without the name of an option.
    <T> Given<T> parameter(Class<T> type, String label, String description) {
        return present(describe(type, label, description).required(true).build());
    }

    /// What may be given without the name of an option, or is null.
    <T> Given<@Nullable T> parameterIfAny(Class<T> type, String label, String description) {
        return added(null, describe(type, label, description).arity("0..1").build());
    }

    /// What must be given at least once without the name of an option.
    <T> Given<List<T>> parameters(Class<T> type, String label, String description) {
        return present(describe(type, label, description).type(List.class).auxiliaryTypes(type).arity("1..*")
                .required(true).build());
    }

    /// Lets no more than one of two options be given.
    void either(Given<Boolean> one, Given<Boolean> other) {
        exclusive.addAll(List.of(one.described(), other.described()));
    }

    /// The command as picocli knows it. Nothing is added to it any more.
    CommandSpec described() {
        for (ArgSpec argument : arguments) {
            if (!exclusive.contains(argument)) {
                command.add(argument);
            } else if (argument == exclusive.getFirst()) {
                ArgGroupSpec.Builder group = ArgGroupSpec.builder();
                exclusive.forEach(group::addArg);
                command.addArgGroup(group.build());
            }
        }
        return command
                .addOption(OptionSpec.builder("-h", "--help").usageHelp(true)
                        .description("Show this help message and exit.").build())
                .addOption(OptionSpec.builder("-V", "--version").versionHelp(true)
                        .description("Print version information and exit.").build());
    }

    /// The command, once its arguments are read.
    CommandLine commandLine() {
        return command.commandLine();
    }

    /// What to throw where arguments do not fit together.
    ParameterException misuse(String message) {
        return new ParameterException(commandLine(), message);
    }

    private static OptionSpec.Builder describe(Class<?> type, String names, String label, String description) {
        String[] all = names.split(" ");
        return OptionSpec.builder(all[0]).names(all).type(type).converters(converters(type)).paramLabel(label)
                .description(description);
    }

    private static PositionalParamSpec.Builder describe(Class<?> type, String label, String description) {
        return PositionalParamSpec.builder().type(type).converters(converters(type)).paramLabel(label)
                .description(description);
    }

    /// None where picocli's own will do.
    private static ITypeConverter<?>[] converters(Class<?> type) {
        return type == Path.class ? new ITypeConverter<?>[] {Usage::path} : new ITypeConverter<?>[0];
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            NnException problem = Refusal.noPath(e);
            throw new TypeConversionException(problem.getMessage() + "; " + problem.help());
        }
    }

    private <T extends @Nullable Object> Given<T> added(T otherwise, ArgSpec argument) {
        arguments.add(argument);
        return new Given<>(argument, otherwise);
    }

    @SuppressWarnings("NullAway") // no command runs without it
    private <T> Given<T> present(ArgSpec argument) {
        return added(null, argument);
    }
}
