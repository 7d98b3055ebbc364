package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Argument;
import org.nnlang.compiler.syntax.Expression;

/// The `early_stop(…)` and `checkpoint(…)` of a train.
final class TrainSettings {
    private final Elaboration elaboration;
    private final List<TrainingProgram.EarlyStop> earlyStops = new ArrayList<>();
    private final List<TrainingProgram.Checkpoint> checkpoints = new ArrayList<>();
    private final Map<Span, TrainingProgram.Metric> metrics = new LinkedHashMap<>();

    TrainSettings(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    List<TrainingProgram.EarlyStop> earlyStops() {
        return earlyStops;
    }

    List<TrainingProgram.Checkpoint> checkpoints() {
        return checkpoints;
    }

    /// Takes a call that sets something; false if it is another call.
    boolean take(Expression.Call call, Scope scope) {
        if (!(call.callee() instanceof Expression.Name(String name, Span _)) || scope.find(name) != null) {
            return false;
        }
        switch (name) {
            case "early_stop" -> earlyStop(call, scope);
            case "checkpoint" -> checkpoint(call, scope);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void earlyStop(Expression.Call call, Scope scope) {
        Map<String, Argument> arguments = arguments(call, List.of("highest", "lowest", "patience"), scope);
        Better better = better(arguments, scope);
        if (better == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.MISSING_ARGUMENT, call.span(), "`early_stop` needs a metric to watch")
                            .help("for example `early_stop(lowest = validate.loss, patience = 3)`"));
        }
        Argument patience = arguments.get("patience");
        long epochs = patience == null
                ? 1
                : elaboration.conversions.integer(
                        elaboration.expressions.evaluate(patience.value(), scope),
                        "`patience`",
                        patience.value().span(),
                        scope);
        if (epochs < 1) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.WRONG_SETTING,
                            patience == null ? call.span() : patience.span(),
                            "`patience` is at least 1 epoch, and this is " + epochs)
                            .help("it says how many epochs without a better one end the train: `patience = 3`"));
        }
        int waited = (int) Math.min(epochs, Integer.MAX_VALUE);
        earlyStops.add(new TrainingProgram.EarlyStop(better.metric(), better.highest(), waited));
    }

    private void checkpoint(Expression.Call call, Scope scope) {
        Map<String, Argument> arguments = arguments(call, List.of("path", "highest", "lowest"), scope);
        Argument path = arguments.get("path");
        if (path == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.MISSING_ARGUMENT, call.span(), "`checkpoint` needs a path")
                            .help("for example `checkpoint(\"out/net\", lowest = validate.loss)`"));
        }
        String text = elaboration.conversions.string(
                elaboration.expressions.evaluate(path.value(), scope), "the path of `checkpoint`", path.value().span(),
                scope);
        Better better = better(arguments, scope);
        checkpoints.add(new TrainingProgram.Checkpoint(
                text, better == null ? null : better.metric(), better != null && better.highest()));
    }

    private record Better(TrainingProgram.Metric metric, boolean highest) {}

    private @Nullable Better better(Map<String, Argument> arguments, Scope scope) {
        Argument highest = arguments.get("highest");
        Argument lowest = arguments.get("lowest");
        if (highest != null && lowest != null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.DUPLICATE_ARGUMENT, lowest.span(),
                            "a metric is best where it is `highest` or where it is `lowest`")
                            .help("keep one of them"));
        }
        Argument chosen = highest != null ? highest : lowest;
        return chosen == null ? null : new Better(metric(chosen.value(), scope), highest != null);
    }

    private TrainingProgram.Metric metric(Expression expression, Scope scope) {
        if (expression instanceof Expression.Select(Expression.Name(String loop, Span _), var member, Span _)
                && (loop.equals("validate") || loop.equals("train"))) {
            var metric = new TrainingProgram.Metric(loop.equals("validate"), member.text());
            metrics.put(expression.span(), metric);
            return metric;
        }
        if (expression instanceof Expression.Select(Expression.Name(String loop, Span _), var member, Span _)
                && loop.equals("test") && scope.find(loop) == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.UNKNOWN_METRIC,
                            expression.span(),
                            "the `test` judges what the training ends with, and can't choose it")
                            .help(Help.write("watch what is measured after each epoch:", expression.span(),
                                    "validate." + member.text(), "")));
        }
        throw elaboration.fail(
                scope,
                Diagnostic.of(Code.UNKNOWN_METRIC, expression.span(), "this is not the name of a metric")
                        .help("a report of the `validate` is called `validate.accuracy`, one of the `step` `train.loss`"));
    }

    private Map<String, Argument> arguments(Expression.Call call, List<String> names, Scope scope) {
        var result = new LinkedHashMap<String, Argument>();
        int next = 0;
        for (Argument argument : call.arguments()) {
            String name = argument.name() == null ? null : argument.name().text();
            if (name == null) {
                boolean first = next++ == 0 && names.getFirst().equals("path");
                if (!first) {
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(Code.TOO_MANY_ARGUMENTS, argument.span(), "this argument needs a name")
                                    .help("it is one of " + names.stream().map(n -> "`" + n + " = …`")
                                            .collect(Collectors.joining(", "))));
                }
                name = "path";
            }
            if (!names.contains(name)) {
                Span place = argument.name() == null ? argument.span() : argument.name().span();
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.UNKNOWN_ARGUMENT,
                                place,
                                "`" + call.callee().span().text() + "` has no argument `" + name + "`")
                                .help(Help.nearest(name, place, names, "it has "
                                        + names.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", ")))));
            }
            result.put(name, argument);
        }
        return result;
    }

    /// Reports metrics that no loop has.
    void check(LoopLowering step, @Nullable LoopLowering validate) {
        metrics.forEach((span, metric) -> {
            LoopLowering loop = metric.judged() ? validate : step;
            if (loop == null) {
                elaboration.diagnostics.add(
                        Diagnostic.of(Code.UNKNOWN_METRIC, span, "this train has no `validate`")
                                .help("add `validate (x, y) in data { report " + metric.name()
                                        + " = … }`, or use `train." + metric.name() + "`"));
            } else if (!loop.reports().containsKey(metric.name())) {
                var known = new TreeSet<>(loop.reports().keySet());
                elaboration.diagnostics.add(
                        Diagnostic.of(
                                Code.UNKNOWN_METRIC,
                                span,
                                "the `" + (metric.judged() ? "validate" : "step") + "` reports no `" + metric.name()
                                        + "`")
                                .help(Help.nearest(
                                        metric.name(),
                                        span.file().span(span.end() - metric.name().length(), span.end()),
                                        known,
                                        known.isEmpty()
                                                ? "it reports nothing: add `report " + metric.name() + " = …`"
                                                : "it reports " + known.stream().map(n -> "`" + n + "`")
                                                        .collect(Collectors.joining(", ")))));
            }
        });
    }
}
