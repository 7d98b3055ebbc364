package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Curves over a common axis, as SVG.
public final class Chart {
    private static final int WIDTH = 520;
    private static final int HEIGHT = 300;
    private static final int LEFT = 58;
    private static final int RIGHT = 12;
    private static final int TOP = 26;
    private static final int BOTTOM = 34;
    private static final int TICKS = 5;

    /// More points than that are not told apart, and need no dot to point at.
    private static final int DOTS = 120;

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

    /// From the least to the greatest, over round numbers.
    private record Scale(double from, double to, double step) {
        static Scale over(double least, double most) {
            double span = most > least ? most - least : Math.max(Math.abs(most), 1) * 0.1;
            double raw = span / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(raw)));
            double step =
                    raw / power <= 1 ? power : raw / power <= 2 ? 2 * power : raw / power <= 5 ? 5 * power : 10 * power;
            double low = most > least ? least : least - span / 2;
            double high = most > least ? most : most + span / 2;
            return new Scale(Math.floor(low / step) * step, Math.ceil(high / step) * step, step);
        }

        List<Double> ticks() {
            var ticks = new ArrayList<Double>();
            long count = Math.round((to - from) / step);
            for (long i = 0; i <= count; i++) {
                ticks.add(from + i * step);
            }
            return ticks;
        }

        String label(double tick) {
            int digits = Math.max(0, (int) -Math.floor(Math.log10(step)));
            return digits > 5 || Math.abs(tick) >= 1e6
                    ? String.format(Locale.ROOT, "%.1e", tick)
                    : String.format(Locale.ROOT, "%." + digits + "f", tick == 0 ? 0.0 : tick);
        }

        double place(double value) {
            return (value - from) / (to - from);
        }
    }

    private Chart() {}

    /// A chart; empty text where no curve has a point.
    ///
    /// @param axis what is told from left to right
    public static String of(String axis, List<Curve> curves) {
        List<Point> all = curves.stream().flatMap(curve -> curve.points().stream()).filter(Point::isFinite).toList();
        if (all.isEmpty()) {
            return "";
        }
        double first = all.stream().mapToDouble(Point::x).min().orElse(0);
        double last = all.stream().mapToDouble(Point::x).max().orElse(1);
        Scale across =
                new Scale(first, last > first ? last : first + 1, Scale.over(first, Math.max(last, first + 1)).step());
        Scale up = Scale.over(
                all.stream().mapToDouble(Point::y).min().orElse(0), all.stream().mapToDouble(Point::y).max().orElse(1));
        var svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT)
                .append("\" width=\"").append(WIDTH).append("\" height=\"").append(HEIGHT)
                .append("\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n");
        for (double tick : up.ticks()) {
            double y = y(up, tick);
            svg.append(line(LEFT, y, WIDTH - RIGHT, y, "var(--line, #d5dae2)"));
            svg.append(text(LEFT - 8, y + 4, "end", up.label(tick)));
        }
        double step = Math.max(1, Math.rint(across.step()));
        for (double tick = Math.ceil(across.from() / step) * step; tick <= across.to(); tick += step) {
            double x = x(across, tick);
            svg.append(line(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4, "var(--faint, #5d6675)"));
            svg.append(text(x, HEIGHT - BOTTOM + 17, "middle", String.format(Locale.ROOT, "%.0f", tick)));
        }
        svg.append(text(WIDTH - RIGHT, HEIGHT - 3, "end", axis));
        double legend = LEFT;
        for (int i = 0; i < curves.size(); i++) {
            String colour = colour(i);
            curve(svg, curves.get(i), across, up, colour);
            if (curves.get(i).name().isEmpty()) {
                continue;
            }
            svg.append(line(legend, 10, legend + 16, 10, colour).replace("stroke-width=\"1\"", "stroke-width=\"3\""));
            svg.append(text(legend + 21, 14, "start", curves.get(i).name()));
            legend += 40 + 7 * curves.get(i).name().length();
        }
        return svg.append("</svg>\n").toString();
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
        if (curve.points().size() <= DOTS) {
            for (Point point : curve.points()) {
                if (point.isFinite()) {
                    svg.append("<circle cx=\"").append(number(x(across, point.x()))).append("\" cy=\"")
                            .append(number(y(up, point.y()))).append("\" r=\"3\" fill=\"").append(colour)
                            .append("\"><title>").append(Page.escape(curve.name())).append(' ')
                            .append(String.format(Locale.ROOT, "%.0f", point.x())).append(": ")
                            .append(String.format(Locale.ROOT, "%.5g", point.y())).append("</title></circle>\n");
                }
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
