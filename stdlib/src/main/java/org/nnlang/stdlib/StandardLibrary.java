package org.nnlang.stdlib;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The modules of the standard library as text: `std.layers.Dense` and its neighbours, and `std.prelude`, whose imports
/// are known everywhere.
public final class StandardLibrary {
    private static final String FOLDER = "META-INF/nnlang/";
    private static final String IMPORT = "import ";

    private StandardLibrary() {}

    /// The text of a module; empty where there is none of that name.
    public static Optional<String> text(String module) {
        if (!module.matches("std(\\.\\w+)+")) {
            return Optional.empty();
        }
        try (InputStream text = StandardLibrary.class.getClassLoader().getResourceAsStream(FOLDER + fileName(module))) {
            return text == null
                    ? Optional.empty()
                    : Optional.of(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What messages call the file of a module: `std/layers/Dense.nn`.
    public static String fileName(String module) {
        return module.replace('.', '/') + ".nn";
    }

    /// The names of all modules but the prelude, in its order.
    public static List<String> modules() {
        return text("std.prelude").orElseThrow().lines().filter(line -> line.startsWith(IMPORT))
                .map(line -> line.substring(IMPORT.length()).strip()).toList();
    }
}
