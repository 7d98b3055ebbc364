package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Which classes are taken for which.
public final class Confusion {
    /// Larger tables are too much for a page.
    private static final int MOST_CLASSES = 40;

    private static final int MISTAKES = 20;

    private Confusion() {}

    /// A table with a row for each class and a column for each answer; where there are too many classes, a list of the most frequent
    /// mistakes.
    ///
    /// @param names of the classes
    /// @param counts examples of the class of a row that got the answer of a column
    public static String of(List<String> names, long[][] counts) {
        return names.size() <= MOST_CLASSES ? table(names, counts) : mistakes(names, counts);
    }

    private static String table(List<String> names, long[][] counts) {
        var html = new StringBuilder("<table class=\"confusion\"><tr><th class=\"n\">true ↓ &emsp; predicted →</th>");
        for (String name : names) {
            html.append("<th>").append(Page.escape(name)).append("</th>");
        }
        html.append("<th>recall</th></tr>");
        long[] columns = new long[names.size()];
        for (int row = 0; row < counts.length; row++) {
            long all = 0;
            for (int column = 0; column < counts.length; column++) {
                all += counts[row][column];
                columns[column] += counts[row][column];
            }
            html.append("<tr><th class=\"n\">").append(Page.escape(names.get(row))).append("</th>");
            for (int column = 0; column < counts.length; column++) {
                long count = counts[row][column];
                double share = all == 0 ? 0 : (double) count / all;
                html.append(String.format(
                        Locale.ROOT,
                        "<td class=\"%s\" style=\"--share: %.0f%%\" title=\"%s, predicted as %s: %d of %d\">%s</td>",
                        row == column ? "right" : "wrong",
                        count == 0 ? 0 : row == column ? 12 + 68 * share : 12 + 88 * Math.sqrt(share),
                        Page.escape(names.get(row)), Page.escape(names.get(column)), count, all,
                        count == 0 ? "" : Long.toString(count)));
            }
            html.append("<td class=\"n\">").append(percent(counts[row][row], all)).append("</td></tr>");
        }
        html.append("<tr><th class=\"n\">precision</th>");
        for (int column = 0; column < counts.length; column++) {
            html.append("<td class=\"n\">").append(percent(counts[column][column], columns[column])).append("</td>");
        }
        return html.append("<td></td></tr></table>").toString();
    }

    private record Mistake(int is, int taken, long count) {}

    private static String mistakes(List<String> names, long[][] counts) {
        var mistakes = new ArrayList<Mistake>();
        long all = 0;
        long right = 0;
        for (int row = 0; row < counts.length; row++) {
            for (int column = 0; column < counts.length; column++) {
                all += counts[row][column];
                right += row == column ? counts[row][column] : 0;
                if (row != column && counts[row][column] > 0) {
                    mistakes.add(new Mistake(row, column, counts[row][column]));
                }
            }
        }
        mistakes.sort(Comparator.comparingLong(Mistake::count).reversed());
        var html = new StringBuilder("<p>").append(percent(right, all)).append(" of ")
                .append(String.format(Locale.ROOT, "%,d", all)).append(" are right, of ").append(names.size())
                .append(" classes. The most frequent mistakes:</p><table><tr><th>true</th><th>predicted</th><th class=\"n\">times</th></tr>");
        for (Mistake mistake : mistakes.subList(0, Math.min(MISTAKES, mistakes.size()))) {
            html.append("<tr><td><code>").append(Page.escape(names.get(mistake.is())))
                    .append("</code></td><td><code>").append(Page.escape(names.get(mistake.taken())))
                    .append("</code></td><td class=\"n\">").append(mistake.count()).append("</td></tr>");
        }
        return html.append("</table>").toString();
    }

    private static String percent(long part, long all) {
        return all == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
    }
}
