package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.runtime.tensor.DType;

/// Elaborates a `test`.
final class TestLowering implements Statements.Program {
    private final Elaboration elaboration;
    private final List<Procedure.Output> outputs = new ArrayList<>();
    private final List<TestProgram.Assertion> assertions = new ArrayList<>();

    TestLowering(Context context) {
        this.elaboration = new Elaboration(context, Elaboration.Mode.TEST);
    }

    Elaboration elaboration() {
        return elaboration;
    }

    /// The program; empty where there are mistakes.
    Optional<TestProgram> lower(Declaration.Test test, ModuleScope module) {
        Scope scope = Scope.top(module, elaboration.outermost("test", new Owner.Program(""), "test"));
        elaboration.draws.begin("test");
        elaboration.statements.program = this;
        elaboration.number(test.body());
        elaboration.statements.block(test.body(), scope, false);
        if (!elaboration.isWhole(test.nameSpan(), test.name())) {
            return Optional.empty();
        }
        return Optional.of(new TestProgram(
                test.name(), test.span(), new Procedure("test", List.of(), begun(), List.of()), assertions));
    }

    /// The outputs with every variable's first value in its place. While the test is elaborated two variables that begin
    /// alike are two nodes all the same, and have two gradients.
    private List<Procedure.Output> begun() {
        var roots = new ArrayList<Node>();
        var initials = new HashMap<Node, Node>();
        for (Variables.Variable variable : elaboration.variables.all()) {
            roots.add(variable.initial());
            initials.put(variable.node(), variable.initial());
        }
        outputs.forEach(output -> roots.add(output.node()));
        var begun = new HashMap<Node, Node>();
        for (Node node : Graph.ancestors(roots)) {
            Node initial = initials.get(node);
            if (initial == null) {
                List<Node> inputs = node.inputs().stream().map(begun::get).toList();
                try (var _ = elaboration.graph.origin(node.origin())) {
                    begun.put(node, inputs.equals(node.inputs()) ? node : elaboration.graph.node(node.form(), inputs));
                }
            } else {
                // A variable is made when its first value is there, so that comes before it.
                begun.put(node, begun.getOrDefault(initial, initial));
            }
        }
        return outputs.stream()
                .map(output -> new Procedure.Output(output.name(), Objects.requireNonNull(begun.get(output.node()))))
                .toList();
    }

    @Override
    public void assertion(Statement.Assert assertion, Scope scope) {
        Expression condition = assertion.condition();
        String name = "a" + assertions.size();
        var shown = new ArrayList<TestProgram.Shown>();
        var collected = new ArrayList<Procedure.Output>();
        Value value = value(condition, name, shown, collected, scope);
        String message = assertion.message() == null
                ? null
                : Describe.text(elaboration.expressions.evaluate(assertion.message(), scope));
        switch (value) {
            case Value.UnknownValue _ -> {}
            case Value.BoolValue(boolean truth) -> add(assertion, null, truth, message, shown, collected);
            case TensorValue tensor when tensor.type().dtype() == DType.BOOL && tensor.type().shape().isScalar() -> {
                collected.addFirst(new Procedure.Output(name, tensor.node()));
                add(assertion, name, false, message, shown, collected);
            }
            case Value other ->
                throw elaboration.fail(
                        scope,
                        Diagnostic
                                .of(Code.WRONG_TYPE, condition.span(),
                                        "an `assert` takes one Bool, and this is " + Explain.typed(other))
                                .help(
                                        other instanceof TensorValue
                                                ? "`close(a, b)` compares whole tensors"
                                                : "compare it, as in `x > 0`"));
        }
    }

    private void add(
            Statement.Assert assertion,
            @Nullable String output,
            boolean known,
            @Nullable String message,
            List<TestProgram.Shown> shown,
            List<Procedure.Output> collected) {
        outputs.addAll(collected);
        assertions.add(new TestProgram.Assertion(
                assertion.span(), assertion.condition().span().text(), output, known, message, shown));
    }

    /// The condition, with what takes part in it.
    private Value value(
            Expression condition,
            String name,
            List<TestProgram.Shown> shown,
            List<Procedure.Output> collected,
            Scope scope) {
        if (condition instanceof Expression.Binary binary && binary.operator().isComparison()) {
            Value left = elaboration.expressions.evaluate(binary.left(), scope);
            Value right = elaboration.expressions.evaluate(binary.right(), scope);
            show(binary.left(), left, name, shown, collected);
            show(binary.right(), right, name, shown, collected);
            var site = new Operators.Site(
                    binary.operator().symbol(), binary.operatorSpan(), binary.left(), binary.right(), scope);
            return elaboration.operators.binary(binary.operator(), left, right, site);
        }
        if (condition instanceof Expression.Call call
                && call.callee() instanceof Expression.Name(String callee, var _)
                && callee.equals("close")
                && elaboration.expressions.evaluate(call.callee(),
                        scope) instanceof Value.FunctionValue(Callable.BuiltIn builtin)) {
            List<Given> arguments = elaboration.expressions.arguments(call.arguments(), scope);
            for (int i = 0; i < Math.min(2, arguments.size()); i++) {
                Given given = arguments.get(i);
                if (given.expression() != null) {
                    show(given.expression(), given.value(), name, shown, collected);
                }
            }
            return elaboration.calls.call(
                    new Value.FunctionValue(builtin), arguments, call.callee(), call.span(), scope);
        }
        return elaboration.expressions.evaluate(condition, scope);
    }

    private static void show(
            Expression expression,
            Value value,
            String name,
            List<TestProgram.Shown> shown,
            List<Procedure.Output> collected) {
        String text = expression.span().text();
        if (value instanceof TensorValue tensor) {
            String output = name + ".v" + shown.size();
            collected.add(new Procedure.Output(output, tensor.node()));
            shown.add(new TestProgram.Shown(text, output, null));
        } else {
            shown.add(new TestProgram.Shown(text, null, Describe.text(value)));
        }
    }
}
