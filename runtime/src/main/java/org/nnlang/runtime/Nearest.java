package org.nnlang.runtime;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The name that a reader probably meant.
public final class Nearest {
    private Nearest() {}

    /// The nearest candidate, if one is near enough: a third of the letters may differ, and a swap of neighbours
    /// counts once (Damerau–Levenshtein, restricted); case counts for less than a letter.
    public static Optional<String> of(String name, Collection<String> candidates) {
        // Of those that are equally near, one that begins with the same case: `relu` for `rleu`, and not `BLEU`.
        Comparator<String> byCase = Comparator
                .comparing((String candidate) -> startsUpper(candidate) != startsUpper(name))
                .thenComparing(Comparator.naturalOrder());
        String best = null;
        double bestDistance = Double.MAX_VALUE;
        for (String candidate : candidates) {
            double distance = candidate.equalsIgnoreCase(name) ? 0.1 : distance(name, candidate);
            if (distance < bestDistance
                    || distance == bestDistance && best != null && byCase.compare(candidate, best) < 0) {
                best = candidate;
                bestDistance = distance;
            }
        }
        int longest = best == null ? 0 : Math.max(name.length(), best.length());
        return best != null && bestDistance <= Math.max(1, longest / 3) && bestDistance < longest && name.length() > 1
                ? Optional.of(best)
                : Optional.empty();
    }

    private static boolean startsUpper(String name) {
        return !name.isEmpty() && Character.isUpperCase(name.charAt(0));
    }

    /// A sentence that suggests it, or `otherwise`.
    public static String help(String name, Collection<String> candidates, String otherwise) {
        return of(name, candidates).map(near -> "did you mean `" + near + "`?").orElse(otherwise);
    }

    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        if (Math.abs(a.length() - b.length()) > 4) {
            return Integer.MAX_VALUE / 2;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int substituted = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(substituted, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
