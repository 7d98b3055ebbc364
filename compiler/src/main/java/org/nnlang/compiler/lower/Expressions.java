package org.nnlang.compiler.lower;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Argument;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.StringPart;
import org.nnlang.compiler.type.Symbol;

/// The values of expressions.
final class Expressions {
    /// How many elements a list has at most, and how many characters a text.
    static final int LONGEST_LIST = 1_000_000;

    static String tooLong(long elements) {
        return "a list has at most " + LONGEST_LIST + " elements, and this one " + elements;
    }

    private final Elaboration elaboration;

    Expressions(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    Value evaluate(Expression expression, Scope scope) {
        Value value = value(expression, scope);
        elaboration.types.value(expression.span(), value);
        return value;
    }

    private Value value(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.IntLiteral(long value, Span _) -> Value.IntValue.of(value);
            case Expression.FloatLiteral(double value, Span _) -> new Value.FloatValue(value);
            case Expression.BoolLiteral(boolean value, Span _) -> new Value.BoolValue(value);
            case Expression.StringTemplate template -> new Value.StringValue(text(template, scope));
            case Expression.Name(String text, Span span) -> name(text, span, scope);
            case Expression.Tuple tuple -> tuple(tuple, scope);
            case Expression.ListLiteral list ->
                new Value.ListValue(
                        list.elements().stream().map(element -> evaluate(element, scope)).toList());
            case Expression.Lambda lambda ->
                new Value.FunctionValue(new Callable.Lambda(lambda, scope, null));
            case Expression.If branch -> branch(branch, scope, true);
            case Expression.Scan scan -> at(scan.span(), () -> elaboration.scans.scan(scan, scope));
            case Expression.Invalid _ -> Value.UNKNOWN;
            case Expression.Select select ->
                elaboration.members.select(evaluate(select.target(), scope), select, scope);
            case Expression.Call call -> {
                Value callee = evaluate(call.callee(), scope);
                yield at(call.span(), () -> elaboration.calls.call(callee, arguments(call.arguments(), scope),
                        call.callee(), call.span(), scope));
            }
            case Expression.Slice slice -> {
                Value target = evaluate(slice.target(), scope);
                yield at(slice.span(), () -> elaboration.slices.slice(target, slice, scope));
            }
            case Expression.Unary unary -> {
                Value operand = evaluate(unary.operand(), scope);
                yield at(unary.span(), () -> elaboration.operators.unary(
                        unary.operator(), operand, unary.operand(), unary.operatorSpan(), scope));
            }
            case Expression.Binary binary -> binary(binary, scope);
            case Expression.Range range -> range(range, scope);
            case Expression.Pipe pipe -> pipe(pipe, scope);
        };
    }

    /// Nodes made meanwhile come from `span`.
    private Value at(Span span, java.util.function.Supplier<Value> work) {
        try (var _ = elaboration.graph.origin(span)) {
            return work.get();
        }
    }

    /// Chains such as `a + b + c` lean to the left, and are walked in a loop.
    private Value binary(Expression.Binary binary, Scope scope) {
        var chain = new ArrayList<Expression.Binary>();
        Expression first = binary;
        while (first instanceof Expression.Binary inner) {
            chain.add(inner);
            first = inner.left();
        }
        Value value = evaluate(first, scope);
        for (Expression.Binary each : chain.reversed()) {
            Value left = value;
            if (shortCut(each, left)) {
                continue;
            }
            Value right = evaluate(each.right(), scope);
            var site = new Operators.Site(
                    each.operator().symbol(), each.operatorSpan(), each.left(), each.right(), scope);
            value = at(each.span(), () -> elaboration.operators.binary(each.operator(), left, right, site));
            elaboration.types.value(each.span(), value);
        }
        return value;
    }

    /// `false && …` and `true || …` leave the right side alone, as Kotlin does.
    private static boolean shortCut(Expression.Binary binary, Value left) {
        return left instanceof Value.BoolValue(boolean truth)
                && switch (binary.operator()) {
                    case AND -> !truth;
                    case OR -> truth;
                    case POWER, MULTIPLY, DIVIDE, REMAINDER, MATMUL, ADD, SUBTRACT, LESS, LESS_EQUAL, GREATER,
                            GREATER_EQUAL, EQUAL, NOT_EQUAL ->
                        false;
                };
    }

