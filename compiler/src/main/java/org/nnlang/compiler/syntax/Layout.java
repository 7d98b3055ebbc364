package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.grammar.NnLexer;

/// The last stage before the parser: decides by the tokens around them
/// - which newlines end a statement,
/// - which `{` opens a lambda (it is followed by parameters and an arrow),
/// - whether `param`, `state`, `slot`, `step`, `validate` and `training` are keywords or names.
///
/// Brackets match already.
final class Layout {
    private final List<CommonToken> tokens;
    private final List<CommonToken> laidOut = new ArrayList<>();
    private final Deque<Integer> open = new ArrayDeque<>();
    private boolean inMinimize;

    private Layout(List<CommonToken> tokens) {
        this.tokens = tokens;
    }

    static List<CommonToken> arrange(List<CommonToken> tokens) {
        Layout layout = new Layout(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            layout.place(i);
        }
        return layout.laidOut;
    }

    private void place(int i) {
        CommonToken token = tokens.get(i);
        if (startsStatement()) {
            inMinimize = token.getType() == NnLexer.MINIMIZE;
        }
        switch (token.getType()) {
            case NnLexer.NL -> newline(i);
            case NnLexer.SEMI -> semicolon(i);
            case NnLexer.COMMA -> comma(i);
            case NnLexer.GE -> typeEnd(token);
            case NnLexer.LBRACE -> opened(isLambda(i) ? Tokens.retype(token, NnLexer.LAMBDA) : token);
            case NnLexer.LPAREN, NnLexer.LBRACK, NnLexer.QUOTE, NnLexer.STR_OPEN -> opened(token);
            case NnLexer.RPAREN, NnLexer.RBRACK, NnLexer.RBRACE, NnLexer.STR_END -> {
                open.pop();
                laidOut.add(token);
            }
            case NnLexer.PARAM, NnLexer.STATE, NnLexer.SLOT ->
                softKeyword(token, Tokens.isWord(type(i + 1)));
            case NnLexer.STEP, NnLexer.VALIDATE -> softKeyword(token, beginsLoop(i));
            case NnLexer.TEST -> {
                // One with a title is a declaration, here or in the wrong place.
                if (open.isEmpty() || type(i + 1) == NnLexer.QUOTE) {
                    laidOut.add(token);
                } else {
                    softKeyword(token, beginsLoop(i));
                }
            }
            case NnLexer.TRAINING -> softKeyword(token, type(next(i + 1)) == NnLexer.LBRACE);
            default -> laidOut.add(token);
        }
    }

    private void opened(CommonToken token) {
        open.push(token.getType());
        laidOut.add(token);
    }

    private void newline(int i) {
        int before = last();
        if (before == Token.EOF || before == NnLexer.NL || before == NnLexer.SEMI || Tokens.isBrace(before)) {
            return;
        }
        int at = next(i);
        if (!open.isEmpty() && !Tokens.isBrace(open.element())) {
            return;
        }
        if (Tokens.needsMore(before)) {
            boolean bodyBegins = before == NnLexer.ARROW && !open.isEmpty() && open.element() == NnLexer.LAMBDA;
            if (!bodyBegins && cannotGoOn(at)) {
                laidOut.add(tokens.get(i));
            }
            return;
        }
        boolean goesOn = switch (type(at)) {
            case NnLexer.PIPE, NnLexer.DOT, NnLexer.ELSE, NnLexer.RBRACE, NnLexer.ARROW, Token.EOF -> true;
            case NnLexer.LBRACE -> !isLambda(at);
            case NnLexer.LPAREN, NnLexer.ASSIGN -> open.isEmpty();
            case NnLexer.WITH, NnLexer.OVER, NnLexer.CLIP -> inMinimize && Tokens.isName(type(at + 1));
            case NnLexer.EVERY -> inMinimize && (type(at + 1) == NnLexer.INT || Tokens.isName(type(at + 1)));
            default -> false;
        };
        if (!goesOn) {
            laidOut.add(tokens.get(i));
        }
    }

    /// Whether what begins here cannot be the rest of an expression, although the line above needs one.
    private boolean cannotGoOn(int i) {
        return switch (type(i)) {
            case NnLexer.FUN, NnLexer.IMPORT -> true;
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.PRIVATE, NnLexer.PARAM,
                    NnLexer.STATE ->
                Tokens.isName(type(i + 1)) && !isInfixWord(type(i + 1));
            case NnLexer.TEST -> type(i + 1) == NnLexer.QUOTE;
            default -> Tokens.beginsStatement(type(i));
        };
    }

    private void semicolon(int i) {
        int next = type(next(i + 1));
        boolean needed = !startsStatement() && next != NnLexer.RBRACE && next != Token.EOF;
        if (needed) {
            laidOut.add(tokens.get(i));
        }
    }

    /// A comma may stand behind the last element, and says nothing there.
    private void comma(int i) {
        int next = type(next(i + 1));
        boolean trailing = (next == NnLexer.RPAREN || next == NnLexer.RBRACK)
                && !Tokens.isOpener(last())
                && last() != NnLexer.COMMA;
        if (!trailing) {
            laidOut.add(tokens.get(i));
        }
    }

