package org.nnlang.runtime.data;

import java.util.List;

/// How many tokens must be put in, taken out or changed to make one sequence of another (Levenshtein, 1966), and the error
/// rates of words, characters and phonemes that are counted with it. It is a loop with a minimum in each cell over one
/// sequence that a model has written, so it belongs to what judges a model and not to a step.
public final class EditDistance {
    private long errors;
    private long length;

    /// The distance of two sequences.
    public static int of(int[] from, int[] to) {
        // The distances of what was seen of `from` to all beginnings of `to`.
        int[] row = new int[to.length + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length; i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = corner + (from[i - 1] == to[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length];
    }

    /// Counts the errors of a sequence against the nearest of those that are right, and of equally near ones the longest.
    ///
    /// @throws IllegalArgumentException where none is right
    public void add(int[] written, List<int[]> right) {
        if (right.isEmpty()) {
            throw new IllegalArgumentException("nothing to compare with");
        }
        int least = Integer.MAX_VALUE;
        int its = 0;
        for (int[] one : right) {
            int distance = of(written, one);
            if (distance < least || (distance == least && one.length > its)) {
                least = distance;
                its = one.length;
            }
        }
        errors += least;
        length += its;
    }

    /// All errors for each token of what is right; NaN before there is one.
    public double rate() {
        return (double) errors / length;
    }
}
