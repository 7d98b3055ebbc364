package org.nnlang.compiler.type;

import static org.nnlang.compiler.type.LexicalScope.Kind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Argument;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Import;
import org.nnlang.compiler.syntax.Index;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.StringPart;
import org.nnlang.runtime.data.DataReader;

/// Checks that every name in a module is known, that names are declared once in a block, and that `=` and `:=` change
/// what can be changed. It looks at all of a body, the branches that no
/// call takes included, and computes nothing.
public final class NameCheck {
    private final Resolutions resolutions;
    private final Diagnostics diagnostics;
    private final OuterNames outer;
    private final Assignments assignments;
    private final TypeNames types;

    /// What kind of body a statement stands in.
    enum Place {
        FUNCTION(Set.of()),
        LAYER(Set.of()),
        OPTIMIZER(Set.of("step")),
        TRAIN(Set.of("early_stop", "checkpoint", "validate", "train", "test", "batch", "seed")),
        STEP(loop("step")),
        /// A `validate`, or the `test` of a `train`.
        JUDGING(loop()),
        TEST(Set.of()),
        CONSTANT(Set.of());

        private final Set<String> names;

        Place(Set<String> names) {
            this.names = names;
        }

        /// What a loop over data knows: also the dimensions that differ from batch to batch, whatever data it is.
        private static Set<String> loop(String... more) {
            var names = new HashSet<>(DataReader.FREE_DIMENSIONS);
            names.addAll(List.of("epoch", "batch", "seed"));
            names.addAll(List.of(more));
            return Set.copyOf(names);
        }

        /// What can be named there besides what is declared.
        Set<String> names() {
            return names;
        }
    }

    private NameCheck(
            ModuleScope module, Set<String> builtins, Resolutions resolutions, Diagnostics diagnostics) {
        this(module, builtins, resolutions, diagnostics, name -> "declare it with `val " + name + " = …`");
    }

    private NameCheck(
            ModuleScope module,
            Set<String> builtins,
            Resolutions resolutions,
            Diagnostics diagnostics,
            UnaryOperator<String> way) {
        this.resolutions = resolutions;
        this.diagnostics = diagnostics;
        this.outer = new OuterNames(module, builtins, diagnostics, way);
        this.assignments = new Assignments(outer, diagnostics);
        this.types = new TypeNames(this, outer, diagnostics);
    }

    /// Checks all declarations of a module.
    public static void check(ModuleScope module, Set<String> builtins, Diagnostics diagnostics) {
        check(module, builtins, Resolutions.IGNORED, diagnostics);
    }

    /// Checks all declarations of a module, and writes down what their names refer to.
    public static void check(
            ModuleScope module, Set<String> builtins, Resolutions resolutions, Diagnostics diagnostics) {
        module.imported().forEach((statement, target) -> resolutions.imported(statement.target().span(), target));
        for (Import each : module.syntax().imports()) {
            if (each.alias() != null) {
                resolutions.alias(each.alias());
            }
        }
        var check = new NameCheck(module, builtins, resolutions, diagnostics);
        for (Declaration declaration : module.syntax().declarations()) {
            if (declaration instanceof Declaration.Described described) {
                check.declaration(described);
            }
        }
    }

    /// Checks declarations that join a module which was checked before.
    public static void check(
            List<? extends Declaration> declarations,
            ModuleScope module,
            Set<String> builtins,
            Diagnostics diagnostics) {
        var check = new NameCheck(module, builtins, Resolutions.IGNORED, diagnostics);
        for (Declaration declaration : declarations) {
            if (declaration instanceof Declaration.Described described) {
                check.declaration(described);
            }
        }
    }

    /// Checks statements that are carried out with the names of a module.
    ///
    /// @param assignable the names of `var`s of earlier entries
    public static void check(
            Block statements,
            Set<String> assignable,
            ModuleScope module,
            Set<String> builtins,
            Diagnostics diagnostics) {
        var scope = new LexicalScope(null, Resolutions.IGNORED);
        assignable.forEach(name -> scope.declare(name, Kind.VAR, null));
        new NameCheck(module, builtins, Resolutions.IGNORED, diagnostics).block(statements, scope, Place.TEST);
    }

