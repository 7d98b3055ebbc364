package org.nnlang.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.RunLog.Moment;
import org.nnlang.cli.picture.Chart;
import org.nnlang.cli.picture.Chart.Curve;
import org.nnlang.cli.picture.Chart.Point;
import org.nnlang.cli.picture.DataFlow;
import org.nnlang.cli.picture.Drawing;
import org.nnlang.cli.picture.HeatMap;
import org.nnlang.cli.picture.Page;
import org.nnlang.compiler.lower.Hyperparameter;
import org.nnlang.compiler.lower.LayerUse;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.Passes;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.train.TrainingListener.EpochEnded;
import org.nnlang.runtime.train.TrainingListener.Progress;
import org.nnlang.runtime.train.TrainingResult;

/// A training as a page: curves, what was trained, on what, how long each kernel took, and how to do it again.
final class ReportPage {
    /// Rows of the table of epochs that are shown; of more, the last.
    private static final int ROWS = 500;

    /// More layers than that are not told apart as curves.
    private static final int CURVES = 8;

    /// Rows of a map of layers.
    private static final int LAYERS = 48;

    /// Rows of the table of layers; of more, those deep inside are folded away.
    private static final int SHOWN_LAYERS = 40;

    private final SourceFile source;
    private final CompiledTraining training;
    private final RunLog log;
    private final List<String> command;
    private final Settings settings;
    private @Nullable String graph;
    private final TrainingProgram.Loop shown;
    private final AnswersSection answers;

    // What is costly to draw, and of what it was drawn.
    private RunLog.@Nullable Kernels drawnKernels;
    private String kernels = "";
    private @Nullable Verdicts drawnVerdicts;
    private String verdicts = "";

    /// How the run was asked for.
    ///
    /// @param device as the command line names it
    record Settings(int threads, String device) {}

    /// @param command the arguments of `nn`
    ReportPage(
            SourceFile source, CompiledTraining training, RunLog log, List<String> command, Settings settings) {
        this.source = source;
        this.training = training;
        this.log = log;
        this.command = List.copyOf(command);
        this.settings = settings;
        TrainingProgram.Loop validate = training.source().validate();
        this.shown = validate == null ? training.source().step() : validate;
        this.answers = new AnswersSection(shown);
    }

    /// The page as the run is now.
    synchronized Page page() {
        TrainingProgram program = training.source();
        List<Moment> moments = log.moments();
        return new Page(program.name())
                .section("run", "Run", head(program))
                .section("curves", "Curves", curves(moments))
                .section("norms", "Rate and norms", norms(moments))
                .section("answers", "Answers", answers())
                .section("model", "Model", model(program))
                .section("kernels", "Kernels", kernels())
                .section("again", "Again", again(program));
    }

    private String answers() {
        Verdicts now = log.verdicts().orElse(null);
        if (now != null && now != drawnVerdicts) {
            verdicts = answers.html(now);
            drawnVerdicts = now;
        }
        return verdicts;
    }

    private String kernels() {
        RunLog.Kernels now = log.kernels().orElse(null);
        if (now != null && now != drawnKernels) {
            kernels = new KernelsSection(source.name()).html(now, training.step().procedure().nodes().size());
            drawnKernels = now;
        }
        return kernels;
    }

    private String head(TrainingProgram program) {
        var html = new StringBuilder("<h1>" + Page.escape(program.name()) + "</h1>");
        html.append("<p class=\"lead\">").append(Page.escape(source.name() + " · " + ending())).append("</p>");
        Progress progress = log.progress().orElse(null);
        if (progress != null && progress.stepsPerEpoch() > 0) {
            html.append("<progress max=\"").append(progress.stepsPerEpoch()).append("\" value=\"")
                    .append(progress.step()).append("\"></progress>");
        }
        return html.append("<div class=\"facts\">").append(facts()).append("</div>").toString();
    }

    private String ending() {
        TrainingResult ended = log.result().orElse(null);
        if (ended == null) {
            int epochs = log.epochs().size();
            Progress progress = log.progress().orElse(null);
            String now = progress == null
                    ? epochs == 0 ? "begun" : "after epoch " + log.epochs().getLast().epoch()
                    : "in epoch " + progress.epoch() + ", step " + TextDisplay.count(progress.step()) + " of "
                            + TextDisplay.count(progress.stepsPerEpoch()) + ", "
                            + TextDisplay.duration(Math.max(0, progress.secondsLeft())) + " to go";
            return log.isBroken() ? "failed " + now : now;
        }
        return switch (ended.ending()) {
            case COMPLETE -> "complete";
            case EARLY_STOP -> "stopped early";
            case INTERRUPTED -> "interrupted";
        };
    }

