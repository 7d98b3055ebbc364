package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser.AnnotationContext;
import org.nnlang.grammar.NnParser.ArgumentContext;
import org.nnlang.grammar.NnParser.AssertContext;
import org.nnlang.grammar.NnParser.BlockContext;
import org.nnlang.grammar.NnParser.CallContext;
import org.nnlang.grammar.NnParser.ComparisonContext;
import org.nnlang.grammar.NnParser.ConjunctionContext;
import org.nnlang.grammar.NnParser.DeclarationContext;
import org.nnlang.grammar.NnParser.DimensionContext;
import org.nnlang.grammar.NnParser.DisjunctionContext;
import org.nnlang.grammar.NnParser.EqualityContext;
import org.nnlang.grammar.NnParser.ExpressionContext;
import org.nnlang.grammar.NnParser.FileContext;
import org.nnlang.grammar.NnParser.ForContext;
import org.nnlang.grammar.NnParser.FunctionContext;
import org.nnlang.grammar.NnParser.IfElseContext;
import org.nnlang.grammar.NnParser.IndexContext;
import org.nnlang.grammar.NnParser.ItemContext;
import org.nnlang.grammar.NnParser.LambdaContext;
import org.nnlang.grammar.NnParser.LayerContext;
import org.nnlang.grammar.NnParser.LoopContext;
import org.nnlang.grammar.NnParser.OptimizerContext;
import org.nnlang.grammar.NnParser.ParametersContext;
import org.nnlang.grammar.NnParser.ProductContext;
import org.nnlang.grammar.NnParser.RequireContext;
import org.nnlang.grammar.NnParser.ScanContext;
import org.nnlang.grammar.NnParser.ShapeContext;
import org.nnlang.grammar.NnParser.SliceContext;
import org.nnlang.grammar.NnParser.StatementContext;
import org.nnlang.grammar.NnParser.SumContext;
import org.nnlang.grammar.NnParser.TestContext;
import org.nnlang.grammar.NnParser.TrainContext;
import org.nnlang.grammar.NnParser.TrainingContext;
import org.nnlang.grammar.NnParser.TypeArgumentsContext;
import org.nnlang.grammar.NnParser.UnaryContext;

/// What the tokens of a program without mistakes are in it, by their index: the parse tree, seen from the tokens. The same
/// `-` is a sign or an operator, the same `(` a call or a group.
final class TokenRoles {
    /// On which sides of a token no space may stand.
    enum Tight {
        /// On none: an operator, a word.
        NEITHER,
        /// Before it: the `(` of a call, the `:` before a type.
        BEFORE,
        /// Behind it: a sign, the `@` of an annotation.
        BEHIND,
        /// On both: `.`, `^`, the `<` of a type.
        BOTH
    }

    private final Tight[] tight;
    private final int[] expression;
    private final int[] owner;
    private final BitSet starts = new BitSet();
    private final BitSet items = new BitSet();
    private final BitSet heads = new BitSet();
    private final BitSet bodies = new BitSet();
    private final BitSet arrows = new BitSet();

    /// @param count how many tokens there are
    TokenRoles(FileContext file, int count) {
        this.tight = new Tight[count];
        this.expression = new int[count];
        this.owner = new int[count];
        Arrays.fill(tight, Tight.NEITHER);
        Arrays.fill(expression, -1);
        Arrays.fill(owner, -1);
        walk(file);
    }

    /// Where no space may stand.
    Tight tight(int token) {
        return tight[token];
    }

    /// The first token of the innermost expression that this token is itself a part of, not only what is in its brackets;
    /// -1 if it is part of none.
    int expression(int token) {
        return expression[token];
    }

    /// Of the `{` of a body, and of `else`: the first token of what has the body. -1 of others.
    int owner(int token) {
        return owner[token];
    }

    /// Whether a statement or an item of the file begins here.
    boolean startsStatement(int token) {
        return starts.get(token);
    }

    /// Whether what is annotated begins here.
    boolean followsAnnotations(int token) {
        return heads.get(token);
    }

    /// Whether an item of the file begins here, with its annotations.
    boolean startsItem(int token) {
        return items.get(token);
    }

    /// Whether this is the `{` of a body, not of a lambda.
    boolean isBody(int token) {
        return bodies.get(token);
    }

    /// Whether this is the arrow of a lambda.
    boolean isLambdaArrow(int token) {
        return arrows.get(token);
    }

    /// A part of the tree that is still to be looked at, and what it is in.
    private record Visit(ParseTree tree, int expression, int owner) {}

