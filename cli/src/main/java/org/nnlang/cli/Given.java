package org.nnlang.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;

/// An option or a parameter of a command, and what the command line gave for it; made by [Usage].
///
/// @param <T> its type, which holds null where it may be left out
final class Given<T extends @Nullable Object> {
    private final ArgSpec described;
    private final T otherwise;

    /// @param otherwise its value where nothing is given
    Given(ArgSpec described, T otherwise) {
        this.described = described;
        this.otherwise = otherwise;
    }

    /// Its value, once the command line has been read.
    T get() {
        @Nullable T value = described.getValue();
        return value == null ? otherwise : value;
    }

    /// As picocli knows it.
    ArgSpec described() {
        return described;
    }
}
