package org.nnlang.compiler.lower;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.DiagnosticException;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;

/// Runs statements while compiling: names are bound, loops unrolled, branches chosen. A mistake ends its statement; the
/// names it would have bound are unknown from there on, and say nothing more.
final class Statements {
    private final Elaboration elaboration;
    private final DivisorInComment remarks;

    /// What assignments replaced, for each `if` both of whose branches are being looked at.
    private final Deque<Map<Binding, Value>> journals = new ArrayDeque<>();

    /// What statements of a `train` or a `test` do; null elsewhere.
    @Nullable
    Program program;

    /// The statements that only a `train` or a `test` has. Those that only a `train` has do nothing elsewhere: the parser has
    /// refused them.
    interface Program {
        default void loop(Statement.Loop loop, Scope scope) {}

        default void report(Statement.Report report, Scope scope) {}

        void assertion(Statement.Assert assertion, Scope scope);

        /// A call such as `checkpoint(…)`; false if it is none.
        default boolean setting(Expression.Call call, Scope scope) {
            return false;
        }
    }

    Statements(Elaboration elaboration) {
        this.elaboration = elaboration;
        this.remarks = new DivisorInComment(elaboration);
    }

    /// The value of a block: of its last expression, if it is wanted.
    Value block(Block block, Scope scope, boolean wanted) {
        Value value = Value.UNIT;
        List<Statement> statements = block.statements();
        scope.differentiates(elaboration.differentiation.points(block));
        for (Statement statement : statements) {
            if (statement instanceof Statement.Invalid(Set<String> mentioned, Span place)) {
                // What could not be read may have bound any of its names.
                mentioned.forEach(name -> scope.bind(Binding.of(name, Binding.Kind.VAR, place, Value.UNKNOWN)));
            }
        }
        for (int i = 0; i < statements.size(); i++) {
            Statement statement = statements.get(i);
            if (wanted
                    && i == statements.size() - 1
                    && statement instanceof Statement.ExpressionStatement(Expression last)) {
                Value[] result = {Value.UNKNOWN};
                guard(last.span(), scope, () -> result[0] = whole(last, scope));
                value = result[0];
            } else {
                run(statement, scope);
                if (wanted && i == statements.size() - 1 && statement instanceof Statement.Invalid) {
                    value = Value.UNKNOWN;
                }
            }
        }
        return value;
    }

    /// Runs an action and collects its mistake; false if there was one.
    boolean guard(Span span, Scope scope, Runnable action) {
        try (var _ = elaboration.graph.origin(span)) {
            action.run();
            return true;
        } catch (DiagnosticException e) {
            elaboration.diagnostics.add(e.diagnostic());
        } catch (Operators.Unsure _) {
            // reported where it began, or not a mistake
        } catch (ArithmeticException e) {
            elaboration.report(
                    scope,
                    Diagnostic.of(
                            Code.ARITHMETIC,
                            span,
                            Numbers.problem(e, "a size here does not fit 64 bits")));
        }
        elaboration.incomplete = true;
        return false;
    }

    /// The value of an expression that ends its statement.
    Value whole(Expression expression, Scope scope) {
        Value value = elaboration.expressions.evaluate(expression, scope);
        remarks.check(expression, value, scope);
        return value;
    }

