package org.nnlang;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Names in a text that is written for a model.
final class Names {
    /// Words that begin something wherever they stand.
    private static final Set<String> RESERVED = Set.of(
            "fun", "val", "var", "if", "else", "for", "scan", "yield", "require", "assert", "report", "minimize",
            "import",
            "true", "false");

    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_₀-₉]*");

    private final Set<String> taken = new HashSet<>();

    /// @throws IllegalArgumentException for what is no name in the language
    static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.equals("_")) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no name: a name begins with a letter and goes on with letters, digits and _");
        }
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("`" + name + "` is a word of the language and can name nothing");
        }
        return name;
    }

    void take(String name) {
        taken.add(name);
    }

    /// A name that nothing else has: the stem, or the stem with a number.
    String fresh(String stem) {
        String name = stem;
        for (int i = 2; RESERVED.contains(name) || !taken.add(name); i++) {
            name = stem + i;
        }
        return name;
    }

    /// `Conv2D` as a value is called: `conv2d`, `LayerNorm` is `layer_norm`.
    static String snake(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z][a-z])", "_").toLowerCase(Locale.ROOT);
    }
}
