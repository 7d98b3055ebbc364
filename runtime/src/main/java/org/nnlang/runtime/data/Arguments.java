package org.nnlang.runtime.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.file.Refusal;

/// The arguments of a reader, checked against its parameters.
final class Arguments {
    private final String reader;
    private final Map<String, Object> values;
    private final Path base;
    private final String asked;

    Arguments(DataReader reader, DataExpression.Source source, Path base) {
        this(reader, source, base, reader.name());
    }

    private Arguments(DataReader reader, DataExpression.Source source, Path base, String asked) {
        this.reader = reader.name();
        this.asked = asked;
        this.values = source.arguments();
        this.base = base;
        List<String> names = reader.parameters().stream().map(DataReader.Parameter::name).toList();
        DataReader.Kind others = reader.others();
        for (String name : values.keySet()) {
            if (names.contains(name)) {
                continue;
            }
            if (others == null) {
                throw DataErrors.unknownArgument(this.reader, name, names);
            }
            if (!fits(others, values.getOrDefault(name, ""))) {
                throw DataErrors.argumentKind(this.reader, name, values.getOrDefault(name, ""), others.spelling());
            }
        }
        for (DataReader.Parameter parameter : reader.parameters()) {
            Object value = values.get(parameter.name());
            if (value == null) {
                if (parameter.required()) {
                    throw DataErrors.missingArgument(
                            this.reader, parameter.name(), parameter.kind().spelling());
                }
            } else if (!fits(parameter.kind(), value)) {
                throw DataErrors.argumentKind(
                        this.reader, parameter.name(), value, parameter.kind().spelling());
            }
        }
    }

    /// Arguments for another reader, in the same place.
    Arguments of(DataReader other, Map<String, Object> arguments) {
        return new Arguments(other, new DataExpression.Source(other.name(), arguments), base, asked);
    }

    /// The reader that the program names, which may read by another one.
    String asked() {
        return asked;
    }

    private static boolean fits(DataReader.Kind kind, Object value) {
        return switch (kind) {
            case PATH, TEXT -> value instanceof String;
            case COLUMN -> value instanceof String || value instanceof Long;
            case COLUMNS -> listOf(value, item -> item instanceof String || item instanceof Long);
            case TEXTS -> listOf(value, item -> item instanceof String);
            case WHOLE -> value instanceof Long;
            case WHOLES -> listOf(value, item -> item instanceof Long);
            case NUMBER -> value instanceof Long || value instanceof Double;
            case TRUTH -> value instanceof Boolean;
            case NUMBER_OR_TEXT -> value instanceof Long || value instanceof Double || value instanceof String;
            case TRUTH_OR_TEXT -> value instanceof Boolean || value instanceof String;
        };
    }

    private static boolean listOf(Object value, Predicate<Object> item) {
        return value instanceof List<?> list && list.stream().allMatch(item);
    }

    /// The arguments that are given, in their order.
    Set<String> names() {
        return values.keySet();
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise) instanceof String text ? text : otherwise;
    }

    /// A whole number between two bounds.
    int whole(String name, int otherwise, int least, int most) {
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number && number >= least && number <= most) {
            return Math.toIntExact(number);
        }
        throw wrong(
                name,
                most == Integer.MAX_VALUE
                        ? "a whole number from " + least + " on"
                        : "a whole number from " + least + " to " + most);
    }

    double number(String name, double otherwise) {
        return values.get(name) instanceof Number number ? number.doubleValue() : otherwise;
    }

    boolean truth(String name, boolean otherwise) {
        return values.getOrDefault(name, otherwise) instanceof Boolean truth ? truth : otherwise;
    }

    List<?> list(String name) {
        return values.get(name) instanceof List<?> list ? list : List.of();
    }

    /// An error about the value of an argument.
    RuntimeException wrong(String name, String expected) {
        return DataErrors.argumentKind(reader, name, values.getOrDefault(name, ""), expected);
    }

    /// A path that exists.
    Path path(String name) {
        Path path;
        try {
            path = base.resolve(text(name, ""));
        } catch (InvalidPathException e) {
            throw Refusal.noPath(e);
        }
        if (!Files.exists(path)) {
            throw DataErrors.noFile(path);
        }
        return path;
    }

    /// The path of a file that exists.
    Path file(String name) {
        Path path = path(name);
        if (Files.isDirectory(path)) {
            throw DataErrors.folder(path, reader);
        }
        return path;
    }
}
