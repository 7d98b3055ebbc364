package org.nnlang.cli.picture;

import java.util.List;
import java.util.Locale;

/// Numbers that spread over powers of ten, as colours: a row for each name, a column for each moment.
public final class HeatMap {
    private static final int WIDTH = 1040;
    private static final double ROW = 15;
    private static final double CHARACTER = 6.6;
    private static final int BOTTOM = 46;
    private static final int MOST_COLUMNS = 80;

    /// From dark to bright in even steps (viridis, by van der Walt and Smith).
    private static final int[] COLOURS = {
        0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725
    };

    private HeatMap() {}

    /// A map.
    ///
    /// @param axis what is told from left to right
    /// @param columns where on it
    /// @param values one list for each name, with a number for each column; what is no finite number above zero stays empty
    public static String of(String axis, List<Double> columns, List<String> names, List<List<Double>> values) {
        double[] range = values.stream().flatMap(List::stream).filter(HeatMap::isShown).mapToDouble(Math::log10)
                .collect(() -> new double[] {Double.MAX_VALUE, -Double.MAX_VALUE}, (r, v) -> {
                    r[0] = Math.min(r[0], v);
                    r[1] = Math.max(r[1], v);
                }, (a, b) -> {
                    a[0] = Math.min(a[0], b[0]);
                    a[1] = Math.max(a[1], b[1]);
                });
        if (range[0] > range[1]) {
            return "";
        }
        double left = names.stream().mapToInt(String::length).max().orElse(1) * CHARACTER + 10;
        int distance = (columns.size() + MOST_COLUMNS - 1) / MOST_COLUMNS;
        int shown = (columns.size() + distance - 1) / distance;
        double cell = (WIDTH - left - 10) / shown;
        double height = names.size() * ROW + BOTTOM;
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" role=\"img\" "
                        + "font-family=\"ui-monospace, monospace\" font-size=\"11\">%n",
                WIDTH, height, WIDTH, height));
        for (int row = 0; row < names.size(); row++) {
            text(svg, left - 6, row * ROW + 11, "end", names.get(row));
            for (int i = 0; i < shown; i++) {
                Double value = values.get(row).get(i * distance);
                if (isShown(value)) {
                    double place = range[1] > range[0] ? (Math.log10(value) - range[0]) / (range[1] - range[0]) : 0.5;
                    svg.append(String.format(
                            Locale.ROOT,
                            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"><title>%s, %s %.0f: %.4g</title></rect>%n",
                            left + i * cell, row * ROW, cell + 0.3, ROW - 1, colour(place),
                            Page.escape(names.get(row)), Page.escape(axis), columns.get(i * distance), value));
                }
            }
        }
        double below = names.size() * ROW + 14;
        text(svg, left, below, "start", String.format(Locale.ROOT, "%s %.0f", axis, columns.getFirst()));
        text(svg, left + shown * cell, below, "end", String.format(Locale.ROOT, "%.0f", columns.getLast()));
        double legend = left;
        text(svg, legend, below + 22, "start", String.format(Locale.ROOT, "%.1e", Math.pow(10, range[0])));
        for (int i = 0; i < 40; i++) {
            svg.append(String.format(
                    Locale.ROOT, "<rect x=\"%.1f\" y=\"%.1f\" width=\"4.2\" height=\"10\" fill=\"%s\"/>%n",
                    legend + 58 + i * 4, below + 13, colour(i / 39.0)));
        }
        text(svg, legend + 226, below + 22, "start", String.format(Locale.ROOT, "%.1e", Math.pow(10, range[1])));
        return svg.append("</svg>\n").toString();
    }

    private static boolean isShown(Double value) {
        return value > 0 && Double.isFinite(value);
    }

    /// The colour of a number from 0 to 1.
    static String colour(double place) {
        double at = place * (COLOURS.length - 1);
        int i = (int) Math.min(Math.floor(at), COLOURS.length - 2);
        double part = at - i;
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double low = COLOURS[i] >> shift & 0xff;
            double high = COLOURS[i + 1] >> shift & 0xff;
            mixed |= (int) Math.round(low + (high - low) * part) << shift;
        }
        return String.format(Locale.ROOT, "#%06x", mixed);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"var(--faint, #5d6675)\">%s</text>%n",
                x, y, anchor, Page.escape(text)));
    }
}
