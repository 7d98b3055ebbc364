package org.nnlang.runtime;

import java.util.Collection;
import java.util.Optional;

/// The known name that a mistyped one most likely meant.
public final class Nearest {
    private Nearest() {}

    /// The candidate at the least edit distance (Damerau, 1964: two letters that changed places are one slip; case counts
    /// for nothing), if it is near enough to be meant: at most a third of the letters differ. Of equally near ones, the
    /// first.
    public static Optional<String> of(String name, Collection<String> candidates) {
        Optional<String> best = Optional.empty();
        int least = Math.max(1, name.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = candidate.equalsIgnoreCase(name) ? 0 : distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        int[] above = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            int[] oldest = before;
            before = above;
            above = row;
            row = oldest;
        }
        return above[to.length()];
    }
}
