package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a table's rows are learnt from: columns of numbers as they are, and for a column of words, a *category*, a feature of 0 and 1 for
/// each word. Such a feature is called `colour=red`, and `features` can name it so.
final class CsvFeatures {
    /// More words than this are no category.
    static final int MOST_WORDS = 1000;

    /// What was asked for: a column of the table, or one word of it.
    record Choice(int column, @Nullable String word) {}

    /// A column of numbers, and its place among the features.
    record Number(int column, int place) {}

    /// A column of words, and the places of its features.
    record Category(int column, Map<String, Integer> places) {}

    private final List<String> names = new ArrayList<>();
    private final List<Number> numbers = new ArrayList<>();
    private final Map<Integer, Category> categories = new LinkedHashMap<>();

    /// @param columns names of the table's columns
    /// @param words those of each column that is a category, in their order
    CsvFeatures(List<Choice> choices, List<String> columns, Map<Integer, List<String>> words) {
        for (Choice choice : choices) {
            int column = choice.column();
            if (choice.word() != null) {
                add(column, columns.get(column), choice.word());
            } else if (words.containsKey(column)) {
                words.getOrDefault(column, List.of()).forEach(word -> add(column, columns.get(column), word));
            } else {
                numbers.add(new Number(column, names.size()));
                names.add(columns.get(column));
            }
        }
    }

    private void add(int column, String name, String word) {
        categories.computeIfAbsent(column, _ -> new Category(column, new LinkedHashMap<>()))
                .places()
                .put(word, names.size());
        names.add(name + "=" + word);
    }

    /// The words of each of some columns, those that are all whole numbers by their size, others as texts are sorted.
    ///
    /// @param isRow whether the scanner's row counts
    static Map<Integer, List<String>> words(CsvScanner scanner, Set<Integer> columns,
            BooleanSupplier isRow) {
        var found = new LinkedHashMap<Integer, SortedSet<String>>();
        var whole = new LinkedHashMap<Integer, Boolean>();
        columns.forEach(column -> found.put(column, new TreeSet<>()));
        while (!columns.isEmpty() && scanner.next()) {
            if (!isRow.getAsBoolean()) {
                continue;
            }
            found.forEach((column, words) -> {
                if (!scanner.missing(column) && words.size() <= MOST_WORDS) {
                    words.add(scanner.text(column));
                    whole.merge(column, scanner.whole(column), Boolean::logicalAnd);
                }
            });
        }
        var sorted = new LinkedHashMap<Integer, List<String>>();
        found.forEach((column, words) -> {
            var list = new ArrayList<>(words);
            if (whole.getOrDefault(column, false)) {
                list.sort(Comparator.comparingLong(Long::parseLong));
            }
            sorted.put(column, list);
        });
        return sorted;
    }

    /// How many there are.
    int count() {
        return names.size();
    }

    List<String> names() {
        return names;
    }

    List<Number> numbers() {
        return numbers;
    }

    Iterable<Category> categories() {
        return categories.values();
    }
}