    /// Checks an expression that stands outside of its module: what a hyper-parameter is set to.
    ///
    /// @param known names that it may use besides the module's
    /// @param way what to do about a name that resembles none: nothing can be declared there
    /// @return whether every name in it is known
    public static boolean check(
            Expression expression,
            Set<String> known,
            ModuleScope module,
            Set<String> builtins,
            UnaryOperator<String> way,
            Diagnostics diagnostics) {
        var found = new Diagnostics();
        var scope = new LexicalScope(null, Resolutions.IGNORED);
        known.forEach(name -> scope.declare(name, Kind.PARAMETER, null));
        new NameCheck(module, builtins, Resolutions.IGNORED, found, way).expression(expression, scope, Place.CONSTANT);
        diagnostics.addAll(found);
        return found.isEmpty();
    }

    private void declaration(Declaration.Described declaration) {
        outer.declarationBegins();
        resolutions.declaration(declaration);
        for (var annotation : declaration.header().annotations()) {
            if (!annotation.name().text().equals("kernel")) {
                diagnostics.add(Diagnostic.of(
                        Code.UNKNOWN_NAME,
                        annotation.name().span(),
                        "there is no annotation `@" + annotation.name() + "`")
                        .help("the one annotation is `@kernel(\"name\")`, before a `fun`"));
            }
        }
        var scope = new LexicalScope(declaration.span(), resolutions);
        switch (declaration) {
            case Declaration.Function function -> function(function, scope);
            case Declaration.Layer layer -> {
                parameters(layer.hyperparameters(), scope, Place.LAYER);
                inputs(layer.inputs(), scope, Place.LAYER);
                if (layer.result() != null) {
                    types.check(layer.result(), scope, Place.LAYER);
                }
                block(layer.body(), scope, Place.LAYER);
            }
            case Declaration.Optimizer optimizer -> {
                parameters(optimizer.hyperparameters(), scope, Place.OPTIMIZER);
                for (Parameter input : optimizer.inputs()) {
                    boolean first = input == optimizer.inputs().getFirst();
                    declare(scope, input.name(), first ? Kind.UPDATED : Kind.PARAMETER);
                }
                block(optimizer.body(), scope, Place.OPTIMIZER);
            }
            case Declaration.Train train -> {
                parameters(train.hyperparameters(), scope, Place.TRAIN);
                block(train.body(), scope, Place.TRAIN);
            }
            case Declaration.Test test -> block(test.body(), scope, Place.TEST);
            case Declaration.Constant constant -> {
                if (constant.type() != null) {
                    types.check(constant.type(), scope, Place.CONSTANT);
                }
                expression(constant.value(), scope, Place.CONSTANT);
            }
        }
    }

    private void function(Declaration.Function function, LexicalScope scope) {
        if (function.hyperparameters() != null) {
            parameters(function.hyperparameters(), scope, Place.FUNCTION);
        }
        inputs(function.inputs(), scope, Place.FUNCTION);
        if (function.result() != null) {
            types.check(function.result(), scope, Place.FUNCTION);
        }
        block(function.body(), scope, Place.FUNCTION);
    }

    private void parameters(List<Parameter> parameters, LexicalScope scope, Place place) {
        inputs(parameters, scope, place);
    }

    /// Dimensions that the inputs bind are known to all of them, whatever their order.
    private void inputs(List<Parameter> parameters, LexicalScope scope, Place place) {
        for (Parameter parameter : parameters) {
            if (parameter.type() != null) {
                types.bindAlone(parameter.type(), scope);
            }
        }
        for (Parameter parameter : parameters) {
            if (parameter.type() != null) {
                types.bindLinear(parameter.type(), scope);
            }
        }
        for (Parameter parameter : parameters) {
            if (parameter.type() != null) {
                types.check(parameter.type(), scope, place);
            }
            if (parameter.fallback() != null) {
                expression(parameter.fallback(), scope, place);
            }
            declareParameter(scope, parameter.name());
        }
    }

    /// A parameter takes its name from a dimension of the same name in silence; two parameters may not share one.
    private void declareParameter(LexicalScope scope, Identifier name) {
        LexicalScope.Entry earlier = scope.declare(name.text(), Kind.PARAMETER, name.span());
        if (earlier != null) {
            duplicate(name, earlier);
        }
    }

    private void block(Block block, LexicalScope around, Place place) {
        var scope = new LexicalScope(around, block.span());
        for (Statement statement : block.statements()) {
            if (statement instanceof Statement.Invalid invalid) {
                invalid.mentioned().forEach(name -> scope.declare(name, Kind.UNREADABLE, null));
            }
        }
        for (Statement statement : block.statements()) {
            statement(statement, scope, place);
        }
    }

