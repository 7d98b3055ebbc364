package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser.AssertContext;
import org.nnlang.grammar.NnParser.BlockContext;
import org.nnlang.grammar.NnParser.BodyContext;
import org.nnlang.grammar.NnParser.ForContext;
import org.nnlang.grammar.NnParser.ForHeadContext;
import org.nnlang.grammar.NnParser.HeadContext;
import org.nnlang.grammar.NnParser.LocalFunctionContext;
import org.nnlang.grammar.NnParser.LoopContext;
import org.nnlang.grammar.NnParser.MinimizeContext;
import org.nnlang.grammar.NnParser.NameContext;
import org.nnlang.grammar.NnParser.ParamContext;
import org.nnlang.grammar.NnParser.PatternContext;
import org.nnlang.grammar.NnParser.ReportContext;
import org.nnlang.grammar.NnParser.RequireContext;
import org.nnlang.grammar.NnParser.SimpleContext;
import org.nnlang.grammar.NnParser.SlotContext;
import org.nnlang.grammar.NnParser.StateContext;
import org.nnlang.grammar.NnParser.StatementContext;
import org.nnlang.grammar.NnParser.TrainingContext;
import org.nnlang.grammar.NnParser.TypeContext;
import org.nnlang.grammar.NnParser.ValContext;
import org.nnlang.grammar.NnParser.VarContext;
import org.nnlang.grammar.NnParser.YieldContext;

/// Makes statements and blocks from the parse tree. A broken statement still declares its name, so that its uses are
/// not called unknown.
final class StatementBuilder {
    private final TreeBuilder tree;
    private final ExpressionBuilder expressions;

    StatementBuilder(TreeBuilder tree, ExpressionBuilder expressions) {
        this.tree = tree;
        this.expressions = expressions;
    }

    Block block(BlockContext block) {
        return body(block.body(), block.getStart().getTokenIndex(), tree.span(block));
    }

    /// The statements between the token at `open` and its partner.
    Block body(BodyContext body, int open, Span span) {
        TokenSequence tokens = tree.tokens();
        List<Statement> statements = new ArrayList<>();
        int next = Math.max(open + 1, body.getStart().getTokenIndex());
        for (StatementContext context : body.statement()) {
            int start = context.getStart().getTokenIndex();
            skipped(next, start, statements);
            Statement statement = statement(context);
            if (tokens.type(tree.end(context)) == NnLexer.NL || Tokens.isCloser(tokens.type(tree.end(context)))) {
                checkLineStart(statement, context, statements, context == body.statement().getLast());
            }
            int end = tree.end(context);
            statements.add(tree.goesOnWrong(end) ? withoutValue(statement) : statement);
            next = Math.max(next, context.exception != null ? tokens.endOfStatement(start) : tree.end(context));
        }
        skipped(next, tokens.partner(open), statements);
        return new Block(statements, span);
    }

    /// The same statement where its value is only the part of an expression that could be read.
    private static Statement withoutValue(Statement statement) {
        Expression none = new Expression.Invalid(statement.span());
        return switch (statement) {
            case Statement.Val(var pattern, var type, _, var span) -> new Statement.Val(pattern, type, none, span);
            case Statement.Var(var pattern, var type, _, var span) -> new Statement.Var(pattern, type, none, span);
            case Statement.Param(var name, var type, _, var span) -> new Statement.Param(name, type, none, span);
            case Statement.State(var name, var type, _, var span) -> new Statement.State(name, type, none, span);
            case Statement.Slot(var name, var type, _, var span) -> new Statement.Slot(name, type, none, span);
            case Statement.Assign(var pattern, _, var span) -> new Statement.Assign(pattern, none, span);
            case Statement.Update(var name, _, var span) -> new Statement.Update(name, none, span);
            case Statement.Yield(_, var span) -> new Statement.Yield(none, span);
            case Statement.Report(var name, _, var span) -> new Statement.Report(name, none, span);
            case Statement.Assert(_, var message, var span) -> new Statement.Assert(none, message, span);
            case Statement.ExpressionStatement _ -> new Statement.ExpressionStatement(none);
            case Statement.Minimize _, Statement.Require _, Statement.LocalFunction _, Statement.Invalid _ -> statement;
            case Statement.For _, Statement.Loop _, Statement.Training _ -> statement;
        };
    }

