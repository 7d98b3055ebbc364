package org.nnlang.compiler.syntax;

import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;

/// What the stages between lexer and parser ask of tokens. A token's start and stop are UTF-16 offsets; a token that
/// was made up (a closing bracket that is missing) is empty.
final class Tokens {
    /// The names of typographic twins of operators, and what is meant.
    static final Map<String, Integer> TYPOGRAPHIC = Map.ofEntries(
            Map.entry("×", NnLexer.STAR),
            Map.entry("·", NnLexer.STAR),
            Map.entry("⋅", NnLexer.STAR),
            Map.entry("∗", NnLexer.STAR),
            Map.entry("÷", NnLexer.SLASH),
            Map.entry("−", NnLexer.MINUS),
            Map.entry("–", NnLexer.MINUS),
            Map.entry("≤", NnLexer.LE),
            Map.entry("≥", NnLexer.GE),
            Map.entry("≠", NnLexer.NE),
            Map.entry("→", NnLexer.ARROW),
            Map.entry("∧", NnLexer.AND),
            Map.entry("∨", NnLexer.OR),
            Map.entry("¬", NnLexer.NOT),
            Map.entry("∼", NnLexer.TILDE),
            Map.entry("≔", NnLexer.BECOMES),
            Map.entry("…", NnLexer.ELLIPSIS));

    private Tokens() {}

    static int start(Token token) {
        return token.getStartIndex();
    }

    static int end(Token token) {
        return token.getStopIndex() + 1;
    }

    static Span span(SourceFile file, Token token) {
        return new Span(file, start(token), end(token));
    }

    static CommonToken make(int type, String text, int start, int end) {
        CommonToken token = new CommonToken(type, text);
        token.setStartIndex(start);
        token.setStopIndex(end - 1);
        return token;
    }

    /// The same stretch of text as another kind of token.
    static CommonToken retype(Token token, int type) {
        return make(type, literal(type), start(token), end(token));
    }

    /// The text of a token that is always written the same.
    static String literal(int type) {
        String quoted = NnLexer.VOCABULARY.getLiteralName(type);
        return quoted == null ? "" : quoted.substring(1, quoted.length() - 1);
    }

    static boolean isOpener(int type) {
        return switch (type) {
            case NnLexer.LPAREN, NnLexer.LBRACK, NnLexer.LBRACE, NnLexer.LAMBDA, NnLexer.QUOTE, NnLexer.STR_OPEN ->
                true;
            default -> false;
        };
    }

    static boolean isCloser(int type) {
        return switch (type) {
            case NnLexer.RPAREN, NnLexer.RBRACK, NnLexer.RBRACE, NnLexer.STR_END -> true;
            default -> false;
        };
    }

    /// The closing token that belongs to an opening one.
    static int closerOf(int opener) {
        return switch (opener) {
            case NnLexer.LPAREN -> NnLexer.RPAREN;
            case NnLexer.LBRACK -> NnLexer.RBRACK;
            case NnLexer.LBRACE, NnLexer.LAMBDA, NnLexer.STR_OPEN -> NnLexer.RBRACE;
            case NnLexer.QUOTE -> NnLexer.STR_END;
            default -> throw new IllegalArgumentException("not an opening bracket: " + opener);
        };
    }

    static boolean isBrace(int type) {
        return type == NnLexer.LBRACE || type == NnLexer.LAMBDA;
    }

    /// A word that no name may have.
    static boolean isReserved(int type) {
        return type >= NnLexer.FUN && type <= NnLexer.IMPORT;
    }

    /// A name, or a word that is a keyword only in its place.
    static boolean isName(int type) {
        return type == NnLexer.ID || type >= NnLexer.LAYER && type <= NnLexer.EVERY;
    }

    static boolean isWord(int type) {
        return isName(type) || isReserved(type);
    }

    /// Whether an expression can end with this token.
    static boolean endsExpression(int type) {
        return isName(type)
                || switch (type) {
                    case NnLexer.INT, NnLexer.FLOAT, NnLexer.TRUE, NnLexer.FALSE, NnLexer.STR_END -> true;
                    case NnLexer.RPAREN, NnLexer.RBRACK, NnLexer.RBRACE -> true;
                    default -> false;
                };
    }

    /// Whether an expression can begin with this token.
    static boolean beginsExpression(int type) {
        return isName(type)
                || switch (type) {
                    case NnLexer.INT, NnLexer.FLOAT, NnLexer.TRUE, NnLexer.FALSE, NnLexer.QUOTE -> true;
                    case NnLexer.LPAREN, NnLexer.LBRACK, NnLexer.LAMBDA, NnLexer.IF, NnLexer.SCAN -> true;
                    case NnLexer.MINUS, NnLexer.NOT -> true;
                    default -> false;
                };
    }

    /// Whether an expression goes on behind this token: what needs a value to its right.
    static boolean needsMore(int type) {
        return isBinary(type)
                || switch (type) {
                    case NnLexer.COMMA, NnLexer.ASSIGN, NnLexer.BECOMES, NnLexer.TILDE, NnLexer.COLON -> true;
                    case NnLexer.ARROW, NnLexer.DOT, NnLexer.NOT, NnLexer.ELSE -> true;
                    default -> false;
                };
    }

    static boolean isBinary(int type) {
        return switch (type) {
            case NnLexer.PIPE, NnLexer.UNTIL, NnLexer.TO, NnLexer.AND, NnLexer.OR -> true;
            case NnLexer.EQ, NnLexer.NE, NnLexer.LE, NnLexer.GE, NnLexer.LT, NnLexer.GT -> true;
            case NnLexer.PLUS, NnLexer.MINUS, NnLexer.STAR, NnLexer.SLASH, NnLexer.PERCENT, NnLexer.AT -> true;
            case NnLexer.CARET -> true;
            default -> false;
        };
    }

    /// Begins a statement wherever it stands.
    static boolean beginsStatement(int type) {
        return switch (type) {
            case NnLexer.VAL, NnLexer.VAR, NnLexer.FOR, NnLexer.YIELD, NnLexer.REPORT, NnLexer.ASSERT -> true;
            case NnLexer.MINIMIZE, NnLexer.REQUIRE -> true;
            default -> false;
        };
    }

    /// Begins a line that can end in the `{` of a body.
    static boolean beginsHead(int type) {
        return switch (type) {
            case NnLexer.FUN, NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.TEST -> true;
            case NnLexer.PRIVATE, NnLexer.IF, NnLexer.FOR, NnLexer.STEP, NnLexer.VALIDATE, NnLexer.TRAINING -> true;
            default -> false;
        };
    }

    /// A token as a reader would call it.
    static String describe(Token token) {
        return switch (token.getType()) {
            case NnLexer.NL -> "the end of the line";
            case Token.EOF -> "the end of the file";
            case NnLexer.QUOTE -> "a string";
            case NnLexer.LAMBDA -> "`{`";
            default -> "`" + token.getText() + "`";
        };
    }
}
