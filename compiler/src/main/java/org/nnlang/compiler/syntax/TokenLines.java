package org.nnlang.compiler.syntax;

import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;

/// How words stand on their lines, before it is known which lines end a statement.
final class TokenLines {
    private final SourceFile file;
    private final List<CommonToken> tokens;

    TokenLines(SourceFile file, List<CommonToken> tokens) {
        this.file = file;
        this.tokens = tokens;
    }

    /// The column of a token, from 1.
    int column(Token token) {
        return file.column(Tokens.start(token));
    }

    boolean beginsDeclaration(int i) {
        int type = tokens.get(i).getType();
        int next = i + 1 < tokens.size() ? tokens.get(i + 1).getType() : Token.EOF;
        return switch (type) {
            case NnLexer.FUN, NnLexer.IMPORT -> true;
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.PRIVATE -> Tokens.isWord(next);
            case NnLexer.TEST -> next == NnLexer.QUOTE;
            case NnLexer.AT -> next == NnLexer.ID;
            default -> false;
        };
    }

    boolean isFirstOnLine(int i) {
        return i == 0 || tokens.get(i - 1).getType() == NnLexer.NL || tokens.get(i - 1).getType() == NnLexer.STR_NL;
    }

    /// The column where the line of this token begins.
    int indentationAt(CommonToken token) {
        int start = file.lineStart(file.line(Tokens.start(token)));
        int at = start;
        while (Character.isWhitespace(file.text().charAt(at))) {
            at++;
        }
        return at - start + 1;
    }

    boolean followsBrace(int i) {
        int before = i - 1;
        while (before >= 0 && tokens.get(before).getType() == NnLexer.NL) {
            before--;
        }
        return before >= 0 && tokens.get(before).getType() == NnLexer.RBRACE;
    }

    boolean isOnLine(Token one, Token other) {
        return file.line(Tokens.start(one)) == file.line(Tokens.start(other));
    }
}
