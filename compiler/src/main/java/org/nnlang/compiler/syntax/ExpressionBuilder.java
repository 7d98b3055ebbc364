package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser.*;

/// Makes expressions, types and patterns from the parse tree.
final class ExpressionBuilder {
    /// No expression has more operators in a row: what walks the tree may recurse.
    static final int LONGEST_CHAIN = 1000;

    private final TreeBuilder tree;

    ExpressionBuilder(TreeBuilder tree) {
        this.tree = tree;
    }

    Expression expression(ExpressionContext context) {
        List<DisjunctionContext> parts = context.disjunction();
        Expression result = disjunction(parts.getFirst());
        for (int i = 1; i < parts.size(); i++) {
            DisjunctionContext part = parts.get(i);
            Expression target = disjunction(part);
            Span operator = tree.span(context.PIPE(i - 1));
            checkPipeTarget(part, target, operator);
            result = new Expression.Pipe(result, target, operator,
                    tree.span(context).file().span(tree.span(context).start(), target.span().end()));
        }
        checkChain(context, parts.size());
        return result;
    }

    private void checkPipeTarget(DisjunctionContext part, Expression target, Span operator) {
        PostfixContext postfix = onlyPostfix(part);
        boolean simple = postfix != null
                && (postfix.primary() instanceof VariableContext
                        || postfix.primary() instanceof GroupContext
                        || postfix.primary() instanceof AnonymousContext)
                && postfix.suffix().stream().noneMatch(s -> s instanceof SliceContext);
        if (!simple) {
            tree.errors().addUnlessDoubtful(Diagnostic
                    .of(Code.PIPE_TARGET, target.span(), "`|>` needs a function here: a name, a call or a lambda")
                    .also(operator, "binds loosest, so all of the right side is its target")
                    .help("put parentheses around the pipe, `(x |> f) + 1`, or around its target"));
        }
    }

    /// The operand that a part of an expression consists of, if there is no operator in it.
    private static @Nullable PostfixContext onlyPostfix(ParserRuleContext context) {
        ParserRuleContext inner = context;
        while (!(inner instanceof PostfixContext)) {
            if (inner.getChildCount() != 1 || !(inner.getChild(0) instanceof ParserRuleContext child)) {
                return null;
            }
            inner = child;
        }
        return (PostfixContext) inner;
    }

    private Expression disjunction(DisjunctionContext context) {
        return chain(context, context.conjunction(), this::conjunction);
    }

    private Expression conjunction(ConjunctionContext context) {
        return chain(context, context.equality(), this::equality);
    }

    private Expression equality(EqualityContext context) {
        checkComparisons(context);
        return chain(context, context.comparison(), this::comparison);
    }

    private Expression comparison(ComparisonContext context) {
        checkComparisons(context);
        return chain(context, context.range(), this::range);
    }

    private void checkComparisons(ParserRuleContext context) {
        if (context.getChildCount() > 3) {
            Span between = tree.span((ParserRuleContext) context.getChild(2));
            String middle = between.text();
            Token second = ((TerminalNode) context.getChild(3)).getSymbol();
            tree.errors().addUnlessDoubtful(
                    Diagnostic.of(Code.CHAINED_COMPARISON, tree.span(second), "comparisons do not chain")
                            .help("compare twice: `… " + context.getChild(1).getText() + " " + middle + " && " + middle
                                    + " "
                                    + second.getText() + " …`")
                            .fix(comparedTwice(context, middle)));
        }
    }

    /// Each operand between two signs written twice.
    private Fix comparedTwice(ParserRuleContext context, String first) {
        List<Edit> edits = new ArrayList<>();
        for (int i = 2; i + 1 < context.getChildCount(); i += 2) {
            Span operand = tree.span((ParserRuleContext) context.getChild(i));
            edits.add(new Edit(operand.after(), " && " + operand.text()));
        }
        return new Fix("add `&& " + first + "`", edits);
    }

    private Expression range(RangeContext context) {
        Expression from = sum(context.sum(0));
        if (context.sum().size() == 1) {
            return from;
        }
        Token operator = ((TerminalNode) context.getChild(1)).getSymbol();
        boolean inclusive = operator.getType() == NnLexer.TO;
        return new Expression.Range(from, sum(context.sum(1)), inclusive, tree.span(operator), tree.span(context));
    }

