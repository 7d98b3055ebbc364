package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.grammar.NnLexer;

/// The tokens that the parser reads: laid out, with matching brackets. It knows where a statement or declaration ends
/// whatever is in it.
final class TokenSequence {
    private final List<CommonToken> tokens;
    private final int[] partner;
    private final int depth;

    TokenSequence(List<CommonToken> tokens) {
        this.tokens = tokens;
        this.partner = new int[tokens.size()];
        Deque<Integer> open = new ArrayDeque<>();
        int deepest = 0;
        for (int i = 0; i < tokens.size(); i++) {
            int type = tokens.get(i).getType();
            partner[i] = i;
            if (Tokens.isOpener(type)) {
                open.push(i);
                deepest = Math.max(deepest, open.size());
            } else if (Tokens.isCloser(type)) {
                int opener = open.pop();
                partner[opener] = i;
                partner[i] = opener;
            }
        }
        this.depth = deepest;
    }

    List<CommonToken> tokens() {
        return tokens;
    }

    CommonToken get(int index) {
        return tokens.get(Math.clamp(index, 0, tokens.size() - 1));
    }

    int type(int index) {
        return index < 0 || index >= tokens.size() ? Token.EOF : tokens.get(index).getType();
    }

    /// How many brackets are open at once at most.
    int depth() {
        return depth;
    }

    /// The first bracket with which so many are open.
    CommonToken openerAtDepth(int wanted) {
        int open = 0;
        for (CommonToken token : tokens) {
            open += Tokens.isOpener(token.getType()) ? 1 : Tokens.isCloser(token.getType()) ? -1 : 0;
            if (open == wanted) {
                return token;
            }
        }
        throw new IllegalArgumentException("no " + wanted + " brackets are open at once");
    }

    /// The index of the bracket that belongs to the one at `index`.
    int partner(int index) {
        return partner[index];
    }

    /// The innermost bracket around the token at `index`, or -1.
    int opener(int index) {
        for (int i = index - 1; i >= 0; i--) {
            int type = type(i);
            if (Tokens.isCloser(type)) {
                i = partner[i];
            } else if (Tokens.isOpener(type)) {
                return i;
            }
        }
        return -1;
    }

    /// The index of the token that ends the statement which begins at `start`: a newline, a semicolon, the closing
    /// bracket around it, or the end of the file.
    int endOfStatement(int start) {
        int i = start;
        while (true) {
            int type = type(i);
            if (type == NnLexer.NL || type == NnLexer.SEMI || type == Token.EOF || Tokens.isCloser(type)) {
                return i;
            }
            i = (Tokens.isOpener(type) ? partner[i] : i) + 1;
        }
    }

    /// The index of the token that ends the statement which begins at `start`, or the `{` of its body.
    int endOfHead(int start) {
        int body = findInStatement(start, NnLexer.LBRACE);
        return body < 0 ? endOfStatement(start) : body;
    }

    /// The first token of one of these types from `from` on, within the statement or header and outside its brackets;
    /// -1 if there is none.
    int findInStatement(int from, int... wanted) {
        for (int i = from;;) {
            int type = type(i);
            for (int one : wanted) {
                if (type == one) {
                    return i;
                }
            }
            if (type == NnLexer.NL || type == NnLexer.SEMI || type == Token.EOF || Tokens.isCloser(type)) {
                return -1;
            }
            i = (Tokens.isOpener(type) ? partner[i] : i) + 1;
        }
    }

    /// The index, not below `atLeast`, of the separator before the declaration that follows the one which begins at
    /// `from`, or of the end of the file.
    int endOfItem(int from, int atLeast) {
        for (int i = from;; i++) {
            int type = type(i);
            if (type == Token.EOF) {
                return i;
            }
            if ((type == NnLexer.NL || type == NnLexer.SEMI) && i >= atLeast && beginsItem(i + 1)) {
                return i;
            }
            i = Tokens.isOpener(type) ? partner[i] : i;
        }
    }

    /// Whether a declaration begins here: a keyword and what has to follow it.
    boolean beginsItem(int i) {
        int next = type(i + 1);
        return switch (type(i)) {
            case NnLexer.FUN, NnLexer.IMPORT, NnLexer.VAL, NnLexer.AT -> true;
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.PRIVATE ->
                Tokens.isWord(next) || next == NnLexer.LPAREN || next == NnLexer.LBRACE;
            case NnLexer.TEST -> next == NnLexer.QUOTE || next == NnLexer.LBRACE;
            default -> false;
        };
    }

    /// Whether the grammar lets a declaration begin with this token, whatever follows.
    boolean canBeginItem(int i) {
        return switch (type(i)) {
            case NnLexer.FUN, NnLexer.IMPORT, NnLexer.VAL, NnLexer.AT, NnLexer.PRIVATE -> true;
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.TEST -> true;
            default -> false;
        };
    }

    /// Whether the grammar lets a statement begin with this token.
    boolean canBeginStatement(int i) {
        int type = type(i);
        return Tokens.beginsStatement(type)
                || Tokens.beginsExpression(type)
                || switch (type) {
                    case NnLexer.FUN, NnLexer.PARAM, NnLexer.STATE, NnLexer.SLOT -> true;
                    case NnLexer.STEP, NnLexer.VALIDATE, NnLexer.TRAINING -> true;
                    default -> false;
                };
    }

    /// Every name from `from` (inclusive) to `to` (exclusive).
    Set<String> names(int from, int to) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = from; i < to; i++) {
            if (Tokens.isName(type(i))) {
                names.add(tokens.get(i).getText());
            }
        }
        return names;
    }
}
