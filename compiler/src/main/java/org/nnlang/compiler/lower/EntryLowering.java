package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.EntryProgram.Answer;
import org.nnlang.compiler.lower.EntryProgram.Bound;
import org.nnlang.compiler.lower.EntryProgram.Result;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.tensor.DType;

/// Elaborates statements that are entered in a session. What earlier entries bound are constants of the module around.
final class EntryLowering implements Statements.Program {
    private final Elaboration elaboration;
    private final Block entry;
    private final ModuleScope module;
    private final Scope scope;
    private final Map<String, String> unique = new HashMap<>();
    private final List<Result> results = new ArrayList<>();
    private final List<Procedure.Output> outputs = new ArrayList<>();

    /// What loops and branches of the entry assign to `var`s of earlier ones.
    private final List<Assigned> assigned = new ArrayList<>();

    private record Assigned(Identifier name, Statement.Assign statement) {}

    /// @param unique gives a name that is bound one that no other value of the session has
    /// @param step how often the session has minimized, from 1
    EntryLowering(Context context, Block entry, ModuleScope module, UnaryOperator<String> unique, long step) {
        var inLoops = new LinkedHashMap<String, Assigned>();
        this.elaboration = new Elaboration(context, Elaboration.Mode.PROGRAM);
        this.entry = entry;
        this.module = module;
        this.scope = Scope.top(module, elaboration.outermost("entry", new Owner.Program(""), "entry"));
        elaboration.draws.begin("entry");
        elaboration.statements.program = this;
        elaboration.number(entry);
        for (Statement statement : entry.statements()) {
            switch (statement) {
                case Statement.Val val -> names(val.pattern(), unique);
                case Statement.Var variable -> names(variable.pattern(), unique);
                case Statement.Assign assign -> names(assign.pattern(), unique);
                case Statement other -> new SyntaxWalk() {
                    @Override
                    public void statement(Statement inner) {
                        if (inner instanceof Statement.Assign assign) {
                            assign.pattern().names()
                                    .forEach(name -> inLoops.putIfAbsent(name.text(), new Assigned(name, assign)));
                        }
                        super.statement(inner);
                    }
                }.statement(other);
            }
        }
        inLoops.forEach((name, assign) -> {
            Value value = earlier(name);
            if (value != null) {
                names(new Pattern.Bind(assign.name()), unique);
                assigned.add(assign);
                scope.bind(Binding.of(name, Binding.Kind.VAR, assign.name().span(), value));
            }
        });
        this.unique.values().forEach(elaboration.names::reserve);
        elaboration.minimization.begin(
                elaboration.graph.fill(TensorType.scalar(DType.I32), step),
                (minimize, loss) -> show(
                        minimize.loss() instanceof Expression.Name name ? name.text() : "loss", loss));
    }

