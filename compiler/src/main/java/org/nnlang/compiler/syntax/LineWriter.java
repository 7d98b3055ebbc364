package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nnlang.compiler.syntax.TokenRoles.Tight;
import org.nnlang.grammar.NnLexer;

/// Writes pieces whose lines are settled: spaces between them, indentation before them, comments behind them.
///
/// What stands in brackets is indented once more than the line of the opening one; a body, once more than the line where what
/// has the body begins. What goes on with a statement or an element is indented once more than the line where that begins;
/// a pipe, than the line where its chain begins; but the operands of an operator that begin lines stand one below the other.
final class LineWriter {
    private static final int STEP = 4;

    /// Between code and the comment behind it.
    private static final int GAP = 2;

    private final List<Piece> pieces;
    private final TokenRoles roles;
    private final List<Line> lines = new ArrayList<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    /// The indentation of the line of each token, and which token begins it.
    private final int[] indentations;
    private final int[] firsts;

    private LineWriter(List<Piece> pieces, TokenRoles roles) {
        this.pieces = pieces;
        this.roles = roles;
        int tokens = pieces.stream().mapToInt(piece -> piece.token + 1).max().orElse(0);
        this.indentations = new int[tokens];
        this.firsts = new int[tokens];
    }

    static String write(List<Piece> pieces, TokenRoles roles) {
        var writer = new LineWriter(pieces, roles);
        writer.run();
        return writer.text();
    }

    /// A line: its code, or a comment alone, and the comment behind code.
    private static final class Line {
        final int indentation;
        final boolean followsEmpty;
        final StringBuilder code = new StringBuilder();
        String comment = "";

        Line(int indentation, boolean followsEmpty) {
            this.indentation = indentation;
            this.followsEmpty = followsEmpty;
        }
    }

    /// The file, or a bracket that is open.
    private static final class Frame {
        final int content;
        final int close;
        final boolean isList;
        /// The indentation of the line where the statement or element begins that is being written.
        int part;

        Frame(int content, int close, int part, boolean isList) {
            this.content = content;
            this.close = close;
            this.part = part;
            this.isList = isList;
        }
    }

    private void run() {
        frames.push(new Frame(0, 0, 0, false));
        Piece before = Piece.NONE;
        Piece codeBefore = Piece.NONE;
        int first = -1;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            boolean begins = i == 0 || piece.breaks > 0;
            if (begins) {
                lines.add(new Line(indentation(i, codeBefore), piece.breaks > 1));
                first = piece.token;
            }
            Line line = lines.getLast();
            if (piece.isComment() && !begins) {
                line.comment = piece.text;
            } else {
                line.code.append(begins || !isApart(before, piece) ? "" : " ").append(piece.text);
            }
            if (piece.token >= 0) {
                indentations[piece.token] = line.indentation;
                firsts[piece.token] = first;
            }
            if (!piece.isComment()) {
                frame(piece, codeBefore, line);
                codeBefore = piece;
            }
            before = piece;
        }
    }

    /// Notes which brackets are open, and where statements and elements begin.
    private void frame(Piece piece, Piece before, Line line) {
        if (piece.isCloser()) {
            frames.pop();
        } else if (beginsPart(piece, before)) {
            frames.element().part = line.indentation;
        }
        if (piece.isOpener()) {
            int base = roles.isBody(piece.token) ? indentations[roles.owner(piece.token)] : line.indentation;
            boolean isList = !Tokens.isBrace(piece.type);
            frames.push(new Frame(base + STEP, base, line.indentation, isList));
        }
    }

    private boolean beginsPart(Piece piece, Piece before) {
        return piece.token >= 0
                && (roles.startsStatement(piece.token) || roles.followsAnnotations(piece.token))
                || frames.element().isList && (before.isOpener() || before.type == NnLexer.COMMA);
    }

    /// The indentation of the line that begins with this piece.
    private int indentation(int i, Piece before) {
        int next = i;
        while (next < pieces.size() && pieces.get(next).isComment()) {
            next++;
        }
        Frame frame = frames.element();
        if (next == pieces.size()) {
            return 0;
        }
        Piece piece = pieces.get(next);
        if (piece.isCloser()) {
            return next == i ? frame.close : frame.content;
        }
        if (beginsPart(piece, before)) {
            return frame.content;
        }
        if (piece.token < 0) {
            return frame.part + STEP;
        }
        if (roles.owner(piece.token) >= 0) {
            return indentations[roles.owner(piece.token)];
        }
        int expression = roles.expression(piece.token);
        if (expression >= 0 && expression < piece.token) {
            boolean isOperand = isOperator(piece.type) || isOperator(before.type);
            return indentations[expression] + (isOperand && firsts[expression] == expression ? 0 : STEP);
        }
        return frame.part + STEP;
    }

    /// Whether this stands between two operands of equal rank. A pipe has stages instead.
    private static boolean isOperator(int type) {
        return Tokens.isBinary(type) && type != NnLexer.PIPE;
    }

    /// Whether a space stands between two pieces of a line.
    private boolean isApart(Piece left, Piece right) {
        if (left.type == NnLexer.LPAREN || left.type == NnLexer.LBRACK) {
            return false;
        }
        if (right.type == NnLexer.RPAREN || right.type == NnLexer.RBRACK) {
            return false;
        }
        if (right.type == NnLexer.COMMA || right.type == NnLexer.SEMI) {
            return false;
        }
        if (left.type == NnLexer.COMMA || left.type == NnLexer.SEMI) {
            return true;
        }
        if (Tokens.isBrace(left.type) && right.type == NnLexer.RBRACE) {
            return false;
        }
        if (left.type == NnLexer.COLON && right.type == NnLexer.COLON) {
            return false;
        }
        return !isTight(left, Tight.BEHIND) && !isTight(right, Tight.BEFORE);
    }

    private boolean isTight(Piece piece, Tight side) {
        if (piece.token < 0) {
            return false;
        }
        Tight tight = roles.tight(piece.token);
        return tight == side || tight == Tight.BOTH;
    }

    /// All lines. Comments behind lines that follow one another with the same indentation stand in one column.
    private String text() {
        var out = new StringBuilder();
        for (int i = 0; i < lines.size();) {
            int end = i + 1;
            int width = width(lines.get(i));
            while (end < lines.size() && isAligned(lines.get(end - 1), lines.get(end))) {
                width = Math.max(width, width(lines.get(end)));
                end++;
            }
            for (; i < end; i++) {
                Line line = lines.get(i);
                out.append(line.followsEmpty ? "\n" : "").repeat(' ', line.indentation).append(line.code);
                if (!line.comment.isEmpty()) {
                    out.repeat(' ', width - width(line) + GAP).append(line.comment);
                }
                out.append('\n');
            }
        }
        return out.toString();
    }

    private static boolean isAligned(Line one, Line next) {
        return !one.comment.isEmpty() && !next.comment.isEmpty() && !next.followsEmpty
                && one.indentation == next.indentation;
    }

    private static int width(Line line) {
        return line.code.codePointCount(0, line.code.length());
    }
}
