package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.type.ModuleScope;

/// Elaborates a `train`.
final class TrainLowering implements Statements.Program {
    /// Hyper-parameters that are known by name, and may be set whether or not a train declares them.
    private static final List<String> KNOWN = List.of("epochs", "steps", "batch", "seed");

    private static final int DEFAULT_BATCH = 32;

    /// Stands for no length; no length of a user's is as negative.
    private static final long ENDLESS = Long.MIN_VALUE;

    private final Context context;
    private final Elaboration elaboration;
    private final Declaration.Train train;
    private final ModuleScope module;
    private final Map<String, String> settings;
    private final TrainSettings rules;

    private final Map<Statement.Loop.Kind, LoopLowering> loops = new EnumMap<>(Statement.Loop.Kind.class);

    TrainLowering(
            Context context,
            Declaration.Train train,
            ModuleScope module,
            Map<String, String> settings,
            Elaboration.Mode mode) {
        this.context = context;
        this.elaboration = new Elaboration(context, mode);
        this.train = train;
        this.module = module;
        this.settings = settings;
        this.rules = new TrainSettings(elaboration);
    }

    Elaboration elaboration() {
        return elaboration;
    }

    /// The program; empty where there are mistakes.
    Optional<TrainingProgram> lower() {
        int errors = context.diagnostics().size();
        String name = train.name().text();
        Scope scope = Scope.top(module, elaboration.outermost(name, new Owner.Program(""), name));
        var hyperparameters = new Hyperparameters(elaboration, settings);
        elaboration.members.data().seed = integer("seed", scope, hyperparameters, 0);
        List<Hyperparameter> values = hyperparameters.bind(name, train.hyperparameters(), scope, KNOWN,
                train.name().span());
        known("batch", integer("batch", scope, hyperparameters, DEFAULT_BATCH), scope);
        known("seed", elaboration.members.data().seed, scope);
        elaboration.statements.program = this;
        elaboration.draws.allow(false);
        elaboration.number(train.body());
        elaboration.statements.block(train.body(), scope.inner(), false);
        if (context.diagnostics().size() > errors || elaboration.isSymbolic()) {
            return Optional.empty();
        }
        LoopLowering trained = loops.get(Statement.Loop.Kind.STEP);
        if (trained == null) {
            context.diagnostics()
                    .add(Diagnostic.of(Code.MISSING_STEP, train.name().span(), "`" + name + "` has no `step`")
                            .help("`step (x, y) in data { … }` says what happens with each batch"));
            return Optional.empty();
        }
        TrainingProgram.Length length = length(scope, hyperparameters);
        long batch = integer("batch", scope, hyperparameters, trained.hasData() ? DEFAULT_BATCH : 1);
        if (batch < 1) {
            setting("batch", "a batch has at least one example, and `batch` is " + batch,
                    "where nothing is said, it has " + DEFAULT_BATCH);
        } else if (batch > Integer.MAX_VALUE) {
            setting("batch", "a batch has at most " + Integer.MAX_VALUE + " examples, and `batch` is " + batch,
                    "make it smaller: a batch lies in memory as a whole");
        }
        if (!elaboration.incomplete) {
            // What can't be read may be what is missing.
            boolean unread = context.diagnostics().sorted().stream().anyMatch(diagnostic -> diagnostic.code().isSyntax()
                    && train.span().overlaps(diagnostic.primary()));
            if (!unread) {
                checkLearns(trained.loop());
                checkParameters();
            }
            rules.check(trained, loops.get(Statement.Loop.Kind.VALIDATE));
        }
        if (!elaboration.isWhole(train.name().span(), name) || length == null) {
            return Optional.empty();
        }
        return Optional.of(new TrainingProgram(
                name,
                values,
                programVariables(elaboration),
                initial(elaboration),
                trained.loop(),
                loop(Statement.Loop.Kind.VALIDATE),
                loop(Statement.Loop.Kind.TEST),
                length,
                (int) batch,
                elaboration.members.data().seed,
                rules.earlyStops(),
                rules.checkpoints(),
                elaboration.uses,
                List.copyOf(elaboration.models.values())));
    }

    private TrainingProgram.@Nullable Loop loop(Statement.Loop.Kind kind) {
        LoopLowering loop = loops.get(kind);
        return loop == null ? null : loop.loop();
    }

    /// Gives a hyper-parameter that is known by name a value where the train does not declare it.
    private void known(String name, long value, Scope scope) {
        if (scope.find(name) == null) {
            scope.bind(Binding.of(name, Binding.Kind.PARAMETER, train.name().span(), Value.IntValue.of(value)));
        }
    }

    static List<ProgramVariable> programVariables(Elaboration elaboration) {
        return elaboration.variables.all().stream()
                .map(v -> new ProgramVariable(
                        v.name(), v.kind(), v.type(), v.owner(), elaboration.minimization.trained.contains(v.name())))
                .toList();
    }

    /// The procedure that gives every variable its first value.
    static Procedure initial(Elaboration elaboration) {
        return new Procedure(
                "init",
                List.of(),
                List.of(),
                elaboration.variables.all().stream()
                        .map(v -> new Procedure.Update(v.name(), v.kind(), v.initial()))
                        .toList());
    }