    /// Carries one out.
    void run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Val val -> {
                boolean done = guard(val.span(), scope, () -> {
                    Value value = whole(val.value(), scope);
                    if (val.type() != null) {
                        value = elaboration.inputs.annotated(val.type(), value, val.value(), scope, scope);
                    }
                    present(value, val.value(), scope);
                    bind(val.pattern(), value, val.value(), Binding.Kind.VAL, scope);
                });
                if (!done) {
                    forget(val.pattern(), Binding.Kind.VAL, scope);
                }
            }
            case Statement.Var variable -> {
                Pattern pattern = variable.pattern();
                boolean done = guard(variable.span(), scope, () -> {
                    Value value = whole(variable.value(), scope);
                    if (variable.type() != null) {
                        value = elaboration.inputs.annotated(variable.type(), value, variable.value(), scope, scope);
                    }
                    present(value, variable.value(), scope);
                    bind(pattern, value, variable.value(), Binding.Kind.VAR, scope);
                });
                if (!done) {
                    forget(pattern, Binding.Kind.VAR, scope);
                }
            }
            case Statement.Param param ->
                declare(param.name(), param.span(), scope, () -> elaboration.variables.param(param, scope));
            case Statement.State state ->
                declare(state.name(), state.span(), scope, () -> elaboration.variables.state(state, scope));
            case Statement.Slot slot ->
                declare(slot.name(), slot.span(), scope, () -> elaboration.optimizers.slot(slot, scope));
            case Statement.Assign assign -> assign(assign, scope);
            case Statement.Update update -> {
                boolean done = guard(update.span(), scope, () -> elaboration.variables.update(
                        update, whole(update.value(), scope), scope));
                elaboration.effects += done ? 0 : 1;
            }
            case Statement.For loop -> unroll(loop, scope);
            case Statement.Require require -> guard(require.span(), scope, () -> require(require, scope));
            case Statement.Minimize minimize -> {
                guard(minimize.span(), scope, () -> elaboration.minimization.minimize(minimize, scope));
                elaboration.effects++;
            }
            case Statement.Report report -> inProgram(report.span(), scope, p -> p.report(report, scope));
            case Statement.Assert assertion -> inProgram(assertion.span(), scope, p -> p.assertion(assertion, scope));
            case Statement.Loop loop -> inProgram(loop.span(), scope, p -> p.loop(loop, scope));
            case Statement.Training training -> {
                boolean before = elaboration.training;
                elaboration.training = true;
                block(training.body(), scope.inner(), false);
                elaboration.training = before;
            }
            case Statement.LocalFunction(var function) ->
                scope.bind(Binding.of(
                        function.name().text(),
                        Binding.Kind.VAL,
                        function.name().span(),
                        new Value.FunctionValue(new Callable.Function(function, scope.module(), scope))));
            case Statement.ExpressionStatement(Expression value) -> expression(value, scope);
            case Statement.Yield yield when !elaboration.scans.isInRound() ->
                // The parser has said that it belongs to a `scan`.
                guard(yield.span(), scope, () -> elaboration.expressions.evaluate(yield.value(), scope));
            case Statement.Yield yield -> {
                if (!guard(yield.span(), scope, () -> elaboration.scans.gather(yield, scope))) {
                    elaboration.scans.yieldUnknown();
                }
            }
            case Statement.Invalid _ -> {}
        }
    }

    private void inProgram(Span span, Scope scope, java.util.function.Consumer<Program> action) {
        Program current = program;
        if (current != null) {
            guard(span, scope, () -> action.accept(current));
        }
        elaboration.effects++;
    }

    private void declare(Identifier name, Span span, Scope scope, java.util.function.Supplier<Binding> action) {
        boolean done = guard(span, scope, () -> {
            Binding binding = action.get();
            scope.bind(binding);
            elaboration.types.value(name.span(), binding.kind == Binding.Kind.VARIABLE && binding.variable != null
                    ? elaboration.variables.read(binding.variable, binding.value())
                    : binding.value());
        });
        if (!done) {
            scope.bind(Binding.of(name.text(), Binding.Kind.VAL, name.span(), Value.UNKNOWN));
        }
    }

    /// Complains where a value is wanted and there is none.
    void present(Value value, Expression expression, Scope scope) {
        if (value instanceof Value.UnitValue) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.NO_VALUE, expression.span(), "this has no value")
                            .help(expression instanceof Expression.Scan
                                    ? "a `scan` has the values that its block yields: `yield …`"
                                    : "the last expression of a body is its value"));
        }
    }

    private void assign(Statement.Assign assign, Scope scope) {
        boolean done = guard(assign.span(), scope, () -> {
            Value value = whole(assign.value(), scope);
            present(value, assign.value(), scope);
            assign(assign.pattern(), value, scope);
        });
        if (!done) {
            assign.pattern().names().forEach(name -> assign(name, Value.UNKNOWN, scope));
        }
    }

    /// Gives the `var`s of a pattern their values.
    private void assign(Pattern pattern, Value value, Scope scope) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> assign(name, value, scope);
            case Pattern.Tuple(List<Pattern> patterns, Span _) -> {
                List<Value> parts = parts(pattern, value, scope);
                for (int i = 0; i < patterns.size(); i++) {
                    assign(patterns.get(i), parts == null ? Value.UNKNOWN : parts.get(i), scope);
                }
            }
        }
    }

    private void assign(Identifier name, Value value, Scope scope) {
        Binding binding = name.text().equals("_") ? null : scope.find(name.text());
        if (binding == null || binding.kind != Binding.Kind.VAR) {
            return;
        }
        name(value, name.text(), name.span(), scope.frame(), "");
        journal(binding, binding.value());
        binding.assign(value);
        elaboration.types.value(name.span(), value);
        elaboration.effects++;
    }

    /// Notes that a binding had a value before it is assigned another.
    void journal(Binding binding, Value before) {
        for (Map<Binding, Value> journal : journals) {
            journal.putIfAbsent(binding, before);
        }
    }

    /// How many branches are being looked at that only a call would choose.
    int undecided() {
        return journals.size();
    }

    private void unroll(Statement.For loop, Scope scope) {
        Value[] range = {Value.UNKNOWN};
        guard(loop.range().span(), scope, () -> range[0] = elaboration.expressions.evaluate(loop.range(), scope));
        switch (range[0]) {
            case Value.ListValue(List<Value> elements) -> {
                if (elements.size() > 10_000) {
                    elaboration.report(
                            scope,
                            Diagnostic.of(
                                    Code.TOO_LONG,
                                    loop.range().span(),
                                    "a `for` is unrolled when compiling, at most 10000 times, and this one has "
                                            + elements.size() + " rounds")
                                    .help("tensors are computed whole: a loop over elements is an operation on tensors"));
                    return;
                }
                for (int i = 0; i < elements.size(); i++) {
                    if (!elaboration.proceed(scope, loop.range().span())) {
                        return;
                    }
                    Scope iteration = scope.iteration(scope.frame().iteration(i));
                    Value element = elements.get(i);
                    guard(loop.pattern().span(), iteration,
                            () -> bind(loop.pattern(), element, null, Binding.Kind.VAL, iteration));
                    block(loop.body(), iteration.inner(), false);
                }
            }
            case Value.UnknownValue _ when !elaboration.isSymbolic() -> forgetAssigned(loop.body(), scope);
            case Value.UnknownValue _ -> {
                // Once, for its mistakes.
                Scope iteration = scope.iteration(scope.frame().iteration(0));
                forget(loop.pattern(), Binding.Kind.VAL, iteration);
                var journal = new HashMap<Binding, Value>();
                journals.push(journal);
                block(loop.body(), iteration.inner(), false);
                journals.pop();
                journal.forEach((binding, before) -> binding.assign(merge(before, binding.value())));
            }
            case Value other ->
                elaboration.report(
                        scope,
                        Diagnostic.of(
                                Code.NOT_A_LIST,
                                loop.range().span(),
                                "a `for` goes through a list, and this is " + Describe.what(other))
                                .help(
                                        other instanceof Value.DataValue
                                                ? "the batches of data are gone through by `step (x, y) in data { … }`"
                                                : other instanceof Value.TensorValue
                                                        ? "the slices of a tensor are gone through by `scan x in xs along t { … }`"
                                                : "count with a range: `for (i in 0..<n)`"));
        }
        elaboration.effects++;
    }

    private void require(Statement.Require require, Scope scope) {
        Value condition = elaboration.expressions.evaluate(require.condition(), scope);
        if (condition instanceof Value.UnknownValue) {
            return;
        }
        if (condition instanceof Value.Condition(SizeCondition sizes) && !elaboration.isSymbolic()) {
            elaboration.constraints.add(new Constraint(sizes, message(require.message(), scope), require.span()));
            return;
        }
        Boolean truth = elaboration.conversions.truth(condition, "a requirement", require.condition().span(), scope);
        if (Boolean.FALSE.equals(truth)) {
            Frame frame = scope.frame();
            String message = message(require.message(), scope);
            Span site = frame.callSite();
            // The caller's arguments are at fault, not the requirement.
            Span at = site == null ? require.condition().span() : site;
            Diagnostic diagnostic = Diagnostic.of(Code.REQUIREMENT, at, message);
            if (site != null) {
                diagnostic = diagnostic.also(require.condition().span(), "`" + frame.what() + "` requires this");
            }
            Scope caller = frame.caller() == null
                    ? scope
                    : Scope.top(elaboration.context.modules().scopeOf(at.file(), scope.module()), frame.caller());
            throw elaboration.fail(caller, diagnostic);
        }
    }

    private String message(Expression message, Scope scope) {
        return Describe.text(elaboration.expressions.evaluate(message, scope));
    }

    private void expression(Expression expression, Scope scope) {
        if (expression instanceof Expression.If branch) {
            guard(expression.span(), scope, () -> elaboration.expressions.branch(branch, scope, false));
            return;
        }
        Program current = program;
        if (current != null && expression instanceof Expression.Call call) {
            boolean[] taken = {true};
            guard(expression.span(), scope, () -> taken[0] = current.setting(call, scope));
            if (taken[0]) {
                return;
            }
        }
        int before = elaboration.effects;
        int errors = elaboration.diagnostics.size();
        Value[] value = {Value.UNKNOWN};
        guard(expression.span(), scope, () -> value[0] = elaboration.expressions.evaluate(expression, scope));
        if (elaboration.effects == before
                && elaboration.diagnostics.size() == errors
                && !(value[0] instanceof Value.UnknownValue)
                && !(expression instanceof Expression.Invalid)) {
            unused(expression, scope);
        }
    }

    private void unused(Expression expression, Scope scope) {
        // The parser has reported a line that begins as if it went on the one above.
        String text = expression.span().file().text();
        int before = expression.span().start() - 1;
        if (text.charAt(before + 1) == '-' || text.charAt(before + 1) == '['
                || before >= 0 && text.charAt(before) == '(') {
            return;
        }
        elaboration.report(
                scope,
                Diagnostic.of(Code.UNUSED_VALUE, expression.span(), "the value of this statement is not used")
                        .help(elaboration.scans.isInRound()
                                ? "a `scan` collects what its block yields: `yield …`"
                                : "bind it, as in `val y = …`, or remove it; only the last expression of a body is its value"));
    }

    /// Both branches of an `if` whose condition only a call would give: for their mistakes, and for what they agree on.
    Value either(Expression.If branch, Scope scope, boolean wanted) {
        if (!elaboration.isSymbolic()) {
            // The condition follows a mistake: what the branches would say are consequences.
            elaboration.incomplete = true;
            forgetAssigned(branch.then(), scope);
            if (branch.otherwise() != null) {
                forgetAssigned(branch.otherwise(), scope);
            }
            return Value.UNKNOWN;
        }
        var journal = new HashMap<Binding, Value>();
        journals.push(journal);
        Value then = block(branch.then(), scope.inner(), wanted);
        journals.pop();
        var after = new HashMap<Binding, Value>();
        journal.forEach((binding, before) -> {
            after.put(binding, binding.value());
            binding.assign(before);
        });
        if (branch.otherwise() == null) {
            after.forEach((binding, value) -> binding.assign(merge(binding.value(), value)));
            return Value.UNKNOWN;
        }
        var second = new HashMap<Binding, Value>();
        journals.push(second);
        Value otherwise = block(branch.otherwise(), scope.inner(), wanted);
        journals.pop();
        after.forEach((binding, value) -> binding.assign(merge(value, binding.value())));
        second.forEach((binding, before) -> {
            if (!after.containsKey(binding)) {
                binding.assign(merge(before, binding.value()));
            }
        });
        return merge(then, otherwise);
    }

    /// What a block that is not looked at may have assigned is unknown.
    private void forgetAssigned(Block block, Scope scope) {
        new SyntaxWalk() {
            @Override
            public void statement(Statement statement) {
                if (statement instanceof Statement.Assign assign) {
                    for (Identifier name : assign.pattern().names()) {
                        Binding binding = scope.find(name.text());
                        if (binding != null && binding.kind == Binding.Kind.VAR) {
                            binding.assign(Value.UNKNOWN);
                        }
                    }
                }
                super.statement(statement);
            }
        }.block(block);
    }

    private static Value merge(Value first, Value second) {
        if (first.equals(second)) {
            return first;
        }
        return first instanceof Value.TensorValue a
                && second instanceof Value.TensorValue b
                && a.type().equals(b.type())
                        ? a
                        : Value.UNKNOWN;
    }

    /// Binds the names of a pattern.
    ///
    /// @param source what the value was made from, for diagnostics
    void bind(Pattern pattern, Value value, @Nullable Expression source, Binding.Kind kind, Scope scope) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> {
                name(value, name.text(), name.span(), scope.frame(), "");
                Value bound = scope.isPoint(name.text()) ? elaboration.differentiation.point(value) : value;
                scope.bind(new Binding(name.text(), kind, name.span(), source, null, bound));
                elaboration.types.value(name.span(), bound);
            }
            case Pattern.Tuple(List<Pattern> patterns, Span _) -> {
                List<Value> elements = parts(pattern, value, scope);
                if (elements == null) {
                    forget(pattern, kind, scope);
                    return;
                }
                for (int i = 0; i < patterns.size(); i++) {
                    bind(patterns.get(i), elements.get(i), source, kind, scope);
                }
            }
        }
    }

    /// The parts of a value that a tuple of patterns takes apart; null where nothing is known about it.
    private @Nullable List<Value> parts(Pattern pattern, Value value, Scope scope) {
        List<Value> elements = switch (value) {
            case Value.TupleValue tuple -> tuple.elements();
            case Value.ListValue list -> list.elements();
            case Value.UnknownValue _ -> null;
            case Value other ->
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.PATTERN_MISMATCH,
                                pattern.span(),
                                "this pattern takes a tuple or list apart, and the value is "
                                        + Describe.what(other))
                                .help("bind it to one name"));
        };
        int names = pattern instanceof Pattern.Tuple(List<Pattern> patterns, Span _) ? patterns.size() : 1;
        if (elements != null && elements.size() != names) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.PATTERN_MISMATCH,
                            pattern.span(),
                            "this pattern has " + Calls.count(names, "name") + ", and the value has "
                                    + Calls.count(elements.size(), "part"))
                            .help(parts(value) + "a part that is not needed is bound to `_`"));
        }
        return elements;
    }

    private static String parts(Value value) {
        String names = Describe.parts(value);
        return names.isEmpty() ? "" : "its parts are " + names + "; ";
    }

    /// Binds the names of a pattern to nothing known.
    void forget(Pattern pattern, Binding.Kind kind, Scope scope) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) ->
                scope.bind(Binding.of(name.text(), kind, name.span(), Value.UNKNOWN));
            case Pattern.Tuple(List<Pattern> patterns, Span _) ->
                patterns.forEach(element -> forget(element, kind, scope));
        }
    }

    /// Layers without a name are named after the binding; those of a list get its index.
    private void name(Value value, String name, Span place, Frame frame, String suffix) {
        switch (value) {
            case Value.LayerValue(LayerInstance layer) -> layer.nameAfter(name, place, suffix, frame);
            case Value.OptimizerValue(OptimizerInstance optimizer) -> optimizer.nameAfter(name + suffix);
            case Value.ListValue(List<Value> elements) -> {
                for (int i = 0; i < elements.size(); i++) {
                    if (!(elements.get(i) instanceof Value.LayerValue || elements.get(i) instanceof Value.ListValue)) {
                        return;
                    }
                    name(elements.get(i), name, place, frame, suffix + "." + i);
                }
            }
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                {}
        }
    }
}
