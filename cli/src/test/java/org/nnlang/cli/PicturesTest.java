package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.cli.picture.Chart;
import org.nnlang.cli.picture.Chart.Curve;
import org.nnlang.cli.picture.Chart.Point;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Pages and pictures: `nn train --report`, `nn graph`, `nn plot`.
class PicturesTest {
    @TempDir
    private Path folder;

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Document> pictures(String page) throws Exception {
        var pictures = new ArrayList<Document>();
        var matcher = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
        while (matcher.find()) {
            pictures.add(parsed(matcher.group()));
        }
        return pictures;
    }

    private static List<Element> all(Document picture, String tag) {
        var all = new ArrayList<Element>();
        NodeList nodes = picture.getElementsByTagName(tag);
        for (int i = 0; i < nodes.getLength(); i++) {
            all.add((Element) nodes.item(i));
        }
        return all;
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    @Test
    void aChartShowsEachPointAtItsHeight() throws Exception {
        Document chart = parsed(Chart.of(
                "epoch",
                List.of(new Curve("a <b>",
                        List.of(new Point(1, 0), new Point(2, 10), new Point(3, Double.NaN), new Point(4, 5))))));
        List<Element> dots = all(chart, "circle");
        assertEquals(3, dots.size(), "a number that is none has no dot");
        assertEquals("a <b> 2: 10.000", dots.get(1).getTextContent());
        assertTrue(number(dots.get(1), "cy") < number(dots.get(2), "cy"), "higher is further up");
        assertEquals((number(dots.get(0), "cy") + number(dots.get(1), "cy")) / 2, number(dots.get(2), "cy"), 0.11);
        String path = all(chart, "path").getFirst().getAttribute("d");
        assertEquals(2, path.chars().filter(c -> c == 'M').count(), "and breaks the curve");
        assertEquals("", Chart.of("epoch", List.of(new Curve("empty", List.of(new Point(1, Double.NaN))))));
        parsed(Chart.of("epoch", List.of(new Curve("flat", List.of(new Point(1, 7))))));
        parsed(Chart.of("epoch", List.of(new Curve("tiny", List.of(new Point(1, 1e-12), new Point(2, 3e-12))))));
    }

    private Path program(String text) throws IOException {
        return Files.writeString(folder.resolve("net.nn"), text);
    }

    @Test
    void aGraphLeadsFromTheInputsToTheOutput() throws Exception {
        Path file = program("""
                model Net()(x: f32[b, 4], y: f32[b, 4]) -> f32[b, 3] {
                    val h = x |> Dense(8, tanh)
                    (h |> Dense(3)) + (y |> Dense(3))
                }
                """);
        String dot = Answer.good("graph", file).out();
        assertTrue(dot.contains("x\\nf32[b, 4]"), dot);
        assertTrue(dot.contains("product, add, tanh\\ndense.W f32[4, 8]\\ndense.b f32[8]\\nf32[b, 8]"), dot);
        Path svg = folder.resolve("pictures/net.svg");
        assertEquals("drew 7 boxes to " + svg, Answer.good("graph", file, "-o", svg).lines().getFirst());
        List<Element> boxes = all(parsed(Files.readString(svg)), "rect");
        assertEquals(7, boxes.size());
        for (Element a : boxes) {
            for (Element b : boxes) {
                assertTrue(
                        a == b
                                || number(a, "x") + number(a, "width") <= number(b, "x")
                                || number(b, "x") + number(b, "width") <= number(a, "x")
                                || number(a, "y") + number(a, "height") <= number(b, "y")
                                || number(b, "y") + number(b, "height") <= number(a, "y"),
                        "two boxes overlap");
            }
        }
        assertEquals(2, Answer.to("graph", file, "--svg", "--dot").exit());
    }

    @Test
    void aLongChainIsDrawn() throws Exception {
        Path file = program("""
                model Deep()(x: f32[b, 4]) -> f32[b, 4] {
                    var h = x
                    for (i in 0..<400) { h = h |> Residual { y -> y |> Dense(4, relu) } }
                    h
                }
                """);
        assertTrue(all(parsed(Answer.good("graph", file, "--svg").out()), "rect").size() > 800);
    }

    @Test
    void aReportTellsARunInOneFile() throws Exception {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        Path page = folder.resolve("reports/iris.html");
        Answer.good(
                "train", folder.resolve("iris.nn"), "--epochs", 4, "--seed", 7, "--output", folder, "--report", page,
                "--set", "batch=8");
        String html = Files.readString(page);
        assertFalse(
                Pattern.compile("((src|href)=\"(?!data:|#)|@import|url\\(|<script)").matcher(html).find(),
                "nothing is fetched, nothing runs");
        List<Document> pictures = pictures(html);
        assertEquals(
                11, pictures.size(),
                "three metrics, throughput, two of batches, the rate, two norms, the graph, the kernels");
        assertEquals(8, all(pictures.get(1), "circle").size(), "four epochs, train and validate");
        // Every example of the validation has one place in the confusion matrix, and those on its diagonal are the accuracy.
        long right = sum("<td class=\"right\"[^>]*>(\\d+)<", html);
        assertEquals(30, right + sum("<td class=\"wrong\"[^>]*>(\\d+)<", html));
        Matcher accuracy = Pattern.compile("\"validate\":\\{\"accuracy\":([\\d.]+)").matcher(
                Answer.good(
                        "train", folder.resolve("iris.nn"), "--epochs", 4, "--seed", 7, "--output", folder, "--json",
                        "--set", "batch=8").lines().get(3));
        assertTrue(accuracy.find());
        assertEquals(Double.parseDouble(accuracy.group(1)), right / 30.0, 1e-6);
        for (String part : List.of(
                "setosa", "versicolor", "virginica", "predicted", "precision", "learning rate",
                "gradients, their norm by layer",
                "update of 4 parameters", "GFLOP/s", "The mistakes it was surest of")) {
            assertTrue(html.contains(part), part);
        }
        for (String part : List.of(
                "complete", "--epochs 4 --seed 7", "--set batch=8", "<th>seed</th><td><code>7</code>",
                "<th>batch</th><td><code>8</code>", "the program", "train Species")) {
            assertTrue(html.contains(part), part);
        }
        Answer unwritable = Answer.to(
                "train", folder.resolve("iris.nn"), "--output", folder, "--report", folder.resolve("iris.csv/no.html"));
        assertTrue(unwritable.err().startsWith("error[NN0852]"), unwritable::err);
    }

    @Test
    void aDeepModelIsToldInShort() throws Exception {
        Path file = program("""
                train Deep(steps: Int = 3) {
                    val net = TransformerEncoder(10, 2)
                    step {
                        val x = normal([2, 3, 4])
                        minimize mean((net(x) - x)^2) with SGD(0.01)
                    }
                }
                """);
        Path page = folder.resolve("deep.html");
        Answer.good("train", file, "--report", page);
        String html = Files.readString(page);
        assertTrue(html.matches("(?s).*<details><summary>all 1\\d\\d layers</summary>.*"), "layers are folded away");
        Matcher kinds = Pattern.compile("are ([\\d,]+) kernels of (\\d+) kinds").matcher(html);
        assertTrue(kinds.find(), "kernels of equal layers are one row");
        assertTrue(Integer.parseInt(kinds.group(1).replace(",", "")) > 3 * Integer.parseInt(kinds.group(2)),
                kinds::group);
        assertTrue(html.contains("10 × <code>attention</code>"), "outputs of one call are one thing to do");
        assertTrue(html.contains("<code>net.block.*.feed.dense.W"), "with the number of the layer left open");
        // Each kernel once in the picture all the same.
        assertTrue(all(pictures(html).getLast(), "rect").size() >= Integer.parseInt(kinds.group(1).replace(",", "")));
    }

    private static long sum(String cell, String html) {
        return Pattern.compile(cell).matcher(html).results().mapToLong(match -> Long.parseLong(match.group(1))).sum();
    }

    @Test
    void lookingOnChangesNothing() throws Exception {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        Object[] alone = {
            "train", folder.resolve("iris.nn"), "--epochs", 3, "--output", folder.resolve("alone"), "--set", "batch=7"
        };
        Answer.good(alone);
        var seen = new ArrayList<>(List.of(alone));
        seen.set(seen.indexOf(folder.resolve("alone")), folder.resolve("seen"));
        seen.addAll(List.of("--report", folder.resolve("seen.html"), "--tensorboard", folder.resolve("board")));
        Answer.good(seen.toArray());
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("alone/out/iris/last.safetensors"),
                        folder.resolve("seen/out/iris/last.safetensors")));
    }

    @Test
    void whatIsNoPortIsSaid() throws Exception {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        Path program = folder.resolve("iris.nn");
        for (Object[] arguments : new Object[][] {
            {"train", program, "--watch=abc"}, {"train", program, "--watch", "abc"}, {"train", "--watch=-1", program},
            {"train", program, "--watch=99999999999"}, {"train", program, "--watch=7077x"}
        }) {
            Answer answer = Answer.to(arguments);
            assertEquals(2, answer.exit(), answer::err);
            assertTrue(
                    answer.err().startsWith(
                            "nn: --watch takes a port, a number from 0 to 65535 where 0 is any that is free"),
                    answer::err);
        }
    }

    @Test
    void numbersAreShownBesideTheTruth() throws Exception {
        StringBuilder rows = new StringBuilder("x,y\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i * 0.1).append(',').append(3 + i * 0.2).append('\n');
        }
        Files.writeString(folder.resolve("line.csv"), rows);
        Path file = program("""
                train Line(points: Data = csv("line.csv", label = "y"), epochs: Int = 3, batch: Int = 8) {
                    val (learn, held_out) = points.split(0.75)
                    val net = Dense(1)
                    step (x, y) in learn { minimize mse(net(x), reshape(y, [batch, 1])) with SGD(0.1) }
                    validate (x, y) in held_out { report error = my_error(net(x), reshape(y, [batch, 1])) }
                }
                /// A measure that the library does not have.
                fun my_error(answer: f32[...s], target: f32[...s]) -> f32 = mean(abs(answer - target))
                """);
        Path page = folder.resolve("line.html");
        Answer.good("train", file, "--output", folder, "--report", page);
        String html = Files.readString(page);
        assertTrue(html.contains("<h3>my_error</h3>"), html);
        Document scatter = pictures(html).stream()
                .filter(picture -> picture.getDocumentElement().getTextContent().contains("truth")).findFirst()
                .orElseThrow();
        assertEquals(10, all(scatter, "circle").size(), "each example of the validation");
    }

    @Test
    void runsAreCompared() throws Exception {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        var files = new ArrayList<Object>(List.of("plot"));
        for (int seed : List.of(1, 2)) {
            files.add(Files.writeString(
                    folder.resolve("seed" + seed + ".jsonl"),
                    Answer.good(
                            "train", folder.resolve("iris.nn"), "--epochs", 3, "--seed", seed, "--json", "--output",
                            folder).out()));
        }
        var arguments = new ArrayList<>(files);
        arguments.addAll(List.of("--metric", "train.loss", "--output", folder.resolve("seeds.html")));
        Answer answer = Answer.good(arguments.toArray());
        assertTrue(answer.lines().getFirst().matches("run +epochs +time +train.loss +least +greatest"), answer::out);
        assertTrue(answer.lines().get(2).matches("seed2 +3 +\\S+ s +0\\.\\d+ +\\S+ +0\\.\\d+"), answer::out);
        List<Document> charts = pictures(Files.readString(folder.resolve("seeds.html")));
        assertEquals(1, charts.size());
        assertEquals(6, all(charts.getFirst(), "circle").size());

        arguments.add("--metric=train.los");
        Answer misspelt = Answer.to(arguments.toArray());
        assertTrue(misspelt.err().contains("no run has a metric train.los; there is train.loss"), misspelt::err);
        Answer other = Answer.to("plot", folder.resolve("iris.csv"));
        assertTrue(other.err().startsWith("error[NN0858]"), other::err);
        assertTrue(Answer.to("plot", folder.resolve("none.jsonl")).err().contains("there is no such file"));
    }
}
