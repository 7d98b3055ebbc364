package org.nnlang.runtime.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a reader found: a header, and the examples of each part, read when they are first asked for.
interface Examples {
    /// The header of the whole, with its parts.
    DataHeader header();

    /// The number of examples of a part.
    int count(String part);

    /// The examples of a part, or of all where `part` is null.
    Table table(@Nullable String part);

    /// Fields whose missing values (NaN) are filled with the mean over the training examples.
    default List<String> filled() {
        return List.of();
    }

    /// A field whose examples with equal contents are never split apart, unless a split says otherwise; or null.
    default @Nullable String grouped() {
        return null;
    }

    /// Whether examples share parts of their contents, so that a random split would leak.
    default boolean overlapping() {
        return false;
    }
}
