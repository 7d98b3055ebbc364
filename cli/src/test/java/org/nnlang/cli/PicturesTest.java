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
        assertFalse(Pattern.compile("(src|href|@import|url\\()").matcher(html).find(), "nothing is fetched");
        List<Document> pictures = pictures(html);
        assertEquals(5, pictures.size(), "three metrics, throughput, the graph");
        assertEquals(8, all(pictures.get(1), "circle").size(), "four epochs, train and validate");
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