    private Expression sum(SumContext context) {
        return chain(context, context.product(), this::product);
    }

    private Expression product(ProductContext context) {
        return chain(context, context.unary(), this::unary);
    }

    /// Operands with operators of one level between them, from left to right.
    private <C extends ParserRuleContext> Expression chain(
            ParserRuleContext context, List<C> operands, Function<C, Expression> build) {
        checkChain(context, operands.size());
        Expression result = build.apply(operands.getFirst());
        int start = Tokens.start(context.getStart());
        for (int i = 1; i < operands.size(); i++) {
            C operand = operands.get(i);
            Expression right = build.apply(operand);
            Token operator = ((TerminalNode) context.getChild(2 * i - 1)).getSymbol();
            Span span = tree.errors().file().span(start, tree.span(operand).end());
            result = new Expression.Binary(operator(operator.getType()), result, right, tree.span(operator), span);
        }
        return result;
    }

    private void checkChain(ParserRuleContext context, int length) {
        if (length > LONGEST_CHAIN) {
            tree.errors().addUnlessDoubtful(Diagnostic.of(
                    Code.NESTED_TOO_DEEPLY,
                    tree.span(context.getStart()),
                    "this expression has more than " + LONGEST_CHAIN + " parts in a row")
                    .help("split it over several `val`s"));
        }
    }

    private Expression unary(UnaryContext context) {
        if (context.power() != null) {
            return power(context.power());
        }
        UnaryOperator operator = context.MINUS() != null ? UnaryOperator.NEGATE : UnaryOperator.NOT;
        return new Expression.Unary(operator, unary(context.unary()), tree.span(context.getStart()),
                tree.span(context));
    }

    private Expression power(PowerContext context) {
        Expression base = postfix(context.postfix());
        return context.unary() == null
                ? base
                : new Expression.Binary(
                        BinaryOperator.POWER, base, unary(context.unary()), tree.span(context.CARET()),
                        tree.span(context));
    }

    private static BinaryOperator operator(int type) {
        return switch (type) {
            case NnLexer.STAR -> BinaryOperator.MULTIPLY;
            case NnLexer.SLASH -> BinaryOperator.DIVIDE;
            case NnLexer.PERCENT -> BinaryOperator.REMAINDER;
            case NnLexer.AT -> BinaryOperator.MATMUL;
            case NnLexer.PLUS -> BinaryOperator.ADD;
            case NnLexer.MINUS -> BinaryOperator.SUBTRACT;
            case NnLexer.LT -> BinaryOperator.LESS;
            case NnLexer.LE -> BinaryOperator.LESS_EQUAL;
            case NnLexer.GT -> BinaryOperator.GREATER;
            case NnLexer.GE -> BinaryOperator.GREATER_EQUAL;
            case NnLexer.EQ -> BinaryOperator.EQUAL;
            case NnLexer.NE -> BinaryOperator.NOT_EQUAL;
            case NnLexer.AND -> BinaryOperator.AND;
            case NnLexer.OR -> BinaryOperator.OR;
            default -> throw new IllegalArgumentException("not a binary operator: " + type);
        };
    }

    private Expression postfix(PostfixContext context) {
        checkChain(context, context.suffix().size());
        Expression result = primary(context.primary());
        int start = Tokens.start(context.getStart());
        boolean callOpen = false;
        for (SuffixContext suffix : context.suffix()) {
            Span span = tree.errors().file().span(start, tree.span(suffix).end());
            result = switch (suffix) {
                case SelectContext s ->
                    new Expression.Select(result, new Identifier(s.member().getText(), tree.span(s.member())), span);
                case CallContext s -> new Expression.Call(result, arguments(s.arguments()), span);
                case SliceContext s -> new Expression.Slice(result, s.index().stream().map(this::index).toList(), span);
                case TrailingContext s -> trailing(result, lambda(s.lambda()), span, callOpen);
                default -> throw new IllegalStateException("unknown suffix: " + suffix.getText());
            };
            callOpen = suffix instanceof CallContext;
        }
        return result;
    }

