package org.nnlang.runtime.data;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A way to read data, as a program names it: `csv`, `idx`, `npy`, `chars`.
public abstract sealed class DataReader
        permits GivenReader, CsvReader, IdxReader, NpyReader, CharsReader, BpeReader, PairsReader, TextsReader,
        ImagesReader, SeriesReader {
    /// The names of all dimensions that differ from batch to batch, of any reader.
    public static final Set<String> FREE_DIMENSIONS =
            Set.of(TextsReader.LENGTH, PairsReader.SOURCE_LENGTH, PairsReader.TARGET_LENGTH);

    private final String name;
    private final List<Parameter> parameters;

    DataReader(String name, List<Parameter> parameters) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
    }

    /// An argument that a reader takes. Those that are not required have a default, told in the description.
    public record Parameter(String name, Kind kind, boolean required, String description) {
        Parameter(String name, Kind kind, String description) {
            this(name, kind, false, description);
        }
    }

    /// What an argument may be.
    public enum Kind {
        /// The path of a file or folder, absolute or relative to the program.
        PATH("a path in quotes"),
        TEXT("a text"),
        /// A column: its name, or its place, counted from 0 or with a minus from the end.
        COLUMN("a column's name or number"),
        COLUMNS("a list of columns' names or numbers"),
        TEXTS("a list of texts"),
        WHOLE("a whole number"),
        WHOLES("a list of whole numbers"),
        NUMBER("a number"),
        /// `true` or `false`.
        TRUTH("true or false"),
        /// A number or one of some words.
        NUMBER_OR_TEXT("a number or a text"),
        /// `true`, `false` or one of some words.
        TRUTH_OR_TEXT("true, false or a text");

        private final String spelling;

        Kind(String spelling) {
            this.spelling = spelling;
        }

        /// In words, for messages.
        public String spelling() {
            return spelling;
        }
    }

    /// All readers.
    public static List<DataReader> all() {
        return List.of(
                new CsvReader(),
                new IdxReader(),
                new NpyReader(),
                new CharsReader(),
                new BpeReader(),
                new PairsReader(),
                new TextsReader(),
                new ImagesReader(),
                new SeriesReader(),
                new GivenReader());
    }

    /// The reader of that name, or null.
    public static @Nullable DataReader named(String name) {
        for (DataReader reader : all()) {
            if (reader.name.equals(name)) {
                return reader;
            }
        }
        return null;
    }

    public final String name() {
        return name;
    }

    /// What a call of it gives, in a few words.
    public String summary() {
        return "data, read as " + name;
    }

    /// The arguments in their order; a positional argument of a call is the one at its place.
    public final List<Parameter> parameters() {
        return parameters;
    }

    /// What the arguments are that the reader takes under any other name, each of them one field; null where it takes none.
    public @Nullable Kind others() {
        return null;
    }

    /// Reads as much as a header needs. Sizes are validated here, before anything is allocated for them.
    abstract Examples open(Arguments arguments);
}
