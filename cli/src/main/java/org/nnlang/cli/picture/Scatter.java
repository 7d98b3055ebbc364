package org.nnlang.cli.picture;

import java.util.List;
import java.util.Locale;

/// Answers over what would have been right: on the line where they are.
public final class Scatter {
    private static final int SIZE = 340;
    private static final int LEFT = 58;
    private static final int BOTTOM = 36;
    private static final int MARGIN = 12;

    private Scatter() {}

    /// A picture.
    ///
    /// @param pairs each the truth and the answer; a pair with a number that is not finite is left out
    public static String of(List<double[]> pairs) {
        List<double[]> shown = pairs.stream()
                .filter(pair -> Double.isFinite(pair[0]) && Double.isFinite(pair[1])).toList();
        if (shown.isEmpty()) {
            return "";
        }
        double least = shown.stream().mapToDouble(pair -> Math.min(pair[0], pair[1])).min().orElse(0);
        double most = shown.stream().mapToDouble(pair -> Math.max(pair[0], pair[1])).max().orElse(1);
        Scale scale = Scale.over(least, most);
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
                        + "font-family=\"system-ui, sans-serif\" font-size=\"12\">%n",
                SIZE, SIZE, SIZE, SIZE));
        for (double tick : scale.ticks()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--line, #d5dae2)\"/>%n",
                    LEFT, SIZE - MARGIN, y(scale, tick), y(scale, tick)));
            text(svg, LEFT - 8, y(scale, tick) + 4, "end", scale.label(tick));
            text(svg, x(scale, tick), SIZE - BOTTOM + 16, "middle", scale.label(tick));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"var(--faint, #5d6675)\" stroke-dasharray=\"4 4\"/>%n",
                x(scale, scale.from()), y(scale, scale.from()), x(scale, scale.to()), y(scale, scale.to())));
        for (double[] pair : shown) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"var(--a, #2563b0)\" fill-opacity=\"0.5\"><title>%.5g, and the answer is %.5g</title></circle>%n",
                    x(scale, pair[0]), y(scale, pair[1]), pair[0], pair[1]));
        }
        text(svg, SIZE - MARGIN, SIZE - 4, "end", "truth");
        text(svg, LEFT, 10, "start", "answer");
        return svg.append("</svg>\n").toString();
    }

    private static double x(Scale scale, double value) {
        return LEFT + scale.place(value) * (SIZE - LEFT - MARGIN);
    }

    private static double y(Scale scale, double value) {
        return SIZE - BOTTOM - scale.place(value) * (SIZE - BOTTOM - MARGIN - 8);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"var(--faint, #5d6675)\">%s</text>%n",
                x, y, anchor, Page.escape(text)));
    }
}