    private static Expression trailing(Expression callee, Expression.Lambda lambda, Span span, boolean callOpen) {
        Argument argument = new Argument(null, lambda, lambda.span());
        if (!callOpen || !(callee instanceof Expression.Call(Expression inner, List<Argument> first, Span _))) {
            return new Expression.Call(callee, List.of(argument), span);
        }
        List<Argument> all = new ArrayList<>(first);
        all.add(argument);
        return new Expression.Call(inner, all, span);
    }

    List<Argument> arguments(@Nullable ArgumentsContext context) {
        return context == null ? List.of() : context.argument().stream().map(this::argument).toList();
    }

    private Argument argument(ArgumentContext context) {
        Expression first = expression(context.expression(0));
        if (context.ASSIGN() == null) {
            return new Argument(null, first, tree.span(context));
        }
        Expression value = expression(context.expression(1));
        return new Argument(
                asName(first, "the name of an argument", tree.span(context.ASSIGN().getSymbol())),
                value,
                tree.span(context));
    }

    /// What stands before `=` where only a name can; null, and an error, if it is none.
    @Nullable
    Identifier asName(Expression expression, String what, Span sign) {
        if (expression instanceof Expression.Name(String text, Span span)) {
            return new Identifier(text, span);
        }
        tree.errors()
                .addUnlessDoubtful(Diagnostic.of(Code.WRONG_ASSIGNMENT, expression.span(), what + " is a single word")
                        .help(Help.write("a comparison is", sign, "==", "")));
        return null;
    }

    private Index index(IndexContext context) {
        if (context.ELLIPSIS() != null) {
            return new Index.Ellipsis(tree.span(context));
        }
        if (context.COLON().isEmpty()) {
            return new Index.At(expression(context.expression(0)));
        }
        @Nullable
        Expression[] parts = new @Nullable Expression[3];
        int part = 0;
        for (ParseTree child : context.children) {
            if (child instanceof ExpressionContext value) {
                parts[part] = expression(value);
            } else {
                part++;
            }
        }
        return new Index.Between(parts[0], parts[1], parts[2], tree.span(context));
    }

    private Expression primary(PrimaryContext context) {
        Span span = tree.span(context);
        return switch (context) {
            case IntContext c -> new Expression.IntLiteral(Long.parseLong(c.INT().getText().replace("_", "")), span);
            case FloatContext c ->
                new Expression.FloatLiteral(Double.parseDouble(c.FLOAT().getText().replace("_", "")), span);
            case BoolContext c -> new Expression.BoolLiteral(c.TRUE() != null, span);
            case TextContext c -> string(c.string());
            case VariableContext c -> new Expression.Name(c.name().getText(), span);
            case GroupContext c -> c.expression().size() == 1
                    ? expression(c.expression(0))
                    : new Expression.Tuple(c.expression().stream().map(this::expression).toList(), span);
            case ListContext c ->
                new Expression.ListLiteral(c.expression().stream().map(this::expression).toList(), span);
            case AnonymousContext c -> lambda(c.lambda());
            case ChoiceContext c -> choice(c.ifElse());
            case ScanContext c -> scan(c, span);
            default -> throw new IllegalStateException("unknown expression: " + context.getText());
        };
    }

    private Expression choice(IfElseContext context) {
        ConditionContext condition = context.condition();
        Expression test = condition.exception != null || !tree.isBeforeBody(condition)
                ? new Expression.Invalid(tree.span(condition))
                : expression(condition.expression());
        Block then = tree.statements().block(context.block(0));
        Block otherwise = null;
        if (context.ifElse() != null) {
            Expression next = choice(context.ifElse());
            otherwise = new Block(List.of(new Statement.ExpressionStatement(next)), next.span());
        } else if (context.block().size() == 2) {
            otherwise = tree.statements().block(context.block(1));
        }
        return new Expression.If(test, then, otherwise, tree.span(context));
    }