    private void skipped(int from, int to, List<Statement> statements) {
        Set<String> names = tree.tokens().names(from, to);
        if (!names.isEmpty()) {
            Span span = tree.span(tree.tokens().get(from)).to(tree.span(tree.tokens().get(to - 1)));
            statements.add(new Statement.Invalid(names, span));
        }
    }

    private Statement statement(StatementContext context) {
        Span span = tree.span(context);
        boolean broken = context.exception != null;
        return switch (context) {
            case ValContext c when isWhole(c.pattern()) ->
                new Statement.Val(pattern(c.pattern()), type(c.type()), value(c.expression(), span), span);
            case VarContext c when isWhole(c.pattern()) ->
                new Statement.Var(pattern(c.pattern()), type(c.type()), value(c.expression(), span), span);
            case ParamContext c when isWhole(c.name()) ->
                new Statement.Param(
                        tree.identifier(c.name()), someType(c.type(), span),
                        c.TILDE() == null ? null : value(c.expression(), span), span);
            case StateContext c when isWhole(c.name()) ->
                new Statement.State(tree.identifier(c.name()), someType(c.type(), span), value(c.expression(), span),
                        span);
            case SlotContext c when isWhole(c.name()) ->
                new Statement.Slot(tree.identifier(c.name()), type(c.type()), value(c.expression(), span), span);
            case StatementContext _ when broken -> invalid(context, span);
            case ForContext c -> loop(c, span);
            case RequireContext c ->
                new Statement.Require(expressions.expression(c.expression(0)), expressions.expression(c.expression(1)),
                        span);
            case AssertContext c ->
                new Statement.Assert(
                        expressions.expression(c.expression(0)),
                        c.COLON() == null ? null : expressions.expression(c.expression(1)), span);
            case YieldContext c -> new Statement.Yield(expressions.expression(c.expression()), span);
            case MinimizeContext c -> minimize(c, span);
            case ReportContext c -> report(c, span);
            case LoopContext c -> {
                Statement.Loop.Kind kind = c.STEP() != null
                        ? Statement.Loop.Kind.STEP
                        : c.VALIDATE() != null ? Statement.Loop.Kind.VALIDATE
                        : Statement.Loop.Kind.TEST;
                Head head = head(c.head());
                yield new Statement.Loop(kind, head.pattern, head.source, block(c.block()), span);
            }
            case TrainingContext c -> new Statement.Training(block(c.block()), span);
            case LocalFunctionContext c ->
                new Statement.LocalFunction(tree.function(Declaration.Header.NONE, c.function(), span));
            case SimpleContext c -> simple(c, span);
            default -> invalid(context, span);
        };
    }

    private static boolean isWhole(@Nullable ParserRuleContext context) {
        return context != null && context.exception == null && context.getChildCount() > 0;
    }

    private Statement invalid(StatementContext context, Span span) {
        int start = context.getStart().getTokenIndex();
        return new Statement.Invalid(tree.tokens().names(start, tree.tokens().endOfStatement(start)), span);
    }

    private @Nullable TypeExpression type(@Nullable TypeContext type) {
        return type == null ? null : someType(type, tree.span(type));
    }

    private TypeExpression someType(@Nullable TypeContext type, Span fallback) {
        return type != null && isWhole(type) ? expressions.type(type) : new TypeExpression.Invalid(fallback);
    }

    private Expression value(org.nnlang.grammar.NnParser.@Nullable ExpressionContext value, Span fallback) {
        return value != null && isWhole(value) ? expressions.expression(value) : new Expression.Invalid(fallback);
    }

