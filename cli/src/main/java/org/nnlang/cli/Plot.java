package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.picture.Chart;
import org.nnlang.cli.picture.Chart.Curve;
import org.nnlang.cli.picture.Chart.Point;
import org.nnlang.cli.picture.Page;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import picocli.CommandLine;

/// `nn plot RUN…`: compares runs that `nn train --json` has written down.
final class Plot implements Callable<Integer> {
    final Usage usage = new Usage(this, "plot", "Compare runs: a table, and a page of curves.").footer("",
            "For example:",
            "  nn train digits.nn --seed 1 --json > one.jsonl",
            "  nn train digits.nn --seed 2 --json > two.jsonl",
            "  nn plot one.jsonl two.jsonl --output seeds.html");

    private final Given<List<Path>> files = usage.parameters(Path.class, "RUN", "The output of `nn train --json`.");

    private final Given<List<String>> metrics =
            usage.texts("--metric", "NAME", "Only this one, such as train.loss or validate.accuracy. May be repeated.");

    private final Given<@Nullable Path> output =
            usage.option(Path.class, "-o --output", "PATH", "Write a page of curves here, an .html file.");

    /// A run: its metrics by name, each through the epochs.
    private record Run(String name, Map<String, List<Point>> metrics, int epochs, double seconds) {}

    @Override
    public Integer call() {
        List<Run> runs = files.get().stream().map(Plot::read).toList();
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(run.metrics().keySet()));
        for (String metric : metrics.get()) {
            if (!names.contains(metric)) {
                throw usage.misuse("no run has a metric " + metric + "; there is " + String.join(", ", names));
            }
        }
        if (!metrics.get().isEmpty()) {
            names.retainAll(metrics.get());
        }
        table(runs, names);
        if (output.get() != null) {
            GraphCommand.write(output.get(), page(runs, names));
            System.out.println(
                    "drew " + names.size() + (names.size() == 1 ? " chart to " : " charts to ") + output.get());
        }
        return CommandLine.ExitCode.OK;
    }

    private static void table(List<Run> runs, Set<String> names) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("run", "epochs", "time"));
        names.forEach(name -> head.addAll(List.of(name, "least", "greatest")));
        rows.add(head);
        for (Run run : runs) {
            rows.add(row(run, names));
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(1);
                String cell = row.get(column);
                line.append(column == 0 ? "" : "  ")
                        .append(column == 0
                                ? cell + " ".repeat(width - cell.length())
                                : " ".repeat(width - cell.length()) + cell);
            }
            System.out.println(line.toString().stripTrailing());
        }
    }

    /// Its last, least and greatest values.
    private static List<String> row(Run run, Set<String> names) {
        List<String> row = new ArrayList<>(
                List.of(run.name(), Integer.toString(run.epochs()), TextDisplay.duration(run.seconds())));
        for (String name : names) {
            List<Double> values = run.metrics().getOrDefault(name, List.of()).stream().map(Point::y)
                    .filter(Double::isFinite).toList();
            if (values.isEmpty()) {
                row.addAll(List.of("", "", ""));
            } else {
                row.add(TextDisplay.number(values.getLast()));
                row.add(TextDisplay.number(values.stream().mapToDouble(value -> value).min().orElse(0)));
                row.add(TextDisplay.number(values.stream().mapToDouble(value -> value).max().orElse(0)));
            }
        }
        return row;
    }

    private static String page(List<Run> runs, Set<String> names) {
        String title = runs.stream().map(Run::name).collect(Collectors.joining(", "));
        var html = new StringBuilder("<h1>" + (runs.size() == 1 ? "A run" : runs.size() + " runs") + "</h1>");
        html.append("<p class=\"lead\">").append(Page.escape(title)).append("</p><div class=\"charts\">");
        for (String name : names) {
            html.append(ReportPage.figure(
                    name,
                    Chart.of(
                            "epoch",
                            runs.stream().filter(run -> run.metrics().containsKey(name))
                                    .map(run -> new Curve(run.name(), run.metrics().getOrDefault(name, List.of())))
                                    .toList())));
        }
        return new Page(title).section("runs", "", html.append("</div>").toString()).text();
    }

    private static Run read(Path file) {
        Map<String, List<Point>> metrics = new LinkedHashMap<>();
        int epochs = 0;
        double seconds = 0;
        int number = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                Json event = Json.parse(line);
                if (!event.has("event") || !event.get("event").text().equals("epoch")) {
                    continue;
                }
                epochs = event.get("epoch").integer();
                seconds += event.get("seconds").decimal();
                for (String loop : List.of("train", "validate")) {
                    for (var metric : event.get(loop).members().entrySet()) {
                        metrics.computeIfAbsent(loop + "." + metric.getKey(), _ -> new ArrayList<>())
                                .add(new Point(epochs, value(metric.getValue())));
                    }
                }
            }
        } catch (JsonException e) {
            throw unreadable(file, "line " + number + " is no event of a training: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, Refusal.toRead(file, e).reason(), e);
        }
        if (epochs == 0) {
            throw unreadable(file, "there is no epoch in it", null);
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(jsonl?|txt|log)$", "");
        return new Run(name, metrics, epochs, seconds);
    }

    /// A number that is not finite stands as text.
    private static double value(Json value) {
        return value instanceof Json.Text(String text) ? Double.parseDouble(text) : value.decimal();
    }

    private static NnException unreadable(Path file, String why, @Nullable Exception cause) {
        return new NnException(
                "NN0858", "`" + file + "` can't be read as a run: " + why,
                "write one with `nn train … --json > run.jsonl`", cause);
    }
}