    private Expression scan(ScanContext context, Span span) {
        ScanHeadContext head = context.scanHead();
        if (head.exception != null) {
            return new Expression.Invalid(span);
        }
        return new Expression.Scan(
                tree.statements().pattern(head.pattern()),
                expression(head.expression(0)),
                expression(head.expression(1)),
                head.name() == null ? null : new Identifier(head.name().getText(), tree.span(head.name())),
                tree.statements().block(context.block()),
                span);
    }

    private Expression.Lambda lambda(LambdaContext context) {
        List<Pattern> parameters = context.pattern().stream().map(tree.statements()::pattern).toList();
        int arrow = context.ARROW().getSymbol().getTokenIndex();
        Block body = tree.statements().body(context.body(), context.getStart().getTokenIndex(),
                bodySpan(context, arrow));
        return new Expression.Lambda(parameters, body, tree.span(context));
    }

    private Span bodySpan(LambdaContext context, int arrow) {
        Token first = tree.tokens().get(arrow + 1);
        return tree.errors().file().span(Tokens.start(first),
                Math.max(Tokens.start(first), Tokens.start(context.RBRACE().getSymbol())));
    }

    Expression.StringTemplate string(StringContext context) {
        List<StringPart> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int textStart = -1;
        int textEnd = -1;
        for (StringPartContext part : context.stringPart()) {
            Span span = tree.span(part);
            if (part.STR_NAME() == null && part.expression() == null) {
                textStart = text.isEmpty() ? span.start() : textStart;
                textEnd = span.end();
                text.append(part.STR_ESCAPE() != null ? unescape(part.getText()) : part.getText());
                continue;
            }
            if (!text.isEmpty()) {
                parts.add(new StringPart.Text(text.toString(), span.file().span(textStart, textEnd)));
                text.setLength(0);
            }
            Expression value = part.expression() != null
                    ? expression(part.expression())
                    : new Expression.Name(part.getText().substring(1), span.file().span(span.start() + 1, span.end()));
            parts.add(new StringPart.Hole(value, span));
        }
        if (!text.isEmpty()) {
            parts.add(new StringPart.Text(text.toString(), tree.errors().file().span(textStart, textEnd)));
        }
        return new Expression.StringTemplate(parts, tree.span(context));
    }

    private static String unescape(String escape) {
        return switch (escape.charAt(1)) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'u' -> String.valueOf((char) Integer.parseInt(escape.substring(2), 16));
            default -> escape.substring(1);
        };
    }

    TypeExpression type(TypeContext context) {
        Span span = tree.span(context);
        if (context.name() == null) {
            List<TypeExpression.Item> items = context.typeItem().stream().map(this::typeItem).toList();
            return items.size() == 1 && items.getFirst().name() == null
                    ? items.getFirst().type()
                    : new TypeExpression.Tuple(items, span);
        }
        List<TypeExpression> arguments = context.typeArguments() == null
                ? List.of()
                : context.typeArguments().type().stream().map(this::type).toList();
        List<Dimension> shape = context.shape() == null
                ? null
                : context.shape().dimension().stream().map(this::dimension).toList();
        return new TypeExpression.Named(tree.identifier(context.name()), arguments, shape, span);
    }

    private TypeExpression.Item typeItem(TypeItemContext context) {
        TypeExpression first = type(context.type(0));
        if (context.COLON() == null) {
            return new TypeExpression.Item(null, first, tree.span(context));
        }
        TypeExpression type = type(context.type(1));
        if (first instanceof TypeExpression.Named(Identifier name, List<TypeExpression> arguments, List<Dimension> shape, Span _)
                && arguments.isEmpty()
                && shape == null) {
            return new TypeExpression.Item(name, type, tree.span(context));
        }
        tree.errors().addUnlessDoubtful(
                Diagnostic.of(Code.UNEXPECTED, first.span(), "the name of an output is a single word")
                        .help("write `name: f32[b]`"));
        return new TypeExpression.Item(null, type, tree.span(context));
    }

    private Dimension dimension(DimensionContext context) {
        return context.expression() != null
                ? new Dimension.Size(expression(context.expression()))
                : new Dimension.Group(context.name() == null ? null : tree.identifier(context.name()),
                        tree.span(context));
    }
}
