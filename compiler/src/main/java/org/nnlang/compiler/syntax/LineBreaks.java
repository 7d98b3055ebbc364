package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.nnlang.grammar.NnLexer;

/// Decides which pieces of a program begin a line: those that did, but for a few.
/// - The `{` of a body stands on the line of its head, `else` behind the `}`; so do a lambda's parameters behind its `{`.
/// - `|>` and `.` begin a line and do not end one; with `,` it is the other way round.
/// - A body that takes more than one line begins and ends with a line of its own, and has one statement a line; so has the file.
/// - No more than one line is empty in a row, none within a statement or at the ends of a bracket, and one stands before and after
///   each declaration that takes several lines.
final class LineBreaks {
    /// What becomes of a `;` at the end of a line. Mostly it says nothing there, and that it did is known once it is gone.
    enum Ends {
        /// It goes.
        GONE,
        /// It stays where it may say more than the end of its line.
        KEPT_IN_DOUBT,
        /// It stays.
        KEPT
    }

    private final List<Piece> pieces;
    private final TokenRoles roles;

    private LineBreaks(List<Piece> pieces, TokenRoles roles) {
        this.pieces = pieces;
        this.roles = roles;
    }

    /// Settles where lines begin, and leaves out what is written for nothing: a `;` at the end of a line, a comma before a
    /// bracket on its line.
    static void settle(List<Piece> pieces, TokenRoles roles, Ends ends) {
        var breaks = new LineBreaks(pieces, roles);
        breaks.advanceCommas();
        breaks.join();
        breaks.open();
        breaks.removeIdle(ends);
        breaks.empty();
        breaks.separate();
    }

    private Piece at(int i) {
        return i >= 0 && i < pieces.size() ? pieces.get(i) : Piece.NONE;
    }

    /// Puts a comma that stands behind a comment before it, so that it ends the line of its element.
    private void advanceCommas() {
        for (int i = 1; i < pieces.size(); i++) {
            Piece comma = pieces.get(i);
            if (comma.type == NnLexer.COMMA && at(i - 1).isComment()) {
                pieces.remove(i);
                at(i).breaks = Math.max(at(i).breaks, 1);
                int place = i - 1;
                while (at(place - 1).isComment()) {
                    place--;
                }
                comma.breaks = 0;
                pieces.add(place, comma);
            }
        }
    }