    private Statement loop(ForContext context, Span span) {
        ForHeadContext head = context.forHead();
        Block body = block(context.block());
        if (head.exception != null || !tree.isBeforeBody(head)) {
            List<PatternContext> patterns = head.pattern();
            return head.name() != null && isWhole(head.name())
                    ? new Statement.For(new Pattern.Bind(tree.identifier(head.name())),
                            new Expression.Invalid(tree.span(head)), body, span)
                    : !patterns.isEmpty() && isWhole(patterns.getFirst())
                            ? new Statement.For(pattern(patterns.getFirst()), new Expression.Invalid(tree.span(head)),
                                    body, span)
                    : invalid(context, span);
        }
        Pattern pattern;
        if (head.name() != null) {
            pattern = new Pattern.Bind(tree.identifier(head.name()));
        } else if (head.pattern().size() == 1) {
            pattern = pattern(head.pattern(0));
        } else {
            Span whole = tree.span(head.LPAREN()).to(tree.span(head.RPAREN()));
            pattern = new Pattern.Tuple(head.pattern().stream().map(this::pattern).toList(), whole);
        }
        return new Statement.For(pattern, expressions.expression(head.expression()), body, span);
    }

    private Statement minimize(MinimizeContext context, Span span) {
        List<Expression> parts = context.expression().stream().map(expressions::expression).toList();
        int clips = context.CLIP() == null ? 0 : 1;
        int everies = context.EVERY() == null ? 0 : 1;
        int with = parts.size() - 1 - clips - everies;
        return new Statement.Minimize(
                parts.getFirst(),
                parts.subList(1, with),
                parts.get(with),
                clips == 1 ? parts.get(with + 1) : null,
                everies == 1 ? parts.getLast() : null,
                span);
    }

    private Statement report(ReportContext context, Span span) {
        Expression first = expressions.expression(context.expression(0));
        if (context.ASSIGN() == null) {
            return new Statement.Report(null, first, span);
        }
        Expression value = expressions.expression(context.expression(1));
        if (first instanceof Expression.StringTemplate) {
            tree.errors()
                    .addUnlessDoubtful(Diagnostic.of(
                            Code.WRONG_ASSIGNMENT, first.span(),
                            "what a report calls its value is a word, and no string")
                            .help("write it without quotation marks: `report name = …`"));
            return invalid(context, span);
        }
        Span sign = tree.span(context.ASSIGN().getSymbol());
        Identifier name = expressions.asName(first, "what a report calls its value", sign);
        return name == null ? invalid(context, span) : new Statement.Report(name, value, span);
    }

    private record Head(@Nullable Pattern pattern, @Nullable Expression source) {}

    private Head head(@Nullable HeadContext head) {
        if (head == null) {
            return new Head(null, null);
        }
        Pattern pattern = isWhole(head.pattern()) ? pattern(head.pattern()) : null;
        Expression source = tree.isBeforeBody(head)
                ? value(head.expression(), tree.span(head))
                : new Expression.Invalid(tree.span(head));
        return new Head(pattern, source);
    }

    private Statement simple(SimpleContext context, Span span) {
        Expression first = expressions.expression(context.expression(0));
        if (context.expression().size() == 1) {
            return new Statement.ExpressionStatement(first);
        }
        Expression value = expressions.expression(context.expression(1));
        if (first instanceof Expression.Name(String text, Span place)) {
            Identifier name = new Identifier(text, place);
            return context.BECOMES() != null
                    ? new Statement.Update(name, value, span)
                    : new Statement.Assign(new Pattern.Bind(name), value, span);
        }
        if (context.BECOMES() == null && assigned(first) instanceof Pattern.Tuple several) {
            return new Statement.Assign(several, value, span);
        }
        String sign = context.BECOMES() != null ? "`:=`" : "`=`";
        Diagnostic diagnostic = Diagnostic.of(Code.WRONG_ASSIGNMENT, first.span(),
                "only a name can stand before " + sign);
        tree.errors().addUnlessDoubtful(switch (first) {
            case Expression.Slice _ ->
                diagnostic.help("a tensor never changes: make a new one, with `where` or `concat` for example");
            case Expression.Binary _, Expression.Unary _ when context.ASSIGN() != null ->
                diagnostic.help(Help.write("a comparison is", tree.span(context.ASSIGN().getSymbol()), "==", ""));
            case Expression.Binary _, Expression.Unary _ -> diagnostic.help("a comparison is `==`");
            case Expression.Tuple _ when context.BECOMES() == null ->
                diagnostic.help("a tuple before `=` holds names alone, or `_`: `(a, b) = …`");
            case Expression.Tuple _ ->
                diagnostic.help("take the value apart first, as in `val (a, b) = …`, and update each by itself");
            case Expression.Select _ -> diagnostic.help("a layer changes its own state only");
            default -> diagnostic;
        });
        return new Statement.Invalid(Set.of(), span);
    }

