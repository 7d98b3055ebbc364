package org.nnlang.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;

/// An option or a parameter of a command; made by [Usage].
///
/// @param <T> its type, which has null where it may be left out
/// @param described as picocli knows it, with the value that it was given
/// @param otherwise the value where none was given
record Given<T extends @Nullable Object>(ArgSpec described, T otherwise) {
    /// Its value, once the command line has been read.
    T get() {
        @Nullable
        T value = described.getValue();
        return value == null ? otherwise : value;
    }
}
