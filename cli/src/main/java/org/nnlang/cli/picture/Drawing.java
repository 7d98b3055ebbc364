package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.nnlang.cli.picture.DataFlow.Box;

/// A data flow as a picture, from top to bottom: SVG, or a program for Graphviz.
public final class Drawing {
    private static final double CHARACTER = 7.0;
    private static final double LINE = 16;
    private static final double PADDING = 10;
    private static final double GAP = 26;
    private static final double RISE = 42;
    private static final int SWEEPS = 6;
    private static final double LANE = 6;

    /// Where more lines go down beside the boxes, nobody tells them apart.
    private static final int LANES = 300;

    private final List<Box> boxes;
    private final int[] rows;
    private final double[] centres;
    private final double[] tops;
    private final List<List<Integer>> layers = new ArrayList<>();

    /// Lines that go down past boxes: where, from and to.
    private final List<double[]> lanes = new ArrayList<>();
    private double width;
    private double height;

    private Drawing(DataFlow flow) {
        boxes = flow.boxes();
        rows = new int[boxes.size()];
        centres = new double[boxes.size()];
        tops = new double[boxes.size()];
    }

    /// For Graphviz.
    public static String dot(DataFlow flow) {
        var text = new StringBuilder("digraph {\n  node [shape=box, fontname=\"monospace\", fontsize=11];\n");
        for (int i = 0; i < flow.boxes().size(); i++) {
            Box box = flow.boxes().get(i);
            text.append("  n").append(i).append(" [label=\"")
                    .append(String.join("\n", box.lines()).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n",
                            "\\n"))
                    .append('"').append(box.kind() == DataFlow.Kind.OPERATIONS ? "" : ", style=rounded").append("];\n");
            for (int input : box.inputs()) {
                text.append("  n").append(input).append(" -> n").append(i).append(";\n");
            }
        }
        return text.append("}\n").toString();
    }

    /// For a browser.
    public static String svg(DataFlow flow) {
        return new Drawing(flow).draw();
    }

    private String draw() {
        rank();
        order();
        place();
        var lines = new StringBuilder();
        for (int i = 0; i < boxes.size(); i++) {
            for (int input : boxes.get(i).inputs()) {
                edge(lines, input, i);
            }
        }
        // Now it is known how far they go to the side.
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
                        + "role=\"img\" font-family=\"ui-monospace, monospace\" font-size=\"11.5\">%n",
                width, height, width, height));
        svg.append(lines);
        for (int i = 0; i < boxes.size(); i++) {
            box(svg, i);
        }
        return svg.append("</svg>\n").toString();
    }

    /// A box stands below all that it reads; what nothing of another row needs earlier stands just above its reader.
    private void rank() {
        for (int i = 0; i < boxes.size(); i++) {
            for (int input : boxes.get(i).inputs()) {
                rows[i] = Math.max(rows[i], rows[input] + 1);
            }
        }
        int[] latest = new int[boxes.size()];
        Arrays.fill(latest, Integer.MAX_VALUE);
        for (int i = boxes.size() - 1; i >= 0; i--) {
            if (boxes.get(i).inputs().isEmpty() && latest[i] != Integer.MAX_VALUE) {
                rows[i] = Math.max(rows[i], latest[i] - 1);
            }
            for (int input : boxes.get(i).inputs()) {
                latest[input] = Math.min(latest[input], rows[i]);
            }
        }
        for (int i = 0; i < boxes.size(); i++) {
            while (layers.size() <= rows[i]) {
                layers.add(new ArrayList<>());
            }
            layers.get(rows[i]).add(i);
        }
    }

    /// Brings each row into the order of what it reads, so that fewer lines cross.
    private void order() {
        List<List<Integer>> readers = new ArrayList<>();
        boxes.forEach(_ -> readers.add(new ArrayList<>()));
        for (int i = 0; i < boxes.size(); i++) {
            for (int input : boxes.get(i).inputs()) {
                readers.get(input).add(i);
            }
        }
        for (List<Integer> layer : layers) {
            number(layer);
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean down = sweep % 2 == 0;
            for (int row = 0; row < layers.size(); row++) {
                List<Integer> layer = layers.get(down ? row : layers.size() - 1 - row);
                double[] wish = new double[boxes.size()];
                for (int box : layer) {
                    List<Integer> near = down ? boxes.get(box).inputs() : readers.get(box);
                    wish[box] = near.stream().mapToDouble(other -> centres[other]).average().orElse(centres[box]);
                }
                layer.sort(Comparator.comparingDouble(box -> wish[box]));
                number(layer);
            }
        }
    }

    private void number(List<Integer> layer) {
        for (int i = 0; i < layer.size(); i++) {
            centres[layer.get(i)] = (i + 0.5) / layer.size();
        }
    }

    private void place() {
        for (List<Integer> layer : layers) {
            width = Math.max(width, layer.stream().mapToDouble(this::widthOf).sum() + GAP * (layer.size() + 1));
        }
        double y = GAP;
        for (List<Integer> layer : layers) {
            double used = layer.stream().mapToDouble(this::widthOf).sum() + GAP * (layer.size() - 1);
            double x = (width - used) / 2;
            double tallest = 0;
            for (int box : layer) {
                centres[box] = x + widthOf(box) / 2;
                tops[box] = y;
                x += widthOf(box) + GAP;
                tallest = Math.max(tallest, heightOf(box));
            }
            y += tallest + RISE;
        }
        height = y - RISE + GAP;
        // Room at the side for lines that pass by.
        width += 2 * GAP;
    }

    private double widthOf(int box) {
        return boxes.get(box).lines().stream().mapToInt(String::length).max().orElse(1) * CHARACTER + 2 * PADDING;
    }

    private double heightOf(int box) {
        return boxes.get(box).lines().size() * LINE + 2 * PADDING - 6;
    }

    private void edge(StringBuilder svg, int from, int to) {
        double x1 = centres[from];
        double y1 = tops[from] + heightOf(from);
        double x2 = centres[to];
        double y2 = tops[to];
        String path;
        if (rows[to] - rows[from] <= 1) {
            double bend = (y2 - y1) / 2;
            path = String.format(
                    Locale.ROOT, "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1, y1, x1, y1 + bend, x2, y2 - bend, x2,
                    y2);
        } else {
            // Past the rows between, beside the widest of them.
            double side = 0;
            for (int row = rows[from] + 1; row < rows[to]; row++) {
                for (int box : layers.get(row)) {
                    side = Math.max(side, centres[box] + widthOf(box) / 2);
                }
            }
            double x = lane(Math.max(Math.max(x1, x2), side + GAP / 2), y1, y2);
            path = String.format(
                    Locale.ROOT, "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fL%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f",
                    x1, y1, x1, y1 + RISE / 2, x, y1 + RISE / 2, x, y1 + RISE, x, y2 - RISE, x, y2 - RISE / 2, x2,
                    y2 - RISE / 2, x2, y2);
        }
        svg.append("<path d=\"").append(path).append("\" fill=\"none\" stroke=\"var(--faint, #5d6675)\"/>\n");
        svg.append(String.format(
                Locale.ROOT, "<path d=\"M%.1f %.1fl-4 -7h8z\" fill=\"var(--faint, #5d6675)\"/>%n", x2, y2));
    }

    /// Where a line can go down, beside those that are there already.
    private double lane(double wish, double y1, double y2) {
        double x = wish;
        boolean free = false;
        while (!free && lanes.size() <= LANES) {
            double at = x;
            free = lanes.stream().noneMatch(lane -> Math.abs(lane[0] - at) < LANE && lane[1] < y2 && y1 < lane[2]);
            x = free ? x : x + LANE;
        }
        lanes.add(new double[] {x, y1, y2});
        width = Math.max(width, x + GAP);
        return x;
    }

    private void box(StringBuilder svg, int index) {
        Box box = boxes.get(index);
        double w = widthOf(index);
        double x = centres[index] - w / 2;
        boolean end = box.kind() != DataFlow.Kind.OPERATIONS;
        svg.append(String.format(
                Locale.ROOT,
                "<g><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%d\" fill=\"var(--box, #f4f6f9)\" "
                        + "stroke=\"%s\"/>",
                x, tops[index], w, heightOf(index), end ? 14 : 4, end ? "var(--a, #2563b0)" : "var(--line, #b9c1cd)"));
        if (box.heat() > 0) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\" fill=\"var(--b, #c2571a)\" "
                            + "fill-opacity=\"%.2f\"/>",
                    x, tops[index], w, heightOf(index), 0.6 * Math.sqrt(box.heat())));
        }
        if (!box.place().isEmpty()) {
            svg.append("<title>").append(Page.escape(box.place())).append("</title>");
        }
        for (int i = 0; i < box.lines().size(); i++) {
            svg.append(String.format(
                    Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"%s\">%s</text>",
                    centres[index], tops[index] + PADDING + 8 + i * LINE,
                    i == 0 ? "var(--text, #1d2330)" : "var(--faint, #5d6675)", Page.escape(box.lines().get(i))));
        }
        svg.append("</g>\n");
    }
}