    private String facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        List<EpochEnded> epochs = log.epochs();
        TrainingResult ended = log.result().orElse(null);
        Progress progress = log.progress().orElse(null);
        boolean judged = ended != null && !ended.validate().isEmpty();
        Map<String, Double> best = ended != null && judged
                ? ended.validate()
                : progress != null ? progress.train()
                : epochs.isEmpty() ? Map.of()
                : epochs.getLast().train();
        best.forEach((name, value) -> facts.put((judged ? "validate " : "train ") + name, TextDisplay.number(value)));
        if (ended != null) {
            ended.test().forEach((name, value) -> facts.put("test " + name, TextDisplay.number(value)));
        }
        if (ended != null && ended.bestEpoch() > 0) {
            facts.put("best epoch", ended.bestEpoch() + " of " + ended.epochs());
        } else if (!epochs.isEmpty()) {
            facts.put("epochs", Integer.toString(epochs.getLast().epoch()));
        }
        log.started().ifPresent(started -> {
            facts.put("parameters", TextDisplay.count(started.parameters()));
            if (started.examples() >= 0) {
                facts.put("examples", TextDisplay.count(started.examples()));
            }
            if (started.validationExamples() >= 0) {
                facts.put("to validate", TextDisplay.count(started.validationExamples()));
            }
            if (started.testExamples() >= 0) {
                facts.put("to test", TextDisplay.count(started.testExamples()));
            }
            facts.put("memory", TextDisplay.bytes(started.memoryBytes()));
        });
        if (!epochs.isEmpty()) {
            facts.put("time", TextDisplay.duration(epochs.stream().mapToDouble(EpochEnded::seconds).sum()));
        }
        if (!epochs.isEmpty() || progress != null) {
            facts.put(
                    rate(),
                    TextDisplay.count(Math.round(
                            progress != null ? progress.itemsPerSecond() : epochs.getLast().itemsPerSecond())));
        }
        facts.put("seed", Long.toString(training.source().seed()));
        return facts.entrySet().stream()
                .map(fact -> "<div class=\"fact\"><b>" + Page.escape(fact.getValue()) + "</b><span>"
                        + Page.escape(fact.getKey()) + "</span></div>")
                .collect(Collectors.joining());
    }

    private String rate() {
        return training.source().step().data() == null ? "steps in a second" : "examples in a second";
    }

    private String curves(List<Moment> moments) {
        List<EpochEnded> epochs = log.epochs();
        var charts = new StringBuilder();
        Set<String> names = new LinkedHashSet<>();
        epochs.forEach(epoch -> {
            names.addAll(epoch.train().keySet());
            names.addAll(epoch.validate().keySet());
        });
        for (String name : names) {
            List<Curve> curves = new ArrayList<>();
            curve("train", epochs.stream().map(epoch -> point(epoch, epoch.train().get(name))).toList(), curves);
            curve("validate", epochs.stream().map(epoch -> point(epoch, epoch.validate().get(name))).toList(), curves);
            charts.append(figure(name, Chart.of("epoch", curves)));
        }
        if (!epochs.isEmpty()) {
            charts.append(figure(
                    rate(),
                    Chart.of(
                            "epoch",
                            List.of(new Curve(
                                    "",
                                    epochs.stream().map(epoch -> point(epoch, epoch.itemsPerSecond())).toList())))));
        }
        List<Curve> batches = byName(moments, Moment::reports);
        if (!batches.isEmpty() && moments.size() > 1) {
            for (Curve batch : batches) {
                charts.append(figure(
                        batch.name() + ", of single batches",
                        Chart.of("step", List.of(new Curve("", batch.points())))));
            }
        }
        return charts.isEmpty() ? "" : "<h2>Curves</h2><div class=\"charts\">" + charts + "</div>";
    }

    private String norms(List<Moment> moments) {
        if (moments.isEmpty()) {
            return "";
        }
        var html = new StringBuilder("<h2>Learning rate and norms</h2>");
        List<Curve> schedules = byName(moments, Moment::schedules);
        var charts = new StringBuilder();
        if (!schedules.isEmpty()) {
            charts.append(figure(
                    "learning rate",
                    Chart.of(
                            "step",
                            schedules.size() > 1
                                    ? schedules
                                    : List.of(new Curve("", schedules.getFirst().points())))));
        }
        var maps = new StringBuilder();
        layers("gradients, their norm by layer", moments, Moment::gradients, charts, maps);
        layers("weights, their norm by layer", moments, Moment::weights, charts, maps);
        return html.append("<div class=\"charts\">").append(charts).append("</div>").append(maps).append(
                "<p class=\"lead\">Seen at ").append(moments.size()).append(moments.size() == 1 ? " step" : " steps")
                .append("; gradients of the loss are those before any clipping.</p>").toString();
    }

    private static void layers(
            String title, List<Moment> moments, Function<Moment, Map<String, Double>> norms, StringBuilder charts,
            StringBuilder maps) {
        List<Curve> curves = byName(moments, moment -> RunLog.byLayer(norms.apply(moment), Integer.MAX_VALUE));
        if (curves.size() <= CURVES) {
            charts.append(figure(title, Chart.logarithmic("step", curves)));
            return;
        }
        int depth = curves.stream().mapToInt(curve -> curve.name().split("\\.").length).max().orElse(1);
        while (curves.size() > LAYERS && depth > 1) {
            depth--;
            int most = depth;
            curves = byName(moments, moment -> RunLog.byLayer(norms.apply(moment), most));
        }
        maps.append(figure(
                title,
                HeatMap.of(
                        "step",
                        moments.stream().map(moment -> (double) moment.step()).toList(),
                        curves.stream().map(Curve::name).toList(),
                        curves.stream().map(curve -> curve.points().stream().map(Point::y).toList()).toList())));
    }

    /// A curve for each name, with a point for each moment.
    private static List<Curve> byName(List<Moment> moments, Function<Moment, Map<String, Double>> values) {
        List<Map<String, Double>> all = moments.stream().map(values).toList();
        Set<String> names = new LinkedHashSet<>();
        all.forEach(map -> names.addAll(map.keySet()));
        List<Curve> curves = new ArrayList<>();
        for (String name : names) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < moments.size(); i++) {
                points.add(new Point(moments.get(i).step(), all.get(i).getOrDefault(name, Double.NaN)));
            }
            curves.add(new Curve(name, points));
        }
        return curves;
    }

    private String model(TrainingProgram program) {
        String drawn = graph;
        if (drawn == null) {
            drawn = Drawing.svg(DataFlow.of(Passes.run(shown.procedure())));
            graph = drawn;
        }
        return "<h2>What was trained</h2>" + layers(program)
                + "<details open><summary>What flows where, from the data to the "
                + (program.validate() == null ? "loss" : "reports of the validation")
                + ", before fusion; point at a box for its line</summary><div class=\"scroll\">" + drawn
                + "</div></details>";
    }

    private String again(TrainingProgram program) {
        List<EpochEnded> epochs = log.epochs();
        return "<h2>How to do it again</h2><pre class=\"command\">"
                + Page.escape("nn " + String.join(" ", command.stream().map(ReportPage::quoted).toList()))
                + "</pre><p class=\"lead\">The same program, data and settings give the same numbers to the last bit, with any"
                + " number of threads.</p>" + settings(program) + "<details><summary>the program</summary><pre>"
                + Page.escape(source.text()) + "</pre></details>"
                + (epochs.isEmpty()
                        ? ""
                        : "<details><summary>the epochs as numbers</summary><div class=\"wide\">" + table(epochs)
                                + "</div></details>");
    }

    static String figure(String title, String picture) {
        return picture.isEmpty()
                ? ""
                : "<figure><figcaption>" + Page.escape(title) + "</figcaption>" + picture + "</figure>";
    }

    private static void curve(String name, List<Point> points, List<Curve> curves) {
        if (points.stream().anyMatch(point -> !Double.isNaN(point.y()))) {
            curves.add(new Curve(name, points));
        }
    }

    private static Point point(EpochEnded epoch, @Nullable Double value) {
        return new Point(epoch.epoch(), value == null ? Double.NaN : value);
    }

    /// The layers; of very many an overview, and all of them to be opened.
    private static String layers(TrainingProgram program) {
        Map<String, LayerUse> uses = new LinkedHashMap<>();
        // Some are applied in the validation, too.
        program.layers().forEach(use -> uses.putIfAbsent(use.name(), use));
        List<LayerUse> all = List.copyOf(uses.values());
        int deepest = all.stream().mapToInt(LayerUse::depth).max().orElse(0);
        List<LayerUse> shown = all;
        while (shown.size() > SHOWN_LAYERS && deepest > 0) {
            int most = --deepest;
            shown = all.stream().filter(use -> use.depth() <= most).toList();
        }
        return shown.size() == all.size()
                ? layers(program, all)
                : layers(program, shown) + "<details><summary>all " + TextDisplay.count(all.size())
                        + " layers</summary>" + layers(program, all) + "</details>";
    }

    private static String layers(TrainingProgram program, List<LayerUse> uses) {
        var rows = new StringBuilder(
                "<table><tr><th>name</th><th>layer</th><th>gives</th><th class=\"n\">parameters</th></tr>");
        for (LayerUse use : uses) {
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
        rows.put("threads", Integer.toString(settings.threads()));
        rows.put("device", settings.device());
        rows.put("kernels", Machine.description());
        rows.put("Java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        rows.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        rows.put("memory", TextDisplay.bytes(Runtime.getRuntime().maxMemory()) + " at most");
        rows.put("nn", Version.own());
        var table = new StringBuilder("<table>");
        rows.forEach((name, value) -> table.append("<tr><th>").append(Page.escape(name)).append("</th><td><code>")
                .append(Page.escape(value)).append("</code></td></tr>"));
        return table.append("</table>").toString();
    }

    private static String table(List<EpochEnded> epochs) {
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

    static void cell(StringBuilder table, String text) {
        table.append("<td class=\"n\">").append(Page.escape(text)).append("</td>");
    }

    /// An argument as a shell takes it.
    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
