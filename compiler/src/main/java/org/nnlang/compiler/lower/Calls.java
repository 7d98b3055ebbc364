package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.TypeExpression;

/// Calls: functions are inlined, layers get their hyper-parameters or are applied.
final class Calls {
    private final Elaboration elaboration;

    Calls(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// A statement that wants to know which layer its value comes from, and may give it a name.
    static final class Awaited {
        private final List<Span> sites;
        private final @Nullable Identifier name;
        private @Nullable LayerInstance layer;

        /// @param sites where the call of that layer may stand
        /// @param name what an anonymous layer is called then
        Awaited(List<Span> sites, @Nullable Identifier name) {
            this.sites = List.copyOf(sites);
            this.name = name;
        }

        private void met(LayerInstance applied, Frame frame) {
            layer = applied;
            if (name != null) {
                applied.nameAfter(name.text(), name.span(), "", frame);
            }
        }

        /// The layer, once its call was elaborated; null where a function was called.
        @Nullable
        LayerInstance layer() {
            return layer;
        }
    }

    private @Nullable Awaited awaited;

    /// The types of the inputs that layers were first applied to, by their names.
    private final Map<String, List<TensorType>> applied = new HashMap<>();

    /// The bodies that are being elaborated, and in how many undecided branches the innermost call of each stands.
    private final Map<Block, Integer> bodies = new IdentityHashMap<>();

    /// How many layers are being applied, one in the other.
    private int uses;

    /// Elaborates something while `waiting` looks out for its layer.
    Value evaluate(Expression expression, Scope scope, Awaited waiting) {
        awaited = waiting;
        try {
            return elaboration.expressions.evaluate(expression, scope);
        } finally {
            awaited = null;
        }
    }

    /// Whether a call of `callee` gives hyper-parameters rather than inputs.
    static boolean waitsForHyperparameters(Value callee) {
        return callee instanceof Value.FunctionValue(Callable callable)
                && switch (callable) {
                    case Callable.Layer _, Callable.Optimizer _ -> true;
                    case Callable.Function function -> function.declaration().hyperparameters() != null;
                    case Callable.Configured _, Callable.Lambda _, Callable.BuiltIn _, Callable.Initializer _, Callable.DataMethod _ ->
                        false;
                };
    }

    /// The value of `callee(arguments)`.
    ///
    /// @param expression what stands for the callee
    /// @param site       the whole call
    Value call(Value callee, List<Given> arguments, Expression expression, Span site, Scope scope) {
        if (callee instanceof Value.UnknownValue
                || !elaboration.isSymbolic()
                        && arguments.stream().anyMatch(given -> given.value() instanceof Value.UnknownValue)) {
            elaboration.incomplete = true;
            return Value.UNKNOWN;
        }
        return switch (callee) {
            case Value.FunctionValue(Callable callable) -> invoke(callable, arguments, expression, site, scope);
            case Value.LayerValue(LayerInstance layer) -> apply(layer, arguments, site, scope);
            case Value.OptimizerValue(OptimizerInstance optimizer) ->
                elaboration.optimizers.applyAlone(optimizer, arguments, site, scope);
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.TensorValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                throw notAFunction(callee, expression, scope);
        };
    }

    private RuntimeException notAFunction(Value callee, Expression expression, Scope scope) {
        Diagnostic diagnostic = Diagnostic.of(
                Code.NOT_A_FUNCTION, expression.span(), Describe.what(callee) + " cannot be called")
                .help(callee instanceof Value.TensorValue
                        ? "an element is taken with brackets: `x[0]`"
                        : "functions,"
                                + " layers and lambdas can be called");
        if (expression instanceof Expression.Name name) {
            Binding binding = scope.find(name.text());
            if (binding != null) {
                diagnostic = elaboration.explain.origin(diagnostic, binding, callee);
                if (elaboration.context.own().find(name.text()) != null || scope.module().find(name.text()) != null) {
                    diagnostic = diagnostic.help(
                            "this hides the function `" + name.text() + "`: give one of them another name");
                }
            }
        }
        return elaboration.fail(scope, diagnostic);
    }

    private Value invoke(
            Callable callable, List<Given> arguments, Expression expression, Span site, Scope scope) {
        return switch (callable) {
            case Callable.Function function -> function(function, arguments, site, scope);
            case Callable.Configured(Declaration.Function declaration, Scope hyperparameters) -> {
                Frame frame = callFrame(declaration.name().text(), site, scope, null);
                yield run(declaration, hyperparameters.call(frame), hyperparameters.frame(), arguments, site, scope);
            }
            case Callable.Layer layer -> instance(layer, arguments, site, scope);
            case Callable.Optimizer(Declaration.Optimizer declaration, var module) -> {
                Frame frame = elaboration.frame(scope, declaration.name().text(), site, null, scope.frame().path());
                Scope hyperparameters = Scope.top(module, frame);
                elaboration.inputs.bind(
                        declaration.hyperparameters(), arguments, hyperparameters, scope, site, callable.name());
                elaboration.reached.add(declaration);
                yield new Value.OptimizerValue(new OptimizerInstance(declaration, hyperparameters, site));
            }
            case Callable.Lambda lambda -> lambda(lambda, arguments, expression, site, scope);
            case Callable.BuiltIn(Builtin builtin) -> builtin(builtin, arguments, site, scope);
            case Callable.Initializer(Builtin builtin, List<Given> given) -> {
                var all = new ArrayList<>(arguments);
                all.addAll(given);
                yield builtin(builtin, all, site, scope);
            }
            case Callable.DataMethod method -> elaboration.members.data().call(method, arguments, site, scope);
        };
    }

    /// A call that nobody wrote: of a name which stands for its value.
    Value invoke(Callable callable, List<Given> arguments, Span site, Scope scope) {
        return invoke(callable, arguments, new Expression.Invalid(site), site, scope);
    }

    private Value builtin(Builtin builtin, List<Given> arguments, Span site, Scope scope) {
        if (arguments.stream().anyMatch(given -> given.value() instanceof Value.UnknownValue)) {
            return Value.UNKNOWN;
        }
        return builtin.call(elaboration, arguments, site, scope);
    }

    private Value function(Callable.Function function, List<Given> arguments, Span site, Scope scope) {
        Declaration.Function declaration = function.declaration();
        String name = declaration.name().text();
        List<Parameter> hyperparameters = declaration.hyperparameters();
        Frame frame = callFrame(name, site, scope, null);
        Scope inner = function.closure() != null ? function.closure().call(frame) : Scope.top(function.module(), frame);
        if (hyperparameters == null) {
            return run(declaration, inner, null, arguments, site, scope);
        }
        elaboration.inputs.bind(hyperparameters, arguments, inner, scope, site, name);
        return new Value.FunctionValue(new Callable.Configured(declaration, inner));
    }

    /// Binds the inputs of a function, and inlines its body.
    private Value run(
            Declaration.Function declaration,
            Scope inner,
            @Nullable Frame configured,
            List<Given> arguments,
            Span site,
            Scope scope) {
        String name = declaration.name().text();
        elaboration.reached.add(declaration);
        inner.differentiates(elaboration.differentiation.points(declaration.body()));
        if (!elaboration.inputs.bind(declaration.inputs(), arguments, inner, scope, site, name)) {
            return Value.UNKNOWN;
        }
        elaboration.observations.called(declaration, inner);
        return elaboration.kernels.call(
                declaration, inner, () -> body(declaration.body(), declaration.result(), inner, configured, name));
    }

    private Value body(
            Block body, @Nullable TypeExpression result, Scope inner, @Nullable Frame configured, String name) {
        elaboration.number(body);
        int undecided = elaboration.statements.undecided();
        Integer around = bodies.get(body);
        if (around != null && undecided > around) {
            // A branch of the body calls it again, and only a call would tell whether it is taken: it was looked at once, and would
            // be without end.
            elaboration.effects++;
            return Value.UNKNOWN;
        }
        bodies.put(body, undecided);
        Value value;
        try {
            value = elaboration.statements.block(body, inner.inner(), true);
        } finally {
            if (around == null) {
                bodies.remove(body);
            } else {
                bodies.put(body, around);
            }
        }
        Value checked = result == null ? value : result(result, value, body, inner, name);
        var frames = configured == null
                ? Set.of(inner.frame().id())
                : Set.of(inner.frame().id(), configured.id());
        return Results.withoutTags(checked, frames);
    }

    /// The value of a body as its declaration promises it.
    Value result(TypeExpression result, Value value, Block body, Scope scope, String name) {
        if (value instanceof Value.UnitValue) {
            Span span = body.statements().isEmpty()
                    ? body.span()
                    : body.statements().getLast().span();
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.NO_VALUE, span, "`" + name + "` promises a result, and its body ends without one")
                            .also(result.span(), "promised here")
                            .help("the last expression of a body is its value"));
        }
        return elaboration.results.check(result, value, body, scope, name);
    }

    /// A layer with its hyper-parameters.
    private Value instance(Callable.Layer layer, List<Given> arguments, Span site, Scope scope) {
        Declaration.Layer declaration = layer.declaration();
        requireNoInput(declaration, arguments, scope);
        var instance = new LayerInstance(
                declaration, layer.module(), scope.frame(), site, elaboration.names, owner -> {
                    Frame frame = elaboration.frame(scope, declaration.name().text(), site, owner,
                            scope.frame().path());
                    deep(frame, site, scope);
                    return Scope.top(layer.module(), frame);
                });
        elaboration.inputs.bind(
                declaration.hyperparameters(),
                arguments.stream().map(given -> owned(given, instance)).toList(),
                instance.hyperparameters,
                scope,
                site,
                declaration.name().text());
        instance.given = Set.copyOf(
                match(declaration.hyperparameters(), arguments, scope, site, declaration.name().text()).keySet());
        return new Value.LayerValue(instance);
    }

    private static boolean takesNoTensor(Parameter parameter) {
        return parameter.type() instanceof TypeExpression.Named named && !Inputs.isTensor(named);
    }

    /// A layer that is applied before it is made: `Flatten(x)`.
    private void requireNoInput(Declaration.Layer declaration, List<Given> arguments, Scope scope) {
        List<Parameter> parameters = declaration.hyperparameters();
        for (int i = 0; i < arguments.size(); i++) {
            Given given = arguments.get(i);
            boolean input = given.name() == null
                    && given.value() instanceof Value.TensorValue tensor
                    // A single number may be meant for a hyper-parameter.
                    && tensor.type().rank() > 0
                    && (i >= parameters.size() || takesNoTensor(parameters.get(i)));
            if (input) {
                String name = declaration.name().text();
                String others = arguments.stream().filter(other -> other != given).map(other -> other.span().text())
                        .collect(Collectors.joining(", "));
                boolean open = parameters.stream().anyMatch(parameter -> parameter.fallback() == null);
                String made = name + "(" + (others.isEmpty() && open ? "…" : others) + ")";
                String what = given.expression() == null ? "x" : given.span().text();
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_TYPE,
                                given.span(),
                                "the first list of `" + name + "` has its hyper-parameters, and this is "
                                        + Describe.what(given.value()))
                                .help("inputs stand in a list of their own, `" + made + "(" + what
                                        + ")`, or before a pipe, `"
                                        + what + " |> " + made + "`"));
            }
        }
    }

    /// A lambda that is a literal argument of a layer may make weights, which are the layer's.
    static Given owned(Given given, Owner layer) {
        return given.expression() instanceof Expression.Lambda
                && given.value() instanceof Value.FunctionValue(Callable.Lambda lambda)
                        ? given.with(
                                new Value.FunctionValue(new Callable.Lambda(lambda.lambda(), lambda.scope(), layer)))
                        : given;
    }

    private Value apply(LayerInstance layer, List<Given> arguments, Span site, Scope scope) {
        Declaration.Layer declaration = layer.declaration;
        String name = declaration.name().text();
        elaboration.reached.add(declaration);
        if (awaited != null && awaited.sites.contains(site)) {
            awaited.met(layer, scope.frame());
        }
        String prefix = layer.prefix();
        Frame frame = elaboration.frame(scope, name, site, layer, elaboration.draws.application(prefix));
        deep(frame, site, scope);
        elaboration.variables.register(layer);
        if (declaration.kind() == Declaration.LayerKind.MODEL) {
            elaboration.models.computeIfAbsent(layer.name(), _ -> ModelUse.of(layer, layer.given));
        }
        Scope inner = layer.hyperparameters.call(frame);
        inner.differentiates(elaboration.differentiation.points(declaration.body()));
        if (!elaboration.inputs.bind(declaration.inputs(), arguments, inner, scope, site, name)) {
            return Value.UNKNOWN;
        }
        applied.computeIfAbsent(layer.name(), _ -> declaration.inputs().stream()
                .map(input -> inner.find(input.name().text()))
                .filter(Objects::nonNull)
                .flatMap(input -> tensorTypes(input.value()).stream())
                .toList());
        int place = elaboration.uses.size();
        Value value;
        uses++;
        try {
            value = body(
                    declaration.body(),
                    declaration.result(),
                    inner,
                    layer.hyperparameters.frame(),
                    name);
        } finally {
            uses--;
        }
        elaboration.uses.add(place, new LayerUse(layer.name(), name, uses, tensorTypes(value)));
        return value;
    }

    /// The types that layers of such names were first applied to; 1 stands for the dimensions that stayed free.
    Map<String, List<TensorType>> applied(Predicate<String> names) {
        var found = new HashMap<String, List<TensorType>>();
        applied.forEach((name, types) -> {
            if (names.test(name)) {
                found.put(name, types.stream()
                        .map(type -> new TensorType(
                                type.dtype(),
                                new Shape(type.shape().dims().stream()
                                        .map(dim -> dim.isConstant() ? dim : Dim.of(1)).toList())))
                        .toList());
            }
        });
        return found;
    }

    /// Applies a layer as an earlier entry of a session did, so that its parameters are known; false where none did.
    boolean applyAgain(LayerInstance layer, Span site, Scope scope) {
        List<TensorType> inputs = elaboration.context.earlier().applied().get(layer.name());
        if (inputs == null) {
            return false;
        }
        Map<String, Node> before = elaboration.variables.values();
        apply(layer, inputs.stream()
                .map(type -> Given.of(new Value.TensorValue(elaboration.graph.fill(type, 0)), site))
                .toList(), site, scope);
        elaboration.variables.values(before);
        return true;
    }

    private static List<TensorType> tensorTypes(Value value) {
        if (value instanceof Value.TupleValue tuple) {
            return tuple.elements().stream().flatMap(each -> tensorTypes(each).stream()).toList();
        }
        return value instanceof Value.TensorValue tensor ? List.of(tensor.type()) : List.of();
    }

    private Value lambda(
            Callable.Lambda lambda, List<Given> arguments, Expression expression, Span site, Scope scope) {
        Frame frame = callFrame(
                expression instanceof Expression.Name name ? name.text() : Callable.Lambda.UNNAMED, site, scope,
                lambda.owner());
        Scope inner = lambda.scope().call(frame);
        inner.differentiates(elaboration.differentiation.points(lambda.lambda().body()));
        List<Pattern> parameters = lambda.lambda().parameters();
        if (parameters.size() != arguments.size()) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            arguments.size() < parameters.size()
                                    ? Code.MISSING_ARGUMENT
                                    : Code.TOO_MANY_ARGUMENTS,
                            site,
                            "this lambda takes " + count(parameters.size(), "argument") + ", and gets "
                                    + arguments.size())
                            .also(lambda.lambda().span(), "the lambda"));
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (arguments.get(i).name() != null) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.UNKNOWN_ARGUMENT,
                                arguments.get(i).span(),
                                "a lambda takes its arguments by their place"));
            }
            elaboration.statements.bind(
                    parameters.get(i), arguments.get(i).value(), null, Binding.Kind.PARAMETER, inner);
        }
        elaboration.number(lambda.lambda().body());
        return elaboration.statements.block(lambda.lambda().body(), inner.inner(), true);
    }

    private Frame callFrame(String name, Span site, Scope scope, @Nullable Owner owner) {
        Frame caller = scope.frame();
        String path = caller.path() + "/" + name + "#" + elaboration.names.numbers().of(site) + caller.loopSuffix();
        Frame frame = elaboration.frame(scope, name, site, owner, path);
        deep(frame, site, scope);
        return frame;
    }

    private void deep(Frame frame, Span site, Scope scope) {
        if (frame.depth() > Elaboration.DEPTH_LIMIT) {
            elaboration.giveUp();
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.ENDLESS_RECURSION,
                            site,
                            "`" + frame.what() + "` is called " + Elaboration.DEPTH_LIMIT + " calls deep")
                            .help("a declaration may call itself if a compile-time `if` ends it"));
        }
        if (!elaboration.proceed(scope, site)) {
            throw new Operators.Unsure();
        }
    }

    static String count(int number, String noun) {
        return number == 1 ? "1 " + noun : number + " " + noun + "s";
    }

    /// Arguments by the parameters that take them.
    Map<Parameter, Given> match(
            List<Parameter> parameters, List<Given> arguments, Scope caller, Span site, String name) {
        var matched = new LinkedHashMap<Parameter, Given>();
        List<String> names = parameters.stream().map(p -> p.name().text()).toList();
        for (Map.Entry<Integer, Given> entry : new ArgumentOrder(elaboration, name, names, site, caller)
                .match(arguments).entrySet()) {
            matched.put(parameters.get(entry.getKey()), entry.getValue());
            elaboration.types.argument(entry.getValue().nameSpan(), parameters.get(entry.getKey()));
        }
        return matched;
    }
}
