package org.nnlang.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.picture.Chart;
import org.nnlang.cli.picture.Chart.Curve;
import org.nnlang.cli.picture.Chart.Point;
import org.nnlang.cli.picture.DataFlow;
import org.nnlang.cli.picture.Drawing;
import org.nnlang.cli.picture.Page;
import org.nnlang.compiler.lower.Hyperparameter;
import org.nnlang.compiler.lower.LayerUse;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.Passes;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// A training as a page: curves, what was trained, on what, and how to do it again. Written anew every other
/// second, so that a run that breaks off leaves one, too.
final class Report implements TrainingListener {
    /// Rows of the table of epochs that are shown; of more, the last.
    private static final int ROWS = 500;

    private static final long NANOS_BETWEEN_PAGES = 2_000_000_000;

    private final Path file;
    private final SourceFile source;
    private final CompiledTraining training;
    private final List<String> command;
    private final int threads;
    private final String graph;
    private final List<EpochEnded> epochs = new ArrayList<>();
    private @Nullable Started started;
    private long written;
    private @Nullable TrainingResult result;

    /// @param command the arguments of `nn`
    Report(Path file, SourceFile source, CompiledTraining training, List<String> command, int threads) {
        this.file = file;
        this.source = source;
        this.training = training;
        this.command = List.copyOf(command);
        this.threads = threads;
        TrainingProgram.Loop validate = training.source().validate();
        var procedure = validate == null ? training.source().step().procedure() : validate.procedure();
        this.graph = Drawing.svg(DataFlow.of(Passes.run(procedure)));
    }

    @Override
    public void started(Started event) {
        started = event;
        write();
    }

    @Override
    public void epochEnded(EpochEnded event) {
        epochs.add(event);
        if (System.nanoTime() - written > NANOS_BETWEEN_PAGES) {
            write();
        }
    }

    @Override
    public void finished(TrainingResult ended) {
        result = ended;
        write();
    }

    private void write() {
        GraphCommand.write(file, page());
        written = System.nanoTime();
    }

    private String page() {
        TrainingProgram program = training.source();
        var page = new Page(program.name());
        page.html("<h1>" + Page.escape(program.name()) + "</h1>");
        page.html("<p class=\"lead\">" + Page.escape(source.name()) + " · " + Page.escape(ending()) + "</p>");
        page.html("<div class=\"facts\">" + facts() + "</div>");
        curves(page);
        page.section("What was trained");
        page.html(layers(program));
        page.html("<details open><summary>What flows where, from the data to the "
                + (program.validate() == null ? "loss" : "reports of the validation")
                + "; point at a box for its line</summary><div class=\"scroll\">" + graph + "</div></details>");
        page.section("How to do it again");
        page.html("<pre>" + Page.escape("nn " + String.join(" ", command.stream().map(Report::quoted).toList()))
                + "</pre>");
        page.html(
                "<p class=\"lead\">The same program, data and settings give the same numbers to the last bit, with any number"
                        + " of threads.</p>");
        page.html(settings(program));
        page.html("<details><summary>the program</summary><pre>" + Page.escape(source.text()) + "</pre></details>");
        if (!epochs.isEmpty()) {
            page.html("<details><summary>the epochs as numbers</summary>" + table() + "</details>");
        }
        return page.text();
    }

    private String ending() {
        TrainingResult ended = result;
        if (ended == null) {
            return epochs.isEmpty() ? "begun" : "in epoch " + (epochs.getLast().epoch() + 1);
        }
        return switch (ended.ending()) {
            case COMPLETE -> "complete";
            case EARLY_STOP -> "stopped early";
            case INTERRUPTED -> "interrupted";
        };
    }

