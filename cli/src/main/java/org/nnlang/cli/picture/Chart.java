package org.nnlang.cli.picture;

import java.util.List;
import java.util.Locale;

/// Curves over a common axis, as SVG.
public final class Chart {
    private static final int WIDTH = 520;
    private static final int HEIGHT = 300;
    private static final int LEFT = 58;
    private static final int RIGHT = 12;
    private static final int TOP = 26;
    private static final int LEGEND = 17;

    /// From the least to the greatest: what spreads further is told by powers of ten.
    private static final double WIDE = 30;
    private static final int BOTTOM = 34;

    /// More points than that are not told apart.
    private static final int DOTS = 60;

    /// And more than that are not pointed at.
    private static final int HANDLES = 600;

    private static final List<String> COLOURS = List.of("a", "b", "c", "d", "e", "f", "g", "h");

    /// A curve through points, from left to right; one without a name is not in the legend. A point that is no finite number breaks it.
    public record Curve(String name, List<Point> points) {
        public Curve {
            points = List.copyOf(points);
        }
    }

    /// Where a curve goes through.
    public record Point(double x, double y) {
        boolean isFinite() {
            return Double.isFinite(x) && Double.isFinite(y);
        }
    }

    private Chart() {}

    /// A chart; empty text where no curve has a point.
    ///
    /// @param axis what is told from left to right
    public static String of(String axis, List<Curve> curves) {
        return of(axis, curves, false);
    }

    /// A chart whose heights are powers of ten where they spread that far; what is not above zero is left out then.
    public static String logarithmic(String axis, List<Curve> curves) {
        double[] heights = curves.stream().flatMap(curve -> curve.points().stream()).filter(Point::isFinite)
                .mapToDouble(Point::y).filter(y -> y > 0).sorted().toArray();
        if (heights.length == 0 || heights[heights.length - 1] < WIDE * heights[0]) {
            return of(axis, curves, false);
        }
        return of(
                axis,
                curves.stream()
                        .map(curve -> new Curve(
                                curve.name(),
                                curve.points().stream()
                                        .map(point -> point.y() > 0 ? point : new Point(point.x(), Double.NaN))
                                        .toList()))
                        .toList(),
                true);
    }

    private static String of(String axis, List<Curve> curves, boolean powers) {
        List<Point> all = curves.stream().flatMap(curve -> curve.points().stream()).filter(Point::isFinite).toList();
        if (all.isEmpty()) {
            return "";
        }
        Scale across = Scale.across(
                all.stream().mapToDouble(Point::x).min().orElse(0), all.stream().mapToDouble(Point::x).max().orElse(1));
        double least = all.stream().mapToDouble(Point::y).min().orElse(0);
        double most = all.stream().mapToDouble(Point::y).max().orElse(1);
        Scale up = powers ? Scale.overPowers(least, most) : Scale.over(least, most);
        var legend = new StringBuilder();
        double right = LEFT;
        int rows = 0;
        for (int i = 0; i < curves.size(); i++) {
            String name = curves.get(i).name();
            if (!name.isEmpty()) {
                double width = 40 + 7 * name.length();
                if (right > LEFT && right + width > WIDTH) {
                    right = LEFT;
                    rows++;
                }
                legend.append(
                        line(right, 10 + rows * LEGEND, right + 16, 10 + rows * LEGEND, colour(i))
                                .replace("stroke-width=\"1\"", "stroke-width=\"3\""));
                legend.append(text(right + 21, 14 + rows * LEGEND, "start", name));
                right += width;
            }
        }
        int height = HEIGHT + rows * LEGEND;
        var svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(WIDTH).append(' ').append(height)
                .append("\" width=\"").append(WIDTH).append("\" height=\"").append(height)
                .append("\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n");
        svg.append(legend).append("<g transform=\"translate(0 ").append(rows * LEGEND).append(")\">\n");
        for (double tick : up.ticks()) {
            double y = y(up, tick);
            svg.append(line(LEFT, y, WIDTH - RIGHT, y, "var(--line, #d5dae2)"));
            svg.append(text(LEFT - 8, y + 4, "end", up.label(tick)));
        }
        for (double tick : across.ticks()) {
            double x = x(across, tick);
            svg.append(line(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4, "var(--faint, #5d6675)"));
            svg.append(text(x, HEIGHT - BOTTOM + 17, "middle", String.format(Locale.ROOT, "%,.0f", tick)));
        }
        svg.append(text(WIDTH - RIGHT, HEIGHT - 3, "end", axis));
        for (int i = 0; i < curves.size(); i++) {
            curve(svg, curves.get(i), across, up, colour(i));
        }
        return svg.append("</g></svg>\n").toString();
    }

    private static String colour(int index) {
        List<String> plain =
                List.of("#2563b0", "#c2571a", "#26804f", "#8a3ab9", "#b0862b", "#b3304f", "#0e7f8c", "#5a5f6b");
        int i = index % COLOURS.size();
        return "var(--" + COLOURS.get(i) + ", " + plain.get(i) + ")";
    }

    private static void curve(StringBuilder svg, Curve curve, Scale across, Scale up, String colour) {
        var path = new StringBuilder();
        boolean broken = true;
        for (Point point : curve.points()) {
            if (!point.isFinite()) {
                broken = true;
                continue;
            }
            path.append(broken ? "M" : "L").append(number(x(across, point.x()))).append(' ')
                    .append(number(y(up, point.y())));
            broken = false;
        }
        svg.append("<path d=\"").append(path).append("\" fill=\"none\" stroke=\"").append(colour)
                .append("\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n");
        if (curve.points().size() > HANDLES) {
            return;
        }
        // Where dots would touch each other, they are only there to be pointed at.
        boolean seen = curve.points().size() <= DOTS;
        for (Point point : curve.points()) {
            if (point.isFinite()) {
                svg.append("<circle cx=\"").append(number(x(across, point.x()))).append("\" cy=\"")
                        .append(number(y(up, point.y()))).append(seen ? "\" r=\"3\" fill=\"" : "\" r=\"5\" fill=\"")
                        .append(colour).append(seen ? "" : "\" fill-opacity=\"0")
                        .append("\"><title>").append(Page.escape(curve.name())).append(' ')
                        .append(String.format(Locale.ROOT, "%.0f", point.x())).append(": ")
                        .append(String.format(Locale.ROOT, "%.5g", point.y())).append("</title></circle>\n");
            }
        }
    }

    private static double x(Scale scale, double value) {
        return LEFT + scale.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(Scale scale, double value) {
        return HEIGHT - BOTTOM - scale.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String line(double x1, double y1, double x2, double y2, String colour) {
        return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2)
                + "\" stroke=\"" + colour + "\" stroke-width=\"1\"/>\n";
    }

    private static String text(double x, double y, String anchor, String text) {
        return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor
                + "\" fill=\"var(--faint, #5d6675)\">" + Page.escape(text) + "</text>\n";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
