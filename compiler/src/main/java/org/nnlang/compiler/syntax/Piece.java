package org.nnlang.compiler.syntax;

import org.antlr.v4.runtime.Token;
import org.nnlang.grammar.NnLexer;

/// A part of a program that is formatted: a word, a sign, a string with all that is in it, or a comment.
final class Piece {
    /// The type of comments, of which the parser has none.
    static final int COMMENT = NnLexer.COMMENT;

    /// What stands before the first piece of a file.
    static final Piece NONE = new Piece(Token.EOF, "", -1, 0);

    final int type;
    final String text;

    /// The token of the parser that it is, or -1: a comment, or a comma behind the last element of a list.
    final int token;

    /// How many lines it stands below the piece before it; 2 stands for more, and so for an empty line.
    int breaks;

    Piece(int type, String text, int token, int breaks) {
        this.type = type;
        this.text = text;
        this.token = token;
        this.breaks = Math.min(breaks, 2);
    }

    boolean isComment() {
        return type == COMMENT;
    }

    /// Whether it stands behind something on its line.
    boolean isTrailingComment() {
        return isComment() && breaks == 0;
    }

    boolean isOpener() {
        return Tokens.isOpener(type) && type != NnLexer.QUOTE;
    }

    boolean isCloser() {
        return Tokens.isCloser(type);
    }

    @Override
    public String toString() {
        return text;
    }
}