    private void names(Pattern pattern, UnaryOperator<String> fresh) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> unique.computeIfAbsent(name.text(), fresh);
            case Pattern.Tuple tuple -> tuple.elements().forEach(part -> names(part, fresh));
        }
    }

    /// The program; empty where there are mistakes.
    ///
    /// @param gradients whether to add the gradients of the last value by all that it is computed from
    Optional<EntryProgram> lower(boolean gradients) {
        Set<String> points = elaboration.differentiation.points(entry);
        scope.differentiates(points);
        points.forEach(this::point);
        Value last = Value.UNIT;
        for (Statement statement : entry.statements()) {
            last = run(statement);
        }
        assigned.forEach(this::settle);
        if (gradients) {
            gradients(last);
        }
        if (!elaboration.isWhole(entry.span(), "this")) {
            return Optional.empty();
        }
        var updates = new ArrayList<Procedure.Update>();
        elaboration.variables.changed()
                .forEach((variable, node) -> updates.add(new Procedure.Update(variable.name(), variable.kind(), node)));
        var first = new ArrayList<Procedure.Update>();
        var lasting = new HashSet<String>();
        for (Variables.Variable variable : elaboration.variables.all()) {
            if (!elaboration.context.earlier().variables().containsKey(variable.name())) {
                first.add(new Procedure.Update(variable.name(), variable.kind(), variable.initial()));
            }
            if (lasts(variable)) {
                lasting.add(variable.name());
            }
        }
        return Optional.of(new EntryProgram(
                new Procedure("entry", List.of(), outputs, updates),
                new Procedure("init", List.of(), List.of(), first),
                results,
                lasting,
                elaboration.calls.applied(name -> lasts(name + "."))));
    }

    /// Whether later entries may find a variable: it belongs to a layer that has a name, or to an optimizer that updates
    /// such a layer.
    private boolean lasts(Variables.Variable variable) {
        return switch (variable.kind()) {
            case PARAMETER, STATE -> lasts(variable.name());
            case SLOT -> variable.owner().isEmpty() || lasts(variable.owner());
        };
    }

    private boolean lasts(String variable) {
        return unique.values().stream().anyMatch(name -> variable.startsWith(name + "."))
                || elaboration.context.earlier().values().values().stream()
                        .anyMatch(value -> variable.startsWith(value.name() + "."));
    }

    /// What an earlier entry bound to a name; null where none did.
    private @Nullable Value earlier(String name) {
        return module.find(name) instanceof Symbol.Declared(Declaration.Constant constant, var home)
                && elaboration.context.earlier().values().containsKey(constant.span())
                        ? elaboration.constants.value(constant, home, constant.span(), scope)
                        : null;
    }

    /// A number of an earlier entry becomes a tensor where this one differentiates by it.
    private void point(String name) {
        Value value = scope.find(name) == null ? earlier(name) : null;
        if (value != null) {
            scope.bind(Binding.of(
                    name, Binding.Kind.VAL, entry.span(), elaboration.differentiation.point(value)));
        }
    }

    /// What loops left in the `var`s of earlier entries.
    private void settle(Assigned assign) {
        Identifier name = assign.name();
        Binding binding = scope.find(name.text());
        if (binding == null || binding.kind != Binding.Kind.VAR || binding.value() == earlier(name.text())) {
            return;
        }
        if (!SessionValue.isKept(binding.value())) {
            elaboration.report(scope, Diagnostic.of(
                    Code.WRONG_TYPE, assign.statement().span(),
                    "`" + name + "` is " + Describe.what(binding.value()) + " now")
                    .help("what a loop or a branch assigns to a `var` of an earlier entry is a number or a tensor"));
            return;
        }
        keep(
                new Pattern.Bind(name),
                binding.value(),
                new SessionValue.Origin(
                        assign.statement().span(), assign.statement().value(), null, List.of(), entry, module),
                true);
    }

    private Value run(Statement statement) {
        Value[] value = {Value.UNIT};
        switch (statement) {
            case Statement.Val val ->
                elaboration.statements.guard(val.span(), scope,
                        () -> value[0] = bind(val.pattern(), val.type(), val.value(), false));
            case Statement.Var val ->
                elaboration.statements.guard(val.span(), scope,
                        () -> value[0] = bind(val.pattern(), val.type(), val.value(), true));
            case Statement.Assign assign ->
                elaboration.statements.guard(assign.span(), scope,
                        () -> value[0] = bind(assign.pattern(), null, assign.value(), true));
            case Statement.ExpressionStatement(Expression.If branch) when branch.otherwise() == null ->
                elaboration.statements.run(statement, scope);
            case Statement.ExpressionStatement(Expression expression) ->
                elaboration.statements.guard(expression.span(), scope, () -> {
                    value[0] = elaboration.expressions.evaluate(expression, scope);
                    if (!(value[0] instanceof Value.UnitValue)) {
                        show("", value[0]);
                    }
                });
            case Statement other -> elaboration.statements.run(statement, scope);
        }
        return value[0];
    }

    private Value bind(
            Pattern pattern,
            @Nullable TypeExpression type,
            Expression source,
            boolean assignable) {
        Value value = elaboration.expressions.evaluate(source, scope);
        if (type != null) {
            value = elaboration.inputs.annotated(type, value, source, scope, scope);
        }
        elaboration.statements.present(value, source, scope);
        fix(pattern, value);
        elaboration.statements.bind(pattern, value, source, Binding.Kind.VAL, scope);
        keep(pattern, value, new SessionValue.Origin(source.span(), source, type, List.of(), entry, module),
                assignable);
        return value;
    }

    private void fix(Pattern pattern, Value value) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> SessionValue.fix(value, unique.getOrDefault(name.text(), ""));
            case Pattern.Tuple tuple -> {
                List<Value> parts = SessionValue.parts(value);
                for (int i = 0; i < Math.min(parts.size(), tuple.elements().size()); i++) {
                    fix(tuple.elements().get(i), parts.get(i));
                }
            }
        }
    }

    private void keep(Pattern pattern, Value value, SessionValue.Origin origin, boolean assignable) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> {
                if (!name.text().equals("_") && !(value instanceof Value.UnknownValue)) {
                    String own = unique.getOrDefault(name.text(), name.text());
                    int before = outputs.size();
                    Answer answer = answer(value);
                    SessionValue kept = SessionValue.of(own, origin, value);
                    var tensors = new LinkedHashMap<String, String>();
                    List<String> names = kept.tensors();
                    for (int i = 0; i < names.size(); i++) {
                        tensors.put(outputs.get(before + i).name(), names.get(i));
                    }
                    results.add(new Result(name.text(), answer, new Bound(name, assignable, kept, tensors)));
                }
            }
            case Pattern.Tuple tuple -> {
                List<Value> parts = SessionValue.parts(value);
                for (int i = 0; i < parts.size(); i++) {
                    var path = new ArrayList<>(origin.path());
                    path.add(i);
                    keep(
                            tuple.elements().get(i),
                            parts.get(i),
                            new SessionValue.Origin(
                                    origin.place(), origin.source(), origin.type(), path, entry, module),
                            assignable);
                }
            }
        }
    }

    private void show(String label, Value value) {
        if (!(value instanceof Value.UnknownValue)) {
            results.add(new Result(label, answer(value), null));
        }
    }

    private Answer answer(Value value) {
        if (value instanceof TensorValue tensor) {
            String output = "value" + outputs.size();
            outputs.add(new Procedure.Output(output, tensor.node()));
            return new EntryProgram.Computed(output, tensor.type());
        }
        List<Value> parts = SessionValue.parts(value);
        if (parts.isEmpty() || !hasTensors(value)) {
            return new EntryProgram.Known(TypeText.of(value), TypeText.value(value));
        }
        var names = new ArrayList<String>();
        for (int i = 0; i < parts.size(); i++) {
            String name = value instanceof Value.TupleValue tuple ? tuple.names().get(i) : null;
            names.add(name == null ? "" : name);
        }
        return new EntryProgram.Several(TypeText.of(value), names, parts.stream().map(this::answer).toList());
    }

    private static boolean hasTensors(Value value) {
        return value instanceof TensorValue
                || SessionValue.parts(value).stream().anyMatch(EntryLowering::hasTensors);
    }

    private void gradients(Value value) {
        if (value instanceof Value.UnknownValue || value instanceof Value.UnitValue) {
            return;
        }
        if (!(value instanceof TensorValue tensor) || tensor.type().dtype() != DType.F32) {
            elaboration.report(scope, Diagnostic
                    .of(Code.NO_DERIVATIVE, entry.span(), "this is " + Describe.what(value) + ", and has no derivative")
                    .help("only f32 tensors have: `f32(…)` makes one"));
            return;
        }
        var variables = elaboration.variables.all().stream()
                .filter(variable -> variable.type().dtype() == DType.F32)
                .toList();
        var nodes = variables.stream().map(Variables.Variable::node).toList();
        Map<Node, Node> found = Gradients.gradients(
                elaboration.graph, elaboration.graph.sum(tensor.node(), Tensors.allAxes(tensor)), nodes);
        if (found.isEmpty()) {
            elaboration.report(scope, Diagnostic
                    .of(Code.NO_DEPENDENCE, entry.span(), "this depends on no tensor and no weight of the session")
                    .help("bind what it is to be differentiated by: `val x = f32(3)`, then `:grad x^2`"));
        }
        for (Variables.Variable variable : variables) {
            Node gradient = found.get(variable.node());
            if (gradient != null) {
                show("∂/∂" + variable.name(), new TensorValue(gradient));
            }
        }
    }

    @Override
    public void assertion(Statement.Assert assertion, Scope inner) {
        Value value = elaboration.expressions.evaluate(assertion.condition(), inner);
        show(assertion.condition().span().text(), value);
    }
}