    private void join() {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            Piece before = at(i - 1);
            // Behind a comment begins a line, whatever follows.
            if (before.isComment()) {
                continue;
            }
            boolean joins = piece.token >= 0 && roles.isBody(piece.token)
                    || piece.type == NnLexer.ELSE && before.type == NnLexer.RBRACE
                    || piece.type == NnLexer.IF && before.type == NnLexer.ELSE
                    || !piece.isComment() && before.type == NnLexer.LAMBDA
                    || piece.isCloser() && before.isOpener();
            if (i == 0 || joins) {
                piece.breaks = 0;
            } else if (before.type == NnLexer.PIPE || before.type == NnLexer.DOT) {
                before.breaks = Math.max(before.breaks, piece.isComment() ? 0 : piece.breaks);
                piece.breaks = piece.isComment() ? piece.breaks : 0;
            } else if (piece.type == NnLexer.COMMA) {
                Piece next = at(i + 1);
                next.breaks = next.isTrailingComment() ? 0 : Math.max(next.breaks, piece.breaks);
                piece.breaks = 0;
            }
        }
    }

    /// Gives bodies that take more than one line their own.
    private void open() {
        boolean[] tall = tallBraces();
        Deque<Boolean> open = new ArrayDeque<>();
        boolean begins = false;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            boolean inTall = open.isEmpty() || open.element();
            if (piece.isCloser()) {
                piece.breaks = inTall ? 1 : piece.breaks;
                open.pop();
            } else if (begins && !piece.isTrailingComment()) {
                piece.breaks = 1;
            } else if (inTall && piece.token >= 0 && roles.startsStatement(piece.token)) {
                piece.breaks = i == 0 ? 0 : Math.max(piece.breaks, 1);
            }
            begins &= piece.isTrailingComment();
            if (piece.isOpener()) {
                open.push(tall[i]);
                begins = tall[i] && piece.type == NnLexer.LBRACE;
            } else if (piece.token >= 0 && roles.isLambdaArrow(piece.token)) {
                begins = inTall;
            }
        }
    }

    /// Which opening pieces are braces that hold a line's end, other than in brackets within.
    private boolean[] tallBraces() {
        boolean[] tall = new boolean[pieces.size()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.breaks > 0 && !open.isEmpty()) {
                int innermost = open.element();
                tall[innermost] = Tokens.isBrace(pieces.get(innermost).type);
            }
            if (piece.isCloser()) {
                boolean wasTall = tall[open.pop()];
                if (wasTall && !open.isEmpty()) {
                    int around = open.element();
                    tall[around] = Tokens.isBrace(pieces.get(around).type);
                }
            } else if (piece.isOpener()) {
                open.push(i);
            }
        }
        return tall;
    }

    private void removeIdle(Ends ends) {
        int kept = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            Piece next = at(i + 1);
            boolean endsLine = next.breaks > 0 || next.isComment() || i + 1 == pieces.size();
            boolean idle = switch (piece.type) {
                case NnLexer.SEMI -> endsLine && switch (ends) {
                    case GONE -> true;
                    case KEPT_IN_DOUBT -> !maySeparateMore(at(kept - 1), i);
                    case KEPT -> false;
                };
                case NnLexer.COMMA -> piece.token < 0 && !endsLine;
                default -> false;
            };
            if (!idle) {
                pieces.set(kept++, piece);
            }
        }
        pieces.subList(kept, pieces.size()).clear();
    }

    /// Whether the `;` here may say more than the end of its line would: that the word before it is a name, or that the value before
    /// it is lost on purpose.
    private boolean maySeparateMore(Piece before, int semicolon) {
        int next = semicolon + 1;
        while (at(next).isComment()) {
            next++;
        }
        return switch (before.text) {
            case "param", "state", "slot", "step", "validate", "test", "training" -> true;
            default -> switch (at(next).type) {
                case NnLexer.LPAREN, NnLexer.LBRACK, NnLexer.MINUS -> true;
                default -> false;
            };
        };
    }

    /// Takes away empty lines.
    private void empty() {
        Piece code = Piece.NONE;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            Piece before = at(i - 1);
            boolean mayBeApart = piece.isComment() || startsPart(piece) || code.type == NnLexer.COMMA;
            boolean begins = before.isTrailingComment() ? code.isOpener() || isArrow(code) : before.isOpener();
            if (begins || isArrow(before) || piece.isCloser() || !mayBeApart) {
                piece.breaks = Math.min(piece.breaks, 1);
            }
            code = piece.isComment() ? code : piece;
        }
    }

    private boolean isArrow(Piece piece) {
        return piece.token >= 0 && roles.isLambdaArrow(piece.token);
    }

    private boolean startsPart(Piece piece) {
        return piece.token >= 0 && (roles.startsStatement(piece.token) || roles.followsAnnotations(piece.token));
    }

    /// Puts an empty line where a declaration ends or begins that takes several lines.
    private void separate() {
        int item = -1;
        boolean wasTall = false;
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).token >= 0 && roles.startsItem(pieces.get(i).token)) {
                int end = endOfItem(i);
                boolean isTall = isTall(i, end);
                if (item >= 0 && (wasTall || isTall)) {
                    separate(item, i);
                }
                item = end;
                wasTall = isTall;
            }
        }
    }

    /// The place behind the last piece of code of the item that begins at `start`.
    private int endOfItem(int start) {
        int end = start + 1;
        for (int i = start + 1; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.token >= 0 && roles.startsItem(piece.token)) {
                break;
            }
            end = piece.isComment() ? end : i + 1;
        }
        return end;
    }

    private boolean isTall(int start, int end) {
        for (int i = start + 1; i < end; i++) {
            if (pieces.get(i).breaks > 0) {
                return true;
            }
        }
        return false;
    }

    private void separate(int end, int next) {
        int first = end;
        while (first < next && pieces.get(first).isTrailingComment()) {
            first++;
        }
        for (int i = first; i <= next; i++) {
            if (pieces.get(i).breaks > 1) {
                return;
            }
        }
        pieces.get(first).breaks = 2;
    }
}
