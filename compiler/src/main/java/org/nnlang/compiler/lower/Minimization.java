package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.runtime.tensor.DType;

/// `minimize loss over … with optimizer clip …`: gradients, then the optimizer's body once for each parameter.
final class Minimization {
    private final Elaboration elaboration;

    /// The program's `step`, an i32 scalar counted from 1; null where none runs.
    @Nullable
    Node step;

    /// How often each `minimize` was reached in this procedure.
    private final Map<Span, Integer> executions = new HashMap<>();

    /// The parameters that some `minimize` updates.
    final Set<String> trained = new LinkedHashSet<>();

    /// Told of every loss.
    private @Nullable Losses losses;

    /// Who wants to know of losses.
    interface Losses {
        void minimized(Statement.Minimize minimize, TensorValue loss);
    }

    Minimization(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Begins a procedure.
    void begin(@Nullable Node stepInput, Losses listener) {
        step = stepInput;
        losses = listener;
        executions.clear();
    }

    void minimize(Statement.Minimize minimize, Scope scope) {
        TensorValue loss = loss(minimize, scope);
        OptimizerInstance optimizer = optimizer(minimize, scope);
        if (losses != null) {
            losses.minimized(minimize, loss);
        }
        Map<Expression, List<Variables.Variable>> targets = targets(minimize, scope);
        var parameters = new ArrayList<Variables.Variable>();
        if (minimize.over().isEmpty()) {
            parameters.addAll(elaboration.variables.parameters(""));
        } else {
            targets.values()
                    .forEach(list -> list.stream().filter(v -> !parameters.contains(v)).forEach(parameters::add));
        }
        var nodes = new ArrayList<Node>();
        for (Variables.Variable parameter : parameters) {
            Node node = elaboration.variables.node(parameter.name());
            if (node != null) {
                nodes.add(node);
            }
        }
        Map<Node, Node> gradients = Gradients.gradients(elaboration.graph, loss.node(), nodes);
        reached(minimize, scope, loss, parameters, nodes, targets, gradients);
        var reached = new ArrayList<Variables.Variable>();
        var values = new ArrayList<Value>();
        for (int i = 0; i < parameters.size(); i++) {
            Node gradient = gradients.get(nodes.get(i));
            if (gradient != null) {
                reached.add(parameters.get(i));
                values.add(new TensorValue(gradient));
                elaboration.observations.gradient(parameters.get(i).name(), values.getLast());
            }
        }
        String prefix = elaboration.names.bound(
                new Owner.Program(""), NameTable.snake(optimizer.declaration.name().text()), minimize.span(), "");
        Node runs = runs(minimize, prefix, scope);
        Accumulation accumulation = accumulation(minimize, runs, prefix, scope);
        List<Value> summed = accumulation == null ? values : accumulation.add(reached, values);
        List<Value> clipped = minimize.clip() == null ? summed : clip(minimize.clip(), summed, scope);
        Node updatesSoFar = accumulation == null ? runs : accumulation.updates();
        var count = new TensorValue(elaboration.graph.apply(Ops.TO_F32, updatesSoFar));
        for (int i = 0; i < reached.size(); i++) {
            Variables.Variable parameter = reached.get(i);
            Node before = elaboration.variables.node(parameter.name());
            if (before == null) {
                continue;
            }
            var to = new OptimizerSteps.Updating(prefix, parameter.name(), parameter.type());
            Value after = elaboration.optimizers.apply(optimizer, to, new TensorValue(before), clipped.get(i), count,
                    minimize.span(), scope);
            if (after instanceof TensorValue updated) {
                Node now = accumulation == null ? updated.node() : accumulation.whenDue(updated.node(), before);
                // What follows sees new parameters, not how they came about.
                elaboration.variables.write(parameter.name(), elaboration.graph.stopGradient(now));
                trained.add(parameter.name());
            }
        }
        if (accumulation != null) {
            accumulation.settle();
        }
    }

    private TensorValue loss(Statement.Minimize minimize, Scope scope) {
        Value value = elaboration.expressions.evaluate(minimize.loss(), scope);
        if (value instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        if (value instanceof TensorValue tensor
                && tensor.type().shape().isScalar()
                && tensor.type().dtype() == DType.F32) {
            return tensor;
        }
        boolean numbers = value instanceof TensorValue tensor && tensor.type().dtype() == DType.F32;
        Diagnostic diagnostic = Diagnostic.of(
                Code.LOSS_NOT_SCALAR, minimize.loss().span(),
                "a loss is a single f32, and this is " + Explain.typed(value))
                .help(numbers ? "average it: `minimize mean(…)`" : "only f32 can be minimized");
        throw elaboration.fail(scope, diagnostic);
    }

    private OptimizerInstance optimizer(Statement.Minimize minimize, Scope scope) {
        Value value = elaboration.expressions.evaluate(minimize.optimizer(), scope);
        return switch (value) {
            case Value.OptimizerValue(OptimizerInstance optimizer) -> optimizer;
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value other -> {
                boolean bare = other instanceof Value.FunctionValue(Callable.Optimizer _);
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.NOT_AN_OPTIMIZER,
                                minimize.optimizer().span(),
                                "`with` takes an optimizer, and this is " + Describe.what(other))
                                .help(
                                        bare
                                                ? Help.write("give it its hyper-parameters:",
                                                        minimize.optimizer().span(),
                                                        minimize.optimizer().span().text() + "()", "")
                                                : Help.of("for example `with Adam(1e-3)`")));
            }
        };
    }