    /// In `widths: List<Int>=[20]` the `>=` is two signs.
    private void typeEnd(CommonToken token) {
        int at = laidOut.size() - 1;
        int depth = 1;
        while (at >= 0 && depth > 0) {
            int type = laidOut.get(at).getType();
            if (type == NnLexer.LT) {
                depth--;
            } else if (type == NnLexer.GT) {
                depth++;
            } else if (!Tokens.isName(type) && type != NnLexer.COMMA) {
                break;
            }
            at--;
        }
        if (depth == 0 && at >= 0 && laidOut.get(at).getText().equals("List")) {
            int middle = Tokens.start(token) + 1;
            laidOut.add(Tokens.make(NnLexer.GT, ">", middle - 1, middle));
            laidOut.add(Tokens.make(NnLexer.ASSIGN, "=", middle, middle + 1));
        } else {
            laidOut.add(token);
        }
    }

    private void softKeyword(CommonToken token, boolean inPlace) {
        boolean keyword = inPlace && startsStatement() && !open.isEmpty();
        laidOut.add(keyword ? token : Tokens.make(NnLexer.ID, token.getText(), Tokens.start(token), Tokens.end(token)));
    }

    private boolean startsStatement() {
        return switch (last()) {
            case Token.EOF, NnLexer.NL, NnLexer.SEMI, NnLexer.LBRACE -> true;
            case NnLexer.ARROW -> !open.isEmpty() && open.element() == NnLexer.LAMBDA;
            default -> false;
        };
    }

    /// `step {`, `step x …` or `step (x, y) in …`; a call `step(x, y)` is none.
    private boolean beginsLoop(int i) {
        int next = type(next(i + 1));
        if (next == NnLexer.LBRACE) {
            return true;
        }
        if (type(i + 1) == NnLexer.NL) {
            return next != NnLexer.RBRACE && !Tokens.isBinary(next) && next != NnLexer.DOT;
        }
        if (type(i + 1) == NnLexer.LPAREN) {
            int after = afterGroup(i + 1);
            return Tokens.isWord(type(after)) || type(after) == NnLexer.LBRACE && !isLambda(after);
        }
        return Tokens.isWord(type(i + 1)) && !isInfixWord(type(i + 1));
    }

    private static boolean isInfixWord(int type) {
        return type == NnLexer.IN || type == NnLexer.WITH || type == NnLexer.OVER || type == NnLexer.CLIP
                || type == NnLexer.EVERY
                || type == NnLexer.ALONG;
    }

    /// The token behind the bracket that closes the one at `i`.
    private int afterGroup(int i) {
        int depth = 0;
        for (int at = i; at < tokens.size(); at++) {
            int type = tokens.get(at).getType();
            depth += Tokens.isOpener(type) ? 1 : Tokens.isCloser(type) ? -1 : 0;
            if (depth == 0) {
                return at + 1;
            }
        }
        return tokens.size() - 1;
    }

    /// Whether the `{` at `i` is followed by parameters and an arrow. A parameter that is written wrong, with a type for
    /// example, is still one.
    private boolean isLambda(int i) {
        int depth = 0;
        for (int at = i + 1; at < tokens.size(); at++) {
            int type = tokens.get(at).getType();
            switch (type) {
                case NnLexer.ARROW -> {
                    if (depth == 0) {
                        return true;
                    }
                }
                case NnLexer.LPAREN, NnLexer.LBRACK -> depth++;
                case NnLexer.RPAREN, NnLexer.RBRACK -> depth--;
                case NnLexer.NL -> {
                    int before = tokens.get(at - 1).getType();
                    boolean goesOn = before == NnLexer.LBRACE || before == NnLexer.COMMA || before == NnLexer.NL;
                    if (depth == 0 && !goesOn && type(next(at)) != NnLexer.ARROW) {
                        return false;
                    }
                }
                case NnLexer.SEMI, NnLexer.ASSIGN, NnLexer.BECOMES, NnLexer.LBRACE, NnLexer.QUOTE, Token.EOF -> {
                    return false;
                }
                default -> {
                    if (Tokens.isReserved(type)) {
                        return false;
                    }
                }
            }
            if (isApplied(tokens.get(at - 1).getType(), type)) {
                return false;
            }
            if (depth < 0 || type == NnLexer.RBRACE) {
                return false;
            }
        }
        return false;
    }

    /// Whether two neighbours are the beginning of a call or a declaration, which no parameter is.
    private static boolean isApplied(int left, int right) {
        return switch (left) {
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.PRIVATE ->
                Tokens.isName(right);
            default -> right == NnLexer.LPAREN && (Tokens.isName(left) || Tokens.isCloser(left));
        };
    }

    private int last() {
        return laidOut.isEmpty() ? Token.EOF : laidOut.getLast().getType();
    }

    private int type(int i) {
        return i < tokens.size() ? tokens.get(i).getType() : Token.EOF;
    }

    /// The index of the first token from `i` on that is no newline.
    private int next(int i) {
        int at = i;
        while (type(at) == NnLexer.NL) {
            at++;
        }
        return at;
    }
}