    /// Without recursion: a chain of operators may be long.
    private void walk(FileContext file) {
        Deque<Visit> open = new ArrayDeque<>();
        open.push(new Visit(file, -1, -1));
        while (!open.isEmpty()) {
            Visit visit = open.pop();
            if (visit.tree() instanceof TerminalNode leaf) {
                leaf(leaf, visit);
            } else if (visit.tree() instanceof ParserRuleContext rule) {
                int start = rule.getStart().getTokenIndex();
                mark(rule, start);
                int in = rule instanceof ExpressionContext ? start : endsExpression(rule) ? -1 : visit.expression();
                int of = hasBody(rule) ? start : visit.owner();
                for (int i = 0; i < rule.getChildCount(); i++) {
                    open.push(new Visit(rule.getChild(i), in, of));
                }
            }
        }
    }

    private void mark(ParserRuleContext rule, int start) {
        switch (rule) {
            case ItemContext _ -> {
                items.set(start);
                starts.set(start);
            }
            case DeclarationContext declaration ->
                // That of `private`, too, which is a word and no rule.
                heads.set(firstToken(declaration.getChild(declaration.annotation().size())));
            case StatementContext _ -> starts.set(start);
            default -> {
            }
        }
    }

    private static int firstToken(ParseTree tree) {
        return tree.getSourceInterval().a;
    }

    /// Whether the tokens of this rule are no part of the expression around it.
    private static boolean endsExpression(ParserRuleContext rule) {
        return switch (rule) {
            case ArgumentContext _, IndexContext _, BlockContext _, LambdaContext _, StatementContext _ -> true;
            case IfElseContext _, ScanContext _ -> true;
            default -> false;
        };
    }

    private static boolean hasBody(ParserRuleContext rule) {
        return switch (rule) {
            case FunctionContext _, LayerContext _, OptimizerContext _, TrainContext _, TestContext _ -> true;
            case IfElseContext _, ScanContext _, ForContext _, LoopContext _, TrainingContext _ -> true;
            default -> false;
        };
    }

    private void leaf(TerminalNode leaf, Visit visit) {
        int token = leaf.getSymbol().getTokenIndex();
        int type = leaf.getSymbol().getType();
        if (token < 0 || token >= tight.length) {
            return;
        }
        expression[token] = visit.expression();
        ParseTree in = leaf.getParent();
        if (in instanceof BlockContext && type == NnLexer.LBRACE) {
            bodies.set(token);
            owner[token] = visit.owner();
        } else if (in instanceof IfElseContext && type == NnLexer.ELSE) {
            owner[token] = visit.owner();
        } else if (in instanceof LambdaContext && type == NnLexer.ARROW) {
            arrows.set(token);
        }
        tight[token] = tight(type, in);
    }

    private static Tight tight(int type, ParseTree in) {
        return switch (type) {
            case NnLexer.DOT, NnLexer.CARET, NnLexer.TO, NnLexer.UNTIL -> Tight.BOTH;
            case NnLexer.LPAREN ->
                in instanceof CallContext || in instanceof ParametersContext || in instanceof AnnotationContext
                        ? Tight.BEFORE
                        : Tight.NEITHER;
            case NnLexer.LBRACK ->
                in instanceof ShapeContext || in instanceof SliceContext ? Tight.BEFORE : Tight.NEITHER;
            case NnLexer.LT -> in instanceof TypeArgumentsContext ? Tight.BOTH : Tight.NEITHER;
            case NnLexer.GT -> in instanceof TypeArgumentsContext ? Tight.BEFORE : Tight.NEITHER;
            case NnLexer.MINUS, NnLexer.NOT -> in instanceof UnaryContext ? Tight.BEHIND : Tight.NEITHER;
            case NnLexer.AT -> in instanceof AnnotationContext ? Tight.BEHIND : Tight.NEITHER;
            case NnLexer.ELLIPSIS -> in instanceof DimensionContext ? Tight.BEHIND : Tight.NEITHER;
            case NnLexer.COLON -> switch (in) {
                case RequireContext _, AssertContext _ -> Tight.NEITHER;
                case IndexContext index -> isSimple(index) ? Tight.BOTH : Tight.NEITHER;
                default -> Tight.BEFORE;
            };
            default -> Tight.NEITHER;
        };
    }

    /// Whether the bounds of a slice hold no operator with spaces around it: `x[1:n]`, but `x[1 : n + 1]`.
    private static boolean isSimple(IndexContext index) {
        Deque<ParseTree> open = new ArrayDeque<>(index.expression());
        while (!open.isEmpty()) {
            ParseTree tree = open.pop();
            boolean operates = switch (tree) {
                case ExpressionContext _, DisjunctionContext _, ConjunctionContext _, EqualityContext _ ->
                    tree.getChildCount() > 1;
                case ComparisonContext _, SumContext _, ProductContext _ -> tree.getChildCount() > 1;
                default -> false;
            };
            if (operates) {
                return false;
            }
            for (int i = 0; i < tree.getChildCount(); i++) {
                open.push(tree.getChild(i));
            }
        }
        return true;
    }
}