    /// The parameters of each expression behind `over`.
    private Map<Expression, List<Variables.Variable>> targets(Statement.Minimize minimize, Scope scope) {
        var targets = new java.util.LinkedHashMap<Expression, List<Variables.Variable>>();
        for (Expression over : minimize.over()) {
            var found = new ArrayList<Variables.Variable>();
            collect(elaboration.expressions.evaluate(over, scope), over, found, scope);
            targets.put(over, found);
        }
        return targets;
    }

    private void collect(Value value, Expression over, List<Variables.Variable> found, Scope scope) {
        switch (value) {
            case Value.LayerValue(LayerInstance layer) -> {
                List<Variables.Variable> parameters = elaboration.variables.parameters(layer.prefix());
                if (elaboration.variables.isFrozen(layer.prefix())) {
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(Code.NOT_TRAINABLE, over.span(), "`" + layer + "` is frozen")
                                    .help("`freeze` says that nothing is to train it"));
                }
                if (parameters.isEmpty()) {
                    boolean applied = elaboration.variables.layer(layer.name()) != null;
                    if (!applied && elaboration.mayBeApplied()) {
                        throw new Operators.Unsure();
                    }
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(
                                    Code.NOT_TRAINABLE,
                                    over.span(),
                                    applied
                                            ? "`" + layer + "` has no parameters"
                                            : "`" + layer + "` was not applied yet, and has no parameters so far")
                                    .help("`over` names layers whose parameters are to be trained"));
                }
                found.addAll(parameters);
            }
            case Value.ListValue(List<Value> elements) ->
                elements.forEach(element -> collect(element, over, found, scope));
            case TensorValue tensor -> {
                for (Variables.Variable variable : elaboration.variables.parameters("")) {
                    if (elaboration.variables.node(variable.name()) == tensor.node()) {
                        found.add(variable);
                        return;
                    }
                }
                throw notTrainable(value, over, scope);
            }
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.FunctionValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw notTrainable(value, over, scope);
        }
    }

    private RuntimeException notTrainable(Value value, Expression over, Scope scope) {
        return elaboration.fail(
                scope,
                Diagnostic.of(
                        Code.NOT_TRAINABLE,
                        over.span(),
                        "`over` takes layers and their parameters, and this is " + Describe.what(value))
                        .help("bind the layer first: `val net = …`, then `over net`"));
    }

    /// Reports a loss, or a part of `over`, that no gradient reaches.
    private void reached(
            Statement.Minimize minimize,
            Scope scope,
            TensorValue loss,
            List<Variables.Variable> parameters,
            List<Node> nodes,
            Map<Expression, List<Variables.Variable>> targets,
            Map<Node, Node> gradients) {
        BitSet dependencies = withoutStops(loss.node());
        var blocked = new ArrayList<Variables.Variable>();
        for (int i = 0; i < parameters.size(); i++) {
            if (dependencies.get(nodes.get(i).id()) && !gradients.containsKey(nodes.get(i))) {
                blocked.add(parameters.get(i));
            }
        }
        if (!blocked.isEmpty() && elaboration.mode == Elaboration.Mode.PROGRAM) {
            Variables.Variable first = blocked.getFirst();
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.BLOCKED_GRADIENT,
                            minimize.loss().span(),
                            "this loss depends on `" + first.name() + "`"
                                    + (blocked.size() > 1 ? " and " + (blocked.size() - 1) + " more" : "")
                                    + " only through integers or conditions, which pass no gradient")
                            .also(first.span(), "`" + first.name() + "` is declared here")
                            .help("`argmax`, casts to i32 and comparisons cannot be trained through; `stop_gradient(x)` says"
                                    + " that none is wanted"));
        }
        for (Map.Entry<Expression, List<Variables.Variable>> target : targets.entrySet()) {
            boolean any = target.getValue().stream()
                    .map(variable -> elaboration.variables.node(variable.name()))
                    .anyMatch(gradients::containsKey);
            if (!any) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.UNREACHED_PARAMETERS,
                                minimize.loss().span(),
                                "this loss reaches no parameter of `" + target.getKey().span().text() + "`")
                                .also(target.getKey().span(), "to be trained here")
                                .help("the loss must be computed from what that layer gives"));
            }
        }
        if (gradients.isEmpty()) {
            String known = parameters.isEmpty()
                    ? "no layer with parameters was applied before it"
                    : "the parameters are "
                            + parameters.stream().limit(4).map(v -> "`" + v.name() + "`")
                                    .collect(Collectors.joining(", "))
                            + (parameters.size() > 4 ? ", …" : "");
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.UNREACHED_PARAMETERS, minimize.loss().span(), "this loss reaches no parameter")
                            .note(known)
                            .help("compute it from what the net gives, outside `stop_gradient`"));
        }
    }

    /// Everything `loss` depends on but through `stop_gradient`.
    static BitSet withoutStops(Node loss) {
        var seen = new BitSet();
        var work = new ArrayList<Node>();
        work.add(loss);
        seen.set(loss.id());
        while (!work.isEmpty()) {
            Node node = work.removeLast();
            if (node.form() instanceof Form.StopGradient) {
                continue;
            }
            for (Node input : node.inputs()) {
                if (!seen.get(input.id())) {
                    seen.set(input.id());
                    work.add(input);
                }
            }
        }
        return seen;
    }

    private List<Value> clip(Expression clip, List<Value> gradients, Scope scope) {
        Value function = elaboration.expressions.evaluate(clip, scope);
        if (function instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        if (Calls.waitsForHyperparameters(function)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.WRONG_CLIP, clip.span(),
                                    Describe.what(function) + " needs its hyper-parameters first")
                            .help("for example `clip " + clip.span().text() + "(1.0)`"));
        }
        if (!(function instanceof Value.FunctionValue)) {
            throw wrongClip(clip, "`clip` takes a function of the gradients, and this is " + Describe.what(function),
                    scope);
        }
        Value clipped = elaboration.calls.call(
                function, List.of(Given.of(new Value.ListValue(gradients), clip.span())), clip, clip.span(), scope);
        if (clipped instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        if (!(clipped instanceof Value.ListValue(List<Value> elements)) || elements.size() != gradients.size()) {
            throw wrongClip(clip, "`clip` gives a list of as many gradients as it gets", scope);
        }
        for (int i = 0; i < elements.size(); i++) {
            if (!(elements.get(i) instanceof TensorValue tensor)
                    || !tensor.type().equals(((TensorValue) gradients.get(i)).type())) {
                throw wrongClip(clip, "`clip` gives gradients of the shapes it gets", scope);
            }
        }
        return elements;
    }

    private RuntimeException wrongClip(Expression clip, String message, Scope scope) {
        return elaboration.fail(
                scope,
                Diagnostic.of(Code.WRONG_CLIP, clip.span(), message)
                        .help("for example `clip by_norm(1.0)` or `clip by_value(0.5)`"));
    }

    /// `every k`: the gradients of k runs make one update; null without it.
    private @Nullable Accumulation accumulation(Statement.Minimize minimize, Node runs, String prefix, Scope scope) {
        Expression every = minimize.every();
        if (every == null) {
            return null;
        }
        long count = elaboration.conversions.integer(
                elaboration.expressions.evaluate(every, scope), "the number behind `every`", every.span(), scope);
        if (count < 1) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.WRONG_SETTING, every.span(), "`every` takes a number from 1 on, and gets " + count)
                            .help("`every 4` makes one update of the gradients of four runs"));
        }
        return count == 1 ? null : new Accumulation(elaboration, prefix, count, runs, minimize.span());
    }

    /// How often this `minimize` has run, an i32 scalar from 1.
    private Node runs(Statement.Minimize minimize, String prefix, Scope scope) {
        int execution = executions.merge(minimize.span(), 1, Integer::sum);
        TensorType type = TensorType.scalar(DType.I32);
        if (step == null) {
            return elaboration.graph.fill(type, execution);
        }
        if (scope.frame().loops().isEmpty()) {
            return step;
        }
        // Run several times a step, it counts for itself.
        String name = prefix + ".step";
        elaboration.variables.slot(name, type, elaboration.graph.fill(type, 0), "", minimize.span());
        Node before = elaboration.variables.node(name);
        if (before == null) {
            throw new IllegalStateException(name);
        }
        Node now = elaboration.graph.apply(Ops.ADD, before, elaboration.graph.fill(type, 1));
        elaboration.variables.write(name, now);
        return now;
    }

    /// Nodes that `roots` depend on, by id.
    static BitSet ids(List<Node> roots) {
        var ids = new BitSet();
        Graph.ancestors(roots).forEach(node -> ids.set(node.id()));
        return ids;
    }
}