    /// A hyper-parameter known by name.
    private long integer(String name, Scope scope, Hyperparameters hyperparameters, long otherwise) {
        Expression expression = hyperparameters.setting(name, scope);
        if (expression == null) {
            expression = train.hyperparameters().stream()
                    .filter(parameter -> parameter.name().text().equals(name))
                    .map(org.nnlang.compiler.syntax.Parameter::fallback)
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        if (expression == null) {
            return otherwise;
        }
        Expression found = expression;
        long[] value = {otherwise};
        elaboration.statements.guard(found.span(), scope, () -> value[0] = elaboration.conversions.integer(
                elaboration.expressions.evaluate(found, scope), "`" + name + "`", found.span(), scope));
        return value[0];
    }

    private TrainingProgram.@Nullable Length length(Scope scope, Hyperparameters hyperparameters) {
        boolean epochsSet = settings.containsKey("epochs");
        boolean stepsSet = settings.containsKey("steps");
        long epochs = integer("epochs", scope, hyperparameters, ENDLESS);
        long steps = integer("steps", scope, hyperparameters, ENDLESS);
        if (!atLeastOne("epochs", epochs) || !atLeastOne("steps", steps)) {
            return null;
        }
        if (epochsSet && !stepsSet) {
            steps = ENDLESS;
        } else if (stepsSet && !epochsSet) {
            epochs = ENDLESS;
        }
        if (epochs >= 0 && steps >= 0) {
            setting("steps", "a train runs for `epochs` or for `steps`, and both are given",
                    "leave one of them out");
            return null;
        }
        if (epochs < 0 && steps < 0) {
            context.diagnostics()
                    .add(Diagnostic.of(
                            Code.MISSING_LENGTH,
                            train.name().span(),
                            "nothing says how long `" + train.name() + "` runs")
                            .help("add a hyper-parameter `epochs: Int = 10` or `steps: Int = 1000`"));
            return null;
        }
        return epochs >= 0
                ? new TrainingProgram.Length.Epochs((int) epochs)
                : new TrainingProgram.Length.Steps(steps);
    }

    /// Whether a length makes sense, if it is one.
    private boolean atLeastOne(String name, long value) {
        if (value != ENDLESS && value < 1) {
            setting(name, "a train takes at least 1 of its `" + name + "`, and this is " + value,
                    "give a number from 1 on; `early_stop` ends a train that no longer gets better");
            return false;
        }
        if (value > Integer.MAX_VALUE && name.equals("epochs")) {
            setting(name, "a train counts its epochs up to " + Integer.MAX_VALUE + ", and these are " + value,
                    "count its `steps` instead, or let `early_stop` end it");
            return false;
        }
        return true;
    }

    private void setting(String name, String message, String way) {
        Span span = train.hyperparameters().stream()
                .filter(parameter -> parameter.name().text().equals(name))
                .map(org.nnlang.compiler.syntax.Parameter::span)
                .findFirst()
                .orElse(train.name().span());
        context.diagnostics().add(Diagnostic.of(Code.WRONG_SETTING, span, message).help(way));
    }

    /// A step learns what it leaves changed: parameters, by a `minimize` or by following others, and states that a layer assigns,
    /// such as the centres of k-means. What a metric counts in an epoch is forgotten with it, and is nothing learnt.
    private void checkLearns(TrainingProgram.Loop loop) {
        var counted = loop.reports().stream().flatMap(report -> report.resets().stream()).toList();
        boolean learns = loop.procedure().updates().stream().anyMatch(update -> !counted.contains(update.variable()));
        if (!learns) {
            context.diagnostics()
                    .add(Diagnostic.of(
                            Code.NOTHING_MINIMIZED, train.name().span(), "`" + train.name() + "` trains nothing")
                            .help(counted.isEmpty()
                                    ? "its step needs a `minimize loss with Adam()`, or a layer that assigns a `state`"
                                    : "its step needs a `minimize loss with Adam()`; a layer that is reported itself is a metric, whose"
                                            + " state is set back: to learn by it, bind what it gives, and report that"));
        }
    }

    /// A parameter that no output and no update depends on was made for nothing.
    private void checkParameters() {
        var roots = new ArrayList<Node>();
        loops.values().forEach(loop -> roots.addAll(loop.loop().procedure().roots()));
        var used = Minimization.ids(roots);
        for (Variables.Variable variable : elaboration.variables.all()) {
            if (variable.kind() == VariableKind.PARAMETER && !used.get(variable.node().id())) {
                Diagnostic unused = Diagnostic.of(
                        Code.UNUSED_PARAMETER,
                        variable.span(),
                        "nothing depends on the parameter `" + variable.name() + "`");
                String name = variable.name();
                LayerInstance layer =
                        elaboration.variables.layer(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
                if (layer != null && !layer.site.file().equals(variable.span().file())) {
                    unused = unused.also(layer.site, "its layer is made here");
                }
                context.diagnostics()
                        .add(unused.also(train.name().span(), "in this train")
                                .help("use it, or remove it: it would never be trained"));
            }
        }
    }

    @Override
    public void loop(Statement.Loop loop, Scope scope) {
        if (loops.containsKey(loop.kind())) {
            throw again(loop.span(), loop.kind().word(), scope);
        }
        var lowering = new LoopLowering(elaboration, loop.kind());
        loops.put(loop.kind(), lowering);
        lowering.run(loop.pattern(), loop.source(), loop.body(), scope);
    }

    private RuntimeException again(Span span, String word, Scope scope) {
        Span at = new Span(span.file(), span.start(), span.start() + word.length());
        return elaboration.fail(
                scope,
                Diagnostic.of(Code.DUPLICATE_NAME, at, "a train has one `" + word + "`, and this is the second")
                        .help(
                                word.equals("step")
                                        ? "a step may hold several `minimize`s; another run is another `train`"
                                        : "a `" + word + "` may hold several `report`s"));
    }

    @Override
    public void report(Statement.Report report, Scope scope) {
        loops.values().stream().filter(LoopLowering::isRunning).forEach(loop -> loop.report(report, scope));
    }

    @Override
    public void assertion(Statement.Assert assertion, Scope scope) {}

    @Override
    public boolean setting(Expression.Call call, Scope scope) {
        return rules.take(call, scope);
    }
}
