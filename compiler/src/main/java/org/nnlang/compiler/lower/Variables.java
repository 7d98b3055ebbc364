package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.runtime.tensor.Tensor;

/// What lasts: parameters, states and slots, with their first values and what they are now, at this point of the step.
final class Variables {
    private final Elaboration elaboration;
    private final Map<String, Variable> all = new LinkedHashMap<>();
    private final Map<String, Node> current = new HashMap<>();
    private final Map<String, LayerInstance> layers = new HashMap<>();
    private final List<LayerInstance> frozen = new ArrayList<>();

    /// @param node    its value when a procedure begins
    /// @param initial its first value
    /// @param owner   see [ProgramVariable]
    /// @param span    its declaration
    record Variable(
            String name, VariableKind kind, TensorType type, Node node, Node initial, String owner, Span span) {}

    Variables(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    Collection<Variable> all() {
        return all.values();
    }

    @Nullable
    Variable find(String name) {
        return all.get(name);
    }

    /// The loops whose rounds are being elaborated, the outermost first.
    private final List<Round> rounds = new ArrayList<>();

    /// @param found placeholders for the variables that the round has read or written
    private record Round(ScanBuilder loop, Map<String, Node> found) {}

    /// Begins a round of a loop. Each variable that it reads or writes gets a placeholder: whether it is carried shows at the
    /// end.
    void enter(ScanBuilder loop) {
        rounds.add(new Round(loop, new LinkedHashMap<>()));
    }

    /// Ends the round: says what it leaves for the next, and gives the placeholders.
    Map<String, Node> leave() {
        Round round = rounds.removeLast();
        round.found().forEach(
                (name, placeholder) -> round.loop().next(placeholder, Objects.requireNonNull(current.get(name))));
        return round.found();
    }

    /// Lets variables have the values that they have after the last round.
    ///
    /// @param found from [#leave]
    void settle(ScanBuilder loop, Map<String, Node> found) {
        found.forEach((name, placeholder) -> current.put(name, loop.last(placeholder)));
    }

    /// Lets variables have the values again that they had before a loop of which nothing came.
    void abandon(ScanBuilder loop, Map<String, Node> found) {
        found.forEach((name, placeholder) -> current.put(name, loop.first(placeholder)));
    }

    private Node now(Variable variable) {
        Node now = current.getOrDefault(variable.name(), variable.node());
        for (Round round : rounds) {
            if (!round.found().containsKey(variable.name())) {
                now = round.loop().carry(now);
                round.found().put(variable.name(), now);
                current.put(variable.name(), now);
            }
        }
        return now;
    }

    /// What variables are now that have changed.
    Map<String, Node> values() {
        return Map.copyOf(current);
    }

    /// Lets variables be again what they were.
    void values(Map<String, Node> before) {
        current.clear();
        current.putAll(before);
    }

    /// Begins a procedure: variables have the values they had when it started.
    void begin() {
        current.clear();
    }

    /// From here on no gradient reaches the parameters of `layer`.
    void freeze(LayerInstance layer) {
        frozen.add(layer);
        elaboration.effects++;
    }

    /// Whether a variable belongs to a layer that is frozen.
    boolean isFrozen(String name) {
        return frozen.stream().anyMatch(layer -> name.startsWith(layer.prefix()));
    }

    /// Makes a variable that begins as another one does.
    void copy(String name, Variable other) {
        String owner = name.contains(".") ? name.substring(0, name.indexOf('.')) : "";
        Node node = elaboration.graph.variable(name, other.kind(), other.type());
        all.put(name, new Variable(name, other.kind(), other.type(), node, other.initial(), owner, other.span()));
    }

    void register(LayerInstance layer) {
        layers.putIfAbsent(layer.name(), layer);
    }

    /// The layer of that full name, once it was applied.
    @Nullable
    LayerInstance layer(String name) {
        return layers.get(name);
    }

    /// What a variable is now.
    ///
    /// @param declared a tensor with the names of its axes
    Value read(String name, Value declared) {
        Node node = node(name);
        if (node == null) {
            return Value.UNKNOWN;
        }
        if (isFrozen(name)) {
            node = elaboration.graph.stopGradient(node);
        }
        return declared instanceof TensorValue tensor && tensor.axes().size() == node.type().rank()
                ? new TensorValue(node, tensor.axes())
                : new TensorValue(node);
    }

    @Nullable
    Node node(String name) {
        Variable variable = all.get(name);
        return variable == null ? null : now(variable);
    }

    /// What the procedure leaves changed, in the order in which variables were made.
    Map<Variable, Node> changed() {
        var changed = new LinkedHashMap<Variable, Node>();
        for (Variable variable : all.values()) {
            Node node = current.get(variable.name());
            if (node != null && node != variable.node()) {
                changed.put(variable, node);
            }
        }
        return changed;
    }

    void write(String name, Node value) {
        node(name); // known to the loops around
        current.put(name, value);
        elaboration.effects++;
    }

    /// The parameters whose names begin with `prefix`.
    List<Variable> parameters(String prefix) {
        return all.values().stream()
                .filter(v -> v.kind() == VariableKind.PARAMETER && v.name().startsWith(prefix))
                .toList();
    }

    Binding param(Statement.Param param, Scope scope) {
        String what = "`" + param.name() + "`";
        TensorValue declared = declared(param.type(), what, scope);
        String name = name(param.name().text(), param.name().span(), scope, what);
        String kind = "initial value of " + what;
        Expression initializer = param.initializer();
        if (initializer == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.MISSING_INITIALIZER, param.span(), what + " needs an initializer")
                            .help("for example `param " + param.name() + ": " + param.type().span().text()
                                    + (declared.type().rank() >= 2 ? " ~ glorot_uniform()`" : " ~ zeros()`")));
        }
        make(name, VariableKind.PARAMETER, declared, param.name().span(), scope,
                () -> initial(initializer, declared, name, kind, scope));
        return bound(param.name().text(), param.name().span(), name, declared);
    }

    Binding state(Statement.State state, Scope scope) {
        String what = "`" + state.name() + "`";
        TensorValue declared = declared(state.type(), what, scope);
        String name = name(state.name().text(), state.name().span(), scope, what);
        make(name, VariableKind.STATE, declared, state.name().span(), scope,
                () -> initial(state.value(), declared, name, "first value of " + what, scope));
        return bound(state.name().text(), state.name().span(), name, declared);
    }

    static Binding bound(String local, Span span, String variable, TensorValue declared) {
        return new Binding(local, Binding.Kind.VARIABLE, span, null, variable, declared);
    }

    private TensorValue declared(TypeExpression type, String what, Scope scope) {
        Inputs.Typed typed = elaboration.inputs.tensorType(type, scope);
        if (typed == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.WRONG_TYPE, type.span(),
                            what + " holds numbers, and needs a type such as f32[n]"));
        }
        if (!typed.type().shape().isConstant() && !elaboration.isSymbolic()) {
            List<Dim> free = typed.type().shape().dims().stream().filter(dim -> !dim.isConstant()).toList();
            Diagnostic diagnostic = Diagnostic.of(
                    Code.FREE_PARAMETER_SHAPE,
                    type.span(),
                    what + " is " + typed.type() + " here: its shape must be known when compiling, and `"
                            + free.getFirst()
                            + "` is not")
                    .help("only the sizes of data may stay open; make it a parameter of type Int, or write its size in the input's type");
            throw elaboration.fail(scope, sources(type, diagnostic, scope));
        }
        return new TensorValue(elaboration.graph.fill(typed.type(), 0), typed.axes());
    }

    /// Says where the free entries of a shape come from.
    private static Diagnostic sources(TypeExpression type, Diagnostic diagnostic, Scope scope) {
        Diagnostic result = diagnostic;
        if (type instanceof TypeExpression.Named named && named.shape() != null) {
            for (Dimension entry : named.shape()) {
                Binding binding = entry instanceof Dimension.Size(Expression.Name name)
                        ? scope.find(name.text())
                        : null;
                if (binding != null
                        && binding.value() instanceof Value.IntValue integer
                        && !integer.isConstant()) {
                    result = result.also(
                            binding.span,
                            "`" + binding.name + "` is "
                                    + (integer.dim().toString().equals(binding.name)
                                            ? "free"
                                            : "the free dimension `" + integer.dim() + "`"));
                }
            }
        }
        return result;
    }

    private String name(String local, Span span, Scope scope, String what) {
        Owner owner = scope.frame().owner();
        if (owner == null) {
            throw elaboration.fail(
                    scope, Diagnostic.of(Code.WEIGHTS_WITHOUT_OWNER, span, what + " has no layer that owns it"));
        }
        LayerInstance ownerless = owner instanceof LayerInstance layer ? layer.ownerless() : null;
        if (ownerless != null) {
            String creator = ownerless.creator.what();
            boolean unnamed = creator.equals(Callable.Lambda.UNNAMED);
            ModuleScope module = elaboration.context.modules().scopeOf(ownerless.site.file(), scope.module());
            throw elaboration.fail(
                    Scope.top(module, ownerless.creator),
                    Diagnostic.of(
                            Code.WEIGHTS_WITHOUT_OWNER,
                            ownerless.site,
                            "`" + ownerless + "` has weights, and a `fun` or lambda owns none")
                            .here(unnamed ? "made in a lambda" : "made in `" + creator + "`")
                            .help(unnamed
                                    ? "bind the layer outside, several as in `val each = map(0..<3, { i -> Dense(8) })`, and let the"
                                            + " lambda apply it; or write the lambda as an argument of the layer that is to own the weights"
                                    : "make `" + creator + "` a `layer`, or pass the layer to it"));
        }
        return elaboration.names.bound(owner, local, span, scope.frame().loopSuffix());
    }

    /// Makes a variable, or finds it again where its layer was applied before.
    void make(
            String name,
            VariableKind kind,
            TensorValue declared,
            Span span,
            Scope scope,
            java.util.function.Supplier<Node> initial) {
        Variable known = all.get(name);
        Tensor left = elaboration.context.earlier().variables().get(name);
        if (known == null && left != null && !type(left).equals(declared.type())) {
            throw changed(name, type(left), declared, span, scope);
        }
        if (known == null) {
            Node first = left != null && elaboration.mode == Elaboration.Mode.TEST ? constant(left) : initial.get();
            String owner = name.contains(".") ? name.substring(0, name.indexOf('.')) : "";
            Node node = elaboration.graph.variable(name, kind, declared.type());
            all.put(name, new Variable(name, kind, declared.type(), node, first, owner, span));
        } else if (!known.type().equals(declared.type())) {
            throw changed(name, known.type(), declared, span, scope);
        }
    }

    private RuntimeException changed(String name, TensorType known, TensorValue declared, Span span, Scope scope) {
        Frame frame = scope.frame();
        Diagnostic diagnostic = Diagnostic.of(
                Code.PARAMETER_SHAPE_CHANGED,
                frame.callSite() == null ? span : frame.callSite(),
                "`" + name + "` is " + known + " since the layer was first applied, and this input needs "
                        + declared.type())
                .also(span, "`" + name + "` is declared here")
                .help("one layer has one set of weights: make a second layer for inputs of another size");
        Scope caller = frame.caller() == null
                ? scope
                : Scope.top(
                        elaboration.context.modules().scopeOf(diagnostic.primary().file(), scope.module()),
                        frame.caller());
        return elaboration.fail(caller, diagnostic);
    }

    /// A tensor that an earlier entry of a session left: a state that nobody assigns. A test has its value as a constant.
    TensorValue left(String name, Span span) {
        Tensor tensor = Objects.requireNonNull(elaboration.context.earlier().variables().get(name));
        Variable variable = all.get(name);
        if (variable == null) {
            TensorType type = type(tensor);
            variable = new Variable(
                    name, VariableKind.STATE, type, elaboration.graph.variable(name, VariableKind.STATE, type),
                    constant(tensor), "", span);
            all.put(name, variable);
        }
        return new TensorValue(now(variable));
    }

    private static TensorType type(Tensor tensor) {
        return new TensorType(
                tensor.dtype(),
                new Shape(Arrays.stream(tensor.shape()).mapToObj(Dim::of).toList()));
    }

    private Node constant(Tensor tensor) {
        TensorType type = type(tensor);
        if (elaboration.mode != Elaboration.Mode.TEST) {
            return elaboration.graph.fill(type, 0);
        }
        var values = new double[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.dtype().isFloat() ? tensor.get(i) : tensor.getInt(i);
        }
        return elaboration.graph.constant(type, values);
    }

    /// A slot of an optimizer.
    void slot(String name, TensorType type, Node initial, String parameter, Span span) {
        if (!all.containsKey(name)) {
            Node node = elaboration.graph.variable(name, VariableKind.SLOT, type);
            all.put(name, new Variable(name, VariableKind.SLOT, type, node, initial, parameter, span));
        }
    }

    /// The first value of a variable: a number fills it, a function gets its shape.
    Node initial(Expression expression, TensorValue declared, String name, String what, Scope scope) {
        Frame frame = scope.frame();
        var initFrame = new Frame(
                frame.id(), frame.caller(), frame.what(), frame.callSite(), null, List.of(), "init:" + name,
                frame.depth());
        Scope inner = scope.iteration(initFrame);
        boolean forbidden = elaboration.draws.allow(true);
        Value value;
        try {
            value = elaboration.expressions.evaluate(expression, inner);
            if (value instanceof Value.FunctionValue || value instanceof Value.LayerValue) {
                var shape = new ArrayList<Value>();
                declared.type().shape().dims().forEach(dim -> shape.add(new Value.IntValue(dim)));
                value = elaboration.calls.call(
                        value,
                        List.of(Given.of(new Value.ListValue(shape), expression.span())),
                        expression,
                        expression.span(),
                        inner);
            }
        } finally {
            elaboration.draws.allow(forbidden);
        }
        TensorType type = declared.type();
        if (value instanceof Value.UnknownValue) {
            return elaboration.graph.fill(type, 0);
        }
        Double number = Numbers.known(value);
        if (value instanceof Value.BoolValue(boolean truth)) {
            return elaboration.graph.fill(type, truth ? 1 : 0);
        }
        if (number != null) {
            elaboration.conversions.fits(value, type.dtype(), expression.span(), scope);
            return elaboration.graph.fill(type, number);
        }
        TensorValue tensor = elaboration.conversions.tensor(value, type.dtype(), "the " + what, expression.span(),
                scope);
        if (tensor.type().rank() == 0 && tensor.type().dtype() == type.dtype()) {
            tensor = new TensorValue(elaboration.tensors.stretch(tensor.node(), type.shape()), declared.axes());
        }
        if (!tensor.type().equals(type)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.WRONG_INITIAL_VALUE,
                            expression.span(),
                            "the " + what + " is " + Describe.type(tensor.type()) + ", and must be "
                                    + Describe.type(type))
                            .help("an initializer is a function of the shape, such as `zeros()`, or a number that fills it"));
        }
        for (Node node : Graph.ancestors(List.of(tensor.node()))) {
            if (node.form() instanceof Form.Input || node.form() instanceof Form.Variable) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.INITIAL_VALUE_DEPENDS,
                                expression.span(),
                                "the " + what + " depends on an input or another variable")
                                .help("it is computed once, before any data is seen"));
            }
        }
        return tensor.node();
    }

    /// `name := value`.
    void update(Statement.Update update, Value value, Scope scope) {
        Binding binding = scope.find(update.name().text());
        if (binding == null || value instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        if (!(binding.value() instanceof TensorValue declared)) {
            throw new Operators.Unsure();
        }
        TensorType type = declared.type();
        TensorValue tensor = elaboration.conversions.tensor(
                value, type.dtype(), "the new value of `" + update.name() + "`", update.value().span(), scope);
        boolean number = Numbers.isNumber(value);
        if (number) {
            elaboration.conversions.fits(value, type.dtype(), update.value().span(), scope);
            tensor = new TensorValue(elaboration.tensors.stretch(tensor.node(), type.shape()), declared.axes());
        }
        if (!tensor.type().equals(type)) {
            if (elaboration.isSymbolic() && tensor.type().rank() == type.rank()) {
                for (int axis = 0; axis < type.rank(); axis++) {
                    if (elaboration.operators.unsure(tensor.type().dim(axis), type.dim(axis))) {
                        throw new Operators.Unsure();
                    }
                }
            }
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.WRONG_UPDATE,
                            update.value().span(),
                            "`" + update.name() + "` is " + Describe.type(type) + ", and its new value is "
                                    + Describe.type(tensor.type()))
                            .also(binding.span, "`" + update.name() + "` is declared here")
                            .help("what lasts keeps its type"));
        }
        if (binding.kind == Binding.Kind.UPDATED) {
            binding.assign(tensor);
            elaboration.effects++;
            elaboration.optimizers.updated();
        } else if (binding.variable != null) {
            write(binding.variable, tensor.node());
        }
    }
}