    private void statement(Statement statement, LexicalScope scope, Place place) {
        switch (statement) {
            case Statement.Val val -> {
                expression(val.value(), scope, place);
                if (val.type() != null) {
                    types.bindAlone(val.type(), scope);
                    types.bindLinear(val.type(), scope);
                    types.check(val.type(), scope, place);
                }
                pattern(val.pattern(), scope, Kind.VAL);
            }
            case Statement.Var variable -> {
                expression(variable.value(), scope, place);
                if (variable.type() != null) {
                    types.check(variable.type(), scope, place);
                }
                pattern(variable.pattern(), scope, Kind.VAR);
            }
            case Statement.Param param -> {
                types.check(param.type(), scope, place);
                if (param.initializer() != null) {
                    expression(param.initializer(), scope, place);
                }
                declare(scope, param.name(), Kind.PARAM);
            }
            case Statement.State state -> {
                types.check(state.type(), scope, place);
                expression(state.value(), scope, place);
                declare(scope, state.name(), Kind.STATE);
            }
            case Statement.Slot slot -> {
                if (slot.type() != null) {
                    types.check(slot.type(), scope, place);
                }
                expression(slot.value(), scope, place);
                declare(scope, slot.name(), Kind.SLOT);
            }
            case Statement.Assign assign -> {
                expression(assign.value(), scope, place);
                List<Identifier> names = assign.pattern() instanceof Pattern.Bind(Identifier name)
                        ? List.of(name)
                        : assign.pattern().names();
                names.forEach(name -> assignments.assigned(name, scope, place));
            }
            case Statement.Update update -> {
                expression(update.value(), scope, place);
                assignments.updated(update.name(), scope, place);
            }
            case Statement.For loop -> {
                expression(loop.range(), scope, place);
                var inner = new LexicalScope(scope, loop.body().span());
                pattern(loop.pattern(), inner, Kind.LOOP);
                block(loop.body(), inner, place);
            }
            case Statement.Require require -> {
                expression(require.condition(), scope, place);
                expression(require.message(), scope, place);
            }
            case Statement.Assert assertion -> {
                expression(assertion.condition(), scope, place);
                if (assertion.message() != null) {
                    expression(assertion.message(), scope, place);
                }
            }
            case Statement.Yield yield -> expression(yield.value(), scope, place);
            case Statement.Minimize minimize -> {
                expression(minimize.loss(), scope, place);
                minimize.over().forEach(over -> expression(over, scope, place));
                expression(minimize.optimizer(), scope, place);
                if (minimize.clip() != null) {
                    expression(minimize.clip(), scope, place);
                }
                if (minimize.every() != null) {
                    expression(minimize.every(), scope, place);
                }
            }
            case Statement.Report report -> expression(report.value(), scope, place);
            case Statement.Loop loop -> loop(loop, scope, place);
            case Statement.Training training -> block(training.body(), scope, place);
            case Statement.LocalFunction local -> {
                declare(scope, local.function().name(), Kind.FUNCTION);
                function(local.function(), new LexicalScope(scope, local.span()));
            }
            case Statement.ExpressionStatement expression -> expression(expression.value(), scope, place);
            case Statement.Invalid _ -> {}
        }
    }

    private void loop(Statement.Loop loop, LexicalScope scope, Place around) {
        if (loop.source() != null) {
            expression(loop.source(), scope, around);
        }
        var inner = new LexicalScope(scope, loop.body().span());
        if (loop.pattern() != null) {
            pattern(loop.pattern(), inner, Kind.VAL);
        }
        boolean isStep = loop.kind() == Statement.Loop.Kind.STEP;
        block(loop.body(), inner, isStep ? Place.STEP : Place.JUDGING);
        if (isStep) {
            loop.body().statements().forEach(statement -> {
                switch (statement) {
                    case Statement.Val val -> outer.ended(val.pattern());
                    case Statement.Var variable -> outer.ended(variable.pattern());
                    default -> {}
                }
            });
        }
    }

    private void declare(LexicalScope scope, Identifier name, Kind kind) {
        LexicalScope.Entry earlier = scope.declare(name.text(), kind, name.span());
        if (earlier != null) {
            duplicate(name, earlier);
        }
    }

    private void duplicate(Identifier name, LexicalScope.Entry earlier) {
        diagnostics.add(Assignments.declared(
                Diagnostic.of(
                        Code.DUPLICATE_NAME,
                        name.span(),
                        "`" + name + "` is declared already, as " + earlier.kind().words())
                        .help(earlier.kind() == Kind.VAR ? assignInstead(name) : Help.of("choose another name")),
                name.text(),
                earlier));
    }

    private static Help assignInstead(Identifier name) {
        Span keyword = Assignments.before(name.span(), "var");
        return new Help("to change it, write `" + name + " = …` without `var`",
                keyword != null && Assignments.behind(name.span(), "=") != null
                        ? List.of(Fix.leaveOut(keyword))
                        : List.of());
    }

