package org.nnlang;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Values for hyper-parameters, as the language writes them.
final class Settings {
    private final Map<String, String> texts = new LinkedHashMap<>();

    /// @throws IllegalArgumentException for a value that the language has no literal for
    void set(String name, Object value) {
        texts.put(name, literal(name, value));
    }

    void expression(String name, String text) {
        texts.put(name, text);
    }

    Map<String, String> texts() {
        return texts;
    }

    /// Text in quotation marks.
    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$").replace("\n", "\\n")
                .replace("\t", "\\t").replace("\r", "\\r") + "\"";
    }

    /// A value as the language writes it.
    ///
    /// @throws IllegalArgumentException for a value that the language has no literal for
    static String literal(String name, Object value) {
        return switch (value) {
            case Integer _, Long _, Short _, Byte _, Boolean _ -> value.toString();
            case Float number -> literal(name, Double.parseDouble(number.toString()));
            case Double number when number.isNaN() -> "nan";
            case Double number when number.isInfinite() -> number > 0 ? "inf" : "-inf";
            case Double number -> number.toString();
            case String text -> quoted(text);
            case List<?> list ->
                list.stream().map(item -> literal(name, item)).collect(Collectors.joining(", ", "[", "]"));
            default -> throw new IllegalArgumentException(
                    "`" + name + "` takes numbers, booleans, texts and lists of them, and gets a "
                            + value.getClass().getName() + "; for anything else write an expression of the language: "
                            + "expression(\"" + name + "\", \"…\")");
        };
    }
}