    private String facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        TrainingResult ended = result;
        Map<String, Double> best = ended != null && !ended.validate().isEmpty()
                ? ended.validate()
                : epochs.isEmpty() ? Map.of()
                : epochs.getLast().train();
        best.forEach((name, value) -> facts.put(
                (ended != null && !ended.validate().isEmpty() ? "validate " : "") + name, TextDisplay.number(value)));
        if (ended != null && ended.bestEpoch() > 0) {
            facts.put("best epoch", ended.bestEpoch() + " of " + ended.epochs());
        } else if (!epochs.isEmpty()) {
            facts.put("epochs", Integer.toString(epochs.getLast().epoch()));
        }
        if (started != null) {
            facts.put("parameters", TextDisplay.count(started.parameters()));
            if (started.examples() >= 0) {
                facts.put("examples", TextDisplay.count(started.examples()));
            }
            if (started.validationExamples() >= 0) {
                facts.put("to validate", TextDisplay.count(started.validationExamples()));
            }
            facts.put("memory", TextDisplay.bytes(started.memoryBytes()));
        }
        if (!epochs.isEmpty()) {
            double seconds = epochs.stream().mapToDouble(EpochEnded::seconds).sum();
            facts.put("time", TextDisplay.duration(seconds));
            facts.put(
                    training.source().step().data() == null ? "steps in a second" : "examples in a second",
                    TextDisplay.count(Math.round(epochs.getLast().itemsPerSecond())));
        }
        return facts.entrySet().stream()
                .map(fact -> "<div class=\"fact\"><b>" + Page.escape(fact.getValue()) + "</b><span>"
                        + Page.escape(fact.getKey()) + "</span></div>")
                .collect(Collectors.joining());
    }

    private void curves(Page page) {
        Set<String> names = new LinkedHashSet<>();
        epochs.forEach(epoch -> {
            names.addAll(epoch.train().keySet());
            names.addAll(epoch.validate().keySet());
        });
        if (names.isEmpty()) {
            return;
        }
        page.section("Curves");
        var charts = new StringBuilder("<div class=\"charts\">");
        for (String name : names) {
            List<Curve> curves = new ArrayList<>();
            curve("train", epochs.stream().map(epoch -> point(epoch, epoch.train().get(name))).toList(), curves);
            curve("validate", epochs.stream().map(epoch -> point(epoch, epoch.validate().get(name))).toList(), curves);
            charts.append(figure(name, curves));
        }
        charts.append(figure(
                training.source().step().data() == null ? "steps in a second" : "examples in a second",
                List.of(new Curve("", epochs.stream().map(epoch -> point(epoch, epoch.itemsPerSecond())).toList()))));
        page.html(charts.append("</div>").toString());
    }

    private static void curve(String name, List<Point> points, List<Curve> curves) {
        if (points.stream().anyMatch(point -> !Double.isNaN(point.y()))) {
            curves.add(new Curve(name, points));
        }
    }

    private static Point point(EpochEnded epoch, @Nullable Double value) {
        return new Point(epoch.epoch(), value == null ? Double.NaN : value);
    }

    static String figure(String title, List<Curve> curves) {
        String chart = Chart.of("epoch", curves);
        return chart.isEmpty()
                ? ""
                : "<figure><figcaption>" + Page.escape(title) + "</figcaption>" + chart + "</figure>";
    }

    private static String layers(TrainingProgram program) {
        var rows = new StringBuilder(
                "<table><tr><th>name</th><th>layer</th><th>gives</th><th class=\"n\">parameters</th></tr>");
        Set<String> shown = new LinkedHashSet<>();
        for (LayerUse use : program.layers()) {
            if (!shown.add(use.name())) {
                continue; // applied in the validation, too
            }
            long parameters = program.variables().stream()
                    .filter(variable -> variable.trainable() && variable.name().startsWith(use.name() + "."))
                    .mapToLong(variable -> variable.type().shape().size().constant()).sum();
            rows.append("<tr><td>").append("&emsp;".repeat(use.depth())).append("<code>")
                    .append(Page.escape(use.name()))
                    .append("</code></td><td>").append(Page.escape(use.layer())).append("</td><td><code>")
                    .append(Page.escape(use.results().stream().map(Object::toString).collect(Collectors.joining(", "))))
                    .append("</code></td><td class=\"n\">").append(parameters == 0 ? "" : TextDisplay.count(parameters))
                    .append("</td></tr>");
        }
        return rows.append("</table>").toString();
    }

    private String settings(TrainingProgram program) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (Hyperparameter hyperparameter : program.hyperparameters()) {
            rows.put(hyperparameter.name(), hyperparameter.text());
        }
        rows.put("seed", Long.toString(program.seed()));
        rows.put("batch", Integer.toString(program.batch()));
        rows.put("threads", Integer.toString(threads));
        rows.put("kernels", Machine.description());
        rows.put("Java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        rows.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        rows.put("nn", Version.own());
        var table = new StringBuilder("<table>");
        rows.forEach((name, value) -> table.append("<tr><th>").append(Page.escape(name)).append("</th><td><code>")
                .append(Page.escape(value)).append("</code></td></tr>"));
        return table.append("</table>").toString();
    }

    private String table() {
        var table = new StringBuilder("<table><tr><th>epoch</th>");
        EpochEnded first = epochs.getFirst();
        first.train().keySet()
                .forEach(name -> table.append("<th class=\"n\">").append(Page.escape(name)).append("</th>"));
        first.validate().keySet().forEach(
                name -> table.append("<th class=\"n\">validate ").append(Page.escape(name)).append("</th>"));
        table.append("<th class=\"n\">seconds</th></tr>");
        for (EpochEnded epoch : epochs.subList(Math.max(0, epochs.size() - ROWS), epochs.size())) {
            table.append("<tr><td>").append(epoch.epoch()).append("</td>");
            epoch.train().values().forEach(value -> cell(table, TextDisplay.number(value)));
            epoch.validate().values().forEach(value -> cell(table, TextDisplay.number(value)));
            cell(table, String.format(Locale.ROOT, "%.2f", epoch.seconds()));
            table.append("</tr>");
        }
        return table.append("</table>").toString();
    }

    private static void cell(StringBuilder table, String text) {
        table.append("<td class=\"n\">").append(Page.escape(text)).append("</td>");
    }

    /// An argument as a shell takes it.
    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