    private void pattern(Pattern pattern, LexicalScope scope, Kind kind) {
        switch (pattern) {
            case Pattern.Bind(Identifier name) -> {
                if (!name.text().equals("_")) {
                    declare(scope, name, kind);
                }
            }
            case Pattern.Tuple tuple -> tuple.elements().forEach(element -> pattern(element, scope, kind));
        }
    }

    void expression(Expression expression, LexicalScope scope, Place place) {
        switch (expression) {
            case Expression.Name(String text, Span span) -> outer.use(text, span, scope, place);
            case Expression.StringTemplate template -> {
                for (StringPart part : template.parts()) {
                    if (part instanceof StringPart.Hole(Expression value, Span _)) {
                        expression(value, scope, place);
                    }
                }
            }
            case Expression.Tuple tuple -> tuple.elements().forEach(element -> expression(element, scope, place));
            case Expression.ListLiteral list -> list.elements().forEach(element -> expression(element, scope, place));
            case Expression.Lambda lambda -> {
                var inner = new LexicalScope(scope, lambda.span());
                lambda.parameters().forEach(parameter -> pattern(parameter, inner, Kind.PARAMETER));
                block(lambda.body(), inner, place);
            }
            case Expression.If branch -> {
                expression(branch.condition(), scope, place);
                block(branch.then(), scope, place);
                if (branch.otherwise() != null) {
                    block(branch.otherwise(), scope, place);
                }
            }
            case Expression.Scan scan -> {
                if (scan.order() != null && !scan.order().text().equals("reversed")) {
                    diagnostics.add(Diagnostic.of(
                            Code.UNEXPECTED, scan.order().span(), "`" + scan.order() + "` says nothing about a `scan`")
                            .help("behind the dimension stands `reversed`, to go from the last slice to the first, or the"
                                    + " block"));
                }
                expression(scan.source(), scope, place);
                dimension(scan.dimension(), scope, place);
                var inner = new LexicalScope(scope, scan.body().span());
                pattern(scan.pattern(), inner, Kind.LOOP);
                block(scan.body(), inner, place);
            }
            case Expression.Select select -> {
                expression(select.target(), scope, place);
                outer.member(select, scope);
            }
            case Expression.Call call -> {
                expression(call.callee(), scope, place);
                for (Argument argument : call.arguments()) {
                    if (argument.name() != null && argument.name().text().equals("along")) {
                        dimension(argument.value(), scope, place);
                    } else if (!isMetric(call, argument, place)) {
                        expression(argument.value(), scope, place);
                    }
                }
            }
            case Expression.Slice slice -> {
                expression(slice.target(), scope, place);
                for (Index index : slice.indices()) {
                    index(index, scope, place);
                }
            }
            case Expression.Unary unary -> expression(unary.operand(), scope, place);
            case Expression.Binary binary -> {
                // A long chain leans to the left: its spine is walked in a loop.
                Expression left = binary;
                while (left instanceof Expression.Binary inner) {
                    expression(inner.right(), scope, place);
                    left = inner.left();
                }
                expression(left, scope, place);
            }
            case Expression.Range range -> {
                expression(range.from(), scope, place);
                expression(range.to(), scope, place);
            }
            case Expression.Pipe pipe -> {
                expression(pipe.input(), scope, place);
                expression(pipe.target(), scope, place);
            }
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.Invalid _ -> {}
        }
    }

    /// What stands behind `along`.
    private void dimension(Expression expression, LexicalScope scope, Place place) {
        if (expression instanceof Expression.Name(String text, Span span)) {
            outer.useDimension(text, span, scope, place);
        } else {
            expression(expression, scope, place);
        }
    }

    /// Whether an argument names a metric, which is looked up among reports.
    private static boolean isMetric(Expression.Call call, Argument argument, Place place) {
        return place == Place.TRAIN
                && call.callee() instanceof Expression.Name(String callee, Span _)
                && (callee.equals("early_stop") || callee.equals("checkpoint"))
                && argument.name() != null
                && (argument.name().text().equals("highest") || argument.name().text().equals("lowest"));
    }

    private void index(Index index, LexicalScope scope, Place place) {
        switch (index) {
            case Index.At(Expression position) -> expression(position, scope, place);
            case Index.Between between -> {
                for (Expression part : new Expression[] {between.from(), between.to(), between.stride()}) {
                    if (part != null) {
                        expression(part, scope, place);
                    }
                }
            }
            case Index.Ellipsis _ -> {}
        }
    }
}
