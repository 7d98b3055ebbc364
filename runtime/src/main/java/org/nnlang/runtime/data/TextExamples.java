package org.nnlang.runtime.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataHeader.Field;

/// Texts for a model that learnt from texts, and where each of them stands, for messages.
public final class TextExamples {
    private static final Path STANDARD_INPUT = Path.of("-");

    private final List<String> texts = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    /// @param line   counted from 1; 0 where the text has no line
    /// @param column where the text begins in it, counted from 1
    private record Place(String file, long line, int column) {
        @Override
        public String toString() {
            return line == 0 ? file : file + ":" + line;
        }
    }

    private TextExamples() {}

    /// Texts that are there.
    ///
    /// @param where what they are called in messages
    public static TextExamples of(String where, List<String> given) {
        var examples = new TextExamples();
        given.forEach(text -> examples.add(text, new Place(where, 0, 1)));
        return examples;
    }

    /// The texts of a file: of a table, .csv or .tsv, those of one column; of a folder its files, in the order of their names; of any other file its
    /// lines.
    ///
    /// @param input what the model's input is called: a table's column may have that name
    /// @param learnt the field that the input stood for in training, which tells the column that was learnt from
    /// @throws NnException where the file cannot be read, is not UTF-8 or has no such column
    public static TextExamples read(Path path, String input, Field learnt) {
        var examples = new TextExamples();
        if (Files.isDirectory(path)) {
            for (Path file : TextsReader.entries(path)) {
                if (Files.isRegularFile(file)) {
                    examples.add(WindowedText.of(file), new Place(file.toString(), 0, 1));
                }
            }
        } else if (isTable(path)) {
            examples.table(path, input, learnt);
        } else {
            examples.lines(path, WindowedText.of(path));
        }
        if (examples.texts.isEmpty()) {
            throw DataErrors.noExamples("`" + path + "`",
                    "a text on each line is expected, or a table with a column of texts");
        }
        return examples;
    }

    /// The lines that the standard input had.
    ///
    /// @throws NnException where it is empty or not UTF-8
    public static TextExamples lines(byte[] standardInput) {
        var examples = new TextExamples();
        examples.lines(
                STANDARD_INPUT,
                new String(DataFile.text(STANDARD_INPUT, standardInput), StandardCharsets.UTF_8).replace("\r\n", "\n"));
        return examples;
    }

    private static boolean isTable(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        String unpacked = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        return unpacked.endsWith(".csv") || unpacked.endsWith(".tsv");
    }

    private void add(String text, Place place) {
        texts.add(text);
        places.add(place);
    }

    private void lines(Path path, String text) {
        long number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String stripped = line.strip();
            int before = stripped.isEmpty() ? 0 : line.indexOf(stripped);
            add(stripped, new Place(path.toString(), number, line.codePointCount(0, before) + 1));
        }
    }

    private void table(Path path, String input, Field learnt) {
        var scanner = new CsvScanner(
                path,
                DataFile.text(path),
                path.toString().toLowerCase(Locale.ROOT).contains(".tsv") ? '\t' : ',');
        if (!scanner.next()) {
            throw DataErrors.empty(path);
        }
        var names = new ArrayList<String>();
        for (int cell = 0; cell < scanner.cells(); cell++) {
            names.add(scanner.text(cell).strip());
        }
        int column = -1;
        for (String name : candidates(input, learnt)) {
            column = column < 0 ? names.indexOf(name) : column;
        }
        boolean header = column >= 0;
        if (!header) {
            column = unnamed(path, learnt, names);
        }
        boolean more = !header || scanner.next();
        while (more) {
            if (scanner.cells() != names.size()) {
                throw DataErrors.ragged(path, scanner.line(0), scanner.cells(), names.size(), 1);
            }
            add(
                    scanner.text(column).replace("\r\n", "\n"),
                    new Place(path.toString(), scanner.line(column), scanner.column(column)));
            more = scanner.next();
        }
    }

    /// What the column of texts may be called, the best name first.
    private static List<String> candidates(String input, Field learnt) {
        var names = new ArrayList<String>(learnt.columns());
        names.removeIf(TextExamples::isPlace);
        names.add(learnt.name());
        names.add(input);
        return names;
    }

    /// The column of a table without a header: as in training, or its only one.
    private static int unnamed(Path path, Field learnt, List<String> names) {
        boolean headed = learnt.columns().stream().anyMatch(column -> !isPlace(column));
        if (!headed && names.size() == 1) {
            return 0;
        }
        if (!headed && !learnt.columns().isEmpty()) {
            int place = Integer.parseInt(learnt.columns().getFirst());
            if (place < names.size()) {
                return place;
            }
        }
        throw DataErrors.noTexts(path, headed ? learnt.columns().getFirst() : learnt.name(), names);
    }

    private static boolean isPlace(String column) {
        return column.matches("\\d{1,9}");
    }

    /// How many texts there are.
    public int count() {
        return texts.size();
    }

    /// The file of a text, and its line.
    public String place(int example) {
        return places.get(example).toString();
    }

    /// The tokens of a text, before anything becomes of them.
    ///
    /// @throws NnException NN0716, with line and column, where the vocabulary lacks a character and has no token for what is unknown
    public int[] tokens(int example, Vocabulary vocabulary) {
        String text = texts.get(example);
        int strange = vocabulary.strange(text);
        if (strange >= 0) {
            Place place = places.get(example);
            String before = text.substring(0, strange);
            long newlines = before.chars().filter(character -> character == '\n').count();
            int along = before.codePointCount(before.lastIndexOf('\n') + 1, before.length());
            throw DataErrors.strangeCharacter(
                    place.file + ":" + (Math.max(1, place.line) + newlines) + ":"
                            + (newlines == 0 ? place.column + along : along + 1),
                    text.codePointAt(strange));
        }
        return vocabulary.encode(text);
    }

    /// How many of these tokens the vocabulary does not know.
    public static int unknown(int[] tokens, Vocabulary vocabulary) {
        return vocabulary.hasSpecials()
                ? (int) Arrays.stream(tokens).filter(token -> token == Vocabulary.UNKNOWN).count()
                : 0;
    }
}