    /// An expression that stands before `=` as the pattern it is; null for one that is none.
    private static @Nullable Pattern assigned(Expression expression) {
        return switch (expression) {
            case Expression.Name(String text, Span place) -> new Pattern.Bind(new Identifier(text, place));
            case Expression.Tuple(List<Expression> elements, Span span) -> {
                List<Pattern> patterns = new ArrayList<>();
                for (Expression element : elements) {
                    Pattern pattern = assigned(element);
                    if (pattern == null) {
                        yield null;
                    }
                    patterns.add(pattern);
                }
                yield new Pattern.Tuple(patterns, span);
            }
            default -> null;
        };
    }

    /// A line that was meant to go on the one above but is a statement of its own: its value, or that of the one above,
    /// is lost.
    private void checkLineStart(Statement statement, StatementContext context, List<Statement> before, boolean last) {
        if (before.isEmpty() || !(statement instanceof Statement.ExpressionStatement(Expression value))) {
            return;
        }
        int index = context.getStart().getTokenIndex();
        String what = switch (tree.tokens().type(index)) {
            case NnLexer.MINUS -> "-";
            case NnLexer.LPAREN -> "(";
            case NnLexer.LBRACK -> "[";
            default -> "";
        };
        boolean lost = !last && isPlainValue(value);
        boolean losesPrevious = before.getLast() instanceof Statement.ExpressionStatement(Expression previous)
                && isPlainValue(previous);
        boolean newLine = tree.tokens().type(index - 1) == NnLexer.NL;
        if (!what.isEmpty() && newLine && (lost || losesPrevious)) {
            String help = what.equals("-")
                    ? "if it goes on the line above, end that line with `-`"
                    : "if it goes on the line above, put the `" + what + "` there";
            Fix minusAbove = new Fix("end the line above with `-`", List.of(
                    new Edit(before.getLast().span().after(), " -"),
                    new Edit(Fix.withBlanks(tree.span(context.getStart())), "")));
            tree.errors().addUnlessDoubtful(Diagnostic.of(
                    Code.LINE_STARTS_WITH_OPERATOR, tree.span(context),
                    "this starts a new statement, and a value is lost")
                    .also(before.getLast().span(), "this statement ends at the end of its line")
                    .help(new Help(help, what.equals("-") ? List.of(minusAbove) : List.of())));
        }
    }

    /// Whether an expression certainly has a value and nothing else.
    private static boolean isPlainValue(Expression expression) {
        return switch (expression) {
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _ ->
                true;
            case Expression.Name _, Expression.Tuple _, Expression.ListLiteral _, Expression.Lambda _, Expression.Select _ ->
                true;
            case Expression.Slice _, Expression.Unary _, Expression.Binary _, Expression.Range _ -> true;
            case Expression.If _, Expression.Scan _, Expression.Call _, Expression.Pipe _, Expression.Invalid _ -> false;
        };
    }

    Pattern pattern(PatternContext pattern) {
        NameContext name = pattern.name();
        if (name != null) {
            return new Pattern.Bind(tree.identifier(name));
        }
        return pattern.pattern().size() == 1
                ? pattern(pattern.pattern(0))
                : new Pattern.Tuple(pattern.pattern().stream().map(this::pattern).toList(), tree.span(pattern));
    }
}