    String text(Expression.StringTemplate template, Scope scope) {
        var text = new StringBuilder();
        for (StringPart part : template.parts()) {
            switch (part) {
                case StringPart.Text(String value, Span _) -> text.append(value);
                case StringPart.Hole(Expression value, Span _) -> text.append(Describe.text(evaluate(value, scope)));
            }
            if (text.length() > LONGEST_LIST) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.TOO_LONG,
                                template.span(),
                                "a text has at most " + LONGEST_LIST + " characters, and this one more"));
            }
        }
        return text.toString();
    }

    private Value tuple(Expression.Tuple tuple, Scope scope) {
        var names = new ArrayList<@Nullable String>();
        var values = new ArrayList<Value>();
        for (Expression element : tuple.elements()) {
            names.add(element instanceof Expression.Name name ? name.text() : null);
            values.add(evaluate(element, scope));
        }
        return new Value.TupleValue(names, values);
    }

    private Value name(String name, Span span, Scope scope) {
        Binding binding = scope.find(name);
        if (binding != null) {
            return binding.kind == Binding.Kind.VARIABLE && binding.variable != null
                    ? elaboration.variables.read(binding.variable, binding.value())
                    : binding.value();
        }
        switch (scope.module().find(name)) {
            case Symbol.Declared(Declaration.Described declaration, var module) -> {
                return switch (declaration) {
                    case Declaration.Function function ->
                        new Value.FunctionValue(new Callable.Function(function, module, null));
                    case Declaration.Layer layer -> new Value.FunctionValue(new Callable.Layer(layer, module));
                    case Declaration.Optimizer optimizer ->
                        new Value.FunctionValue(new Callable.Optimizer(optimizer, module));
                    case Declaration.Constant constant -> elaboration.constants.value(constant, module, span, scope);
                    case Declaration.Train train ->
                        throw elaboration.fail(
                                scope,
                                Diagnostic.of(
                                        Code.WRONG_TYPE,
                                        span,
                                        "`" + name + "` is a `train`, which is run and has no value")
                                        .also(train.name().span(), "declared here"));
                    case Declaration.Test _ -> Value.UNKNOWN;
                };
            }
            case Symbol.Aliased(var module) -> {
                return new Value.ModuleValue(module);
            }
            case null -> {}
        }
        switch (name) {
            case "pi" -> {
                return new Value.FloatValue(Math.PI);
            }
            case "inf" -> {
                return new Value.FloatValue(Double.POSITIVE_INFINITY);
            }
            case "nan" -> {
                return new Value.FloatValue(Double.NaN);
            }
            case "training" -> {
                return new Value.BoolValue(elaboration.training);
            }
            default -> {}
        }
        Builtin builtin = elaboration.context.own().find(name);
        if (builtin != null) {
            return new Value.FunctionValue(new Callable.BuiltIn(builtin));
        }
        // Names of one's own modules were checked before; what is left are words with a meaning elsewhere.
        if (scope.module().isStandard() || !elaboration.diagnostics.hasErrors()) {
            elaboration.report(
                    scope,
                    Diagnostic.of(Code.UNKNOWN_NAME, span, "nothing here is called `" + name + "`")
                            .help(
                                    List.of("validate", "train", "test").contains(name)
                                            ? "`" + name + ".…` names a metric in `early_stop` and `checkpoint`"
                                            : "it means something elsewhere, and has no value here"));
        }
        return Value.UNKNOWN;
    }

    List<Given> arguments(List<Argument> arguments, Scope scope) {
        var all = new ArrayList<Given>();
        for (Argument argument : arguments) {
            all.add(new Given(
                    argument.name() == null ? null : argument.name().text(),
                    evaluate(argument.value(), scope),
                    argument.value().span(),
                    argument.value(),
                    argument.name() == null ? null : argument.name().span(),
                    argument.value() instanceof Expression.Name name ? scope.find(name.text()) : null,
                    argument.value() instanceof Expression.Name name ? scope.frameOf(name.text()) : 0));
        }
        return all;
    }

    private Value range(Expression.Range range, Scope scope) {
        Value from = evaluate(range.from(), scope);
        Value to = evaluate(range.to(), scope);
        long first = elaboration.conversions.integer(from, "the start of a range", range.from().span(), scope);
        long end = elaboration.conversions.integer(to, "the end of a range", range.to().span(), scope);
        // The ends may be as far apart as 64 bits let them.
        BigInteger count = BigInteger.valueOf(end).subtract(BigInteger.valueOf(first))
                .add(range.inclusive() ? BigInteger.ONE : BigInteger.ZERO)
                .max(BigInteger.ZERO);
        if (count.compareTo(BigInteger.valueOf(LONGEST_LIST)) > 0) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.TOO_LONG,
                            range.span(),
                            "a range has at most " + LONGEST_LIST + " elements, and this one " + count));
        }
        var elements = new ArrayList<Value>();
        for (int i = 0; i < count.intValue(); i++) {
            elements.add(Value.IntValue.of(first + i));
        }
        return new Value.ListValue(elements);
    }

    /// The value of an `if`; of both branches where nobody knows the condition.
    Value branch(Expression.If branch, Scope scope, boolean wanted) {
        Value condition = evaluate(branch.condition(), scope);
        Boolean truth = elaboration.conversions.truth(
                condition, "the condition of an `if`", branch.condition().span(), scope);
        if (truth == null) {
            return elaboration.statements.either(branch, scope, wanted);
        }
        Block chosen = truth ? branch.then() : branch.otherwise();
        if (chosen == null) {
            if (wanted) {
                throw elaboration.fail(
                        scope,
                        Diagnostic
                                .of(Code.NO_VALUE, branch.span(), "this `if` has no value when its condition is false")
                                .help("give it an `else`"));
            }
            return Value.UNIT;
        }
        return elaboration.statements.block(chosen, scope.inner(), wanted);
    }

    private Value pipe(Expression.Pipe pipe, Scope scope) {
        var chain = new ArrayList<Expression.Pipe>();
        Expression first = pipe;
        while (first instanceof Expression.Pipe inner) {
            chain.add(inner);
            first = inner.input();
        }
        Value value = evaluate(first, scope);
        for (Expression.Pipe each : chain.reversed()) {
            Value input = value;
            value = at(each.target().span(), () -> piped(input, each, scope));
            elaboration.types.stage(each.target().span(), value);
            elaboration.types.value(each.span(), value);
        }
        return value;
    }

    /// `x |> f(a)` is `f(x, a)`; with two lists `x |> L(h)` is `L(h)(x)`.
    private Value piped(Value input, Expression.Pipe pipe, Scope scope) {
        var piped = new Given(
                null,
                input,
                pipe.input() instanceof Expression.Pipe earlier
                        ? earlier.target().span()
                        : pipe.input().span(),
                pipe.input(),
                null,
                pipe.input() instanceof Expression.Name name ? scope.find(name.text()) : null,
                pipe.input() instanceof Expression.Name name ? scope.frameOf(name.text()) : 0);
        Expression target = pipe.target();
        if (target instanceof Expression.Call call) {
            Value callee = evaluate(call.callee(), scope);
            List<Given> arguments = arguments(call.arguments(), scope);
            if (Calls.waitsForHyperparameters(callee)) {
                Value configured = elaboration.calls.call(callee, arguments, call.callee(), call.span(), scope);
                return elaboration.calls.call(configured, List.of(piped), call, pipe.span(), scope);
            }
            var all = new ArrayList<Given>();
            all.add(piped);
            all.addAll(arguments);
            return elaboration.calls.call(callee, all, call.callee(), call.span(), scope);
        }
        Value callee = evaluate(target, scope);
        if (Calls.waitsForHyperparameters(callee)) {
            callee = elaboration.calls.call(callee, List.of(), target, target.span(), scope);
        }
        return elaboration.calls.call(callee, List.of(piped), target, target.span(), scope);
    }
}
