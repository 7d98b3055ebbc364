package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;

/// Makes every bracket match, so that a forgotten one costs one error at the bracket that has no partner and the rest
/// of the file is read as it was meant. A bracket is never closed if
/// - a declaration follows in column 0,
/// - a statement such as `val` begins a line inside `(` or `[`,
/// - a bracket further out is closed, or the file ends.
///
/// A missing `)` or `]` is made up at the first line end that would have ended the statement; a missing `}` where the
/// mistake shows. If the braces of a file do not match, indentation decides which one is meant.
final class Brackets {
    private final SourceFile file;
    private final List<CommonToken> tokens;
    private final TokenLines lines;
    private final boolean indented;
    private final Set<Integer> dropped = new HashSet<>();

    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Integer, List<CommonToken>> inserted = new HashMap<>();
    private final List<Diagnostic> mistakes = new ArrayList<>();
    private final List<Span> silent = new ArrayList<>();
    private final List<Integer> outermostClosers = new ArrayList<>();
    private int latestInsertion;

    private Brackets(SourceFile file, List<CommonToken> tokens, boolean indented, Set<Integer> dropped) {
        this.file = file;
        this.tokens = tokens;
        this.lines = new TokenLines(file, tokens);
        this.indented = indented;
        this.dropped.addAll(dropped);
    }

    /// An opening bracket whose partner has not been seen; `firstBreak` is the first newline in it that would end a
    /// statement, or -1.
    private static final class Open {
        final CommonToken token;
        int firstBreak = -1;

        Open(CommonToken token) {
            this.token = token;
        }

        int type() {
            return token.getType();
        }
    }

    static List<CommonToken> balance(List<CommonToken> tokens, SyntaxErrors errors) {
        Brackets best = attempt(errors.file(), tokens, false, Set.of());
        if (!best.mistakes.isEmpty()) {
            Brackets byIndentation = attempt(errors.file(), tokens, true, Set.of());
            if (byIndentation.mistakes.size() <= best.mistakes.size()) {
                best = byIndentation;
            }
        }
        for (Diagnostic mistake : best.mistakes) {
            if (best.isFirstOfItsLine(mistake)) {
                errors.unreadable(mistake);
            } else {
                errors.doubt(mistake.primary());
            }
        }
        best.silent.forEach(errors::doubt);
        return best.result();
    }

    /// On one line, a string that is not closed explains everything, and one bracket the others.
    private boolean isFirstOfItsLine(Diagnostic mistake) {
        for (Diagnostic other : mistakes) {
            if (other == mistake) {
                return mistake.code() == Code.UNCLOSED_STRING || !isStringOpen(mistake.primary().line());
            }
            if (other.primary().line() == mistake.primary().line() && !other.primary().text().equals("{")) {
                return mistake.code() == Code.UNCLOSED_STRING;
            }
        }
        return true;
    }

    private boolean isStringOpen(int line) {
        return mistakes.stream().anyMatch(m -> m.code() == Code.UNCLOSED_STRING && m.primary().line() == line);
    }

    private static Brackets attempt(SourceFile file, List<CommonToken> tokens, boolean indented, Set<Integer> dropped) {
        Brackets brackets = new Brackets(file, tokens, indented, dropped);
        Integer early = brackets.match();
        if (early != null && dropped.isEmpty()) {
            Brackets again = attempt(file, tokens, indented, Set.of(early));
            if (again.mistakes.isEmpty()) {
                again.mistakes.add(again.unopened(tokens.get(early)));
                return again;
            }
        }
        return brackets;
    }

    /// Matches all brackets. If a `}` is left over, returns the index of the `}` that probably closed a declaration too
    /// early.
    private @Nullable Integer match() {
        Integer early = null;
        for (int i = 0; i < tokens.size(); i++) {
            CommonToken token = tokens.get(i);
            int type = token.getType();
            if (dropped.contains(i)) {
                continue;
            }
            if (lines.isFirstOnLine(i)) {
                closeBefore(i);
            }
            if (type == NnLexer.ELSE && top() == NnLexer.LBRACE && !lines.followsBrace(i)
                    && lines.isOnLine(topToken(), token)) {
                neverClosed(open.pop(), i);
            }
            if (type == NnLexer.NL || type == NnLexer.STR_NL || type == Token.EOF) {
                endStrings(i);
                noteBreak(i);
            }
            if (type == Token.EOF) {
                while (!open.isEmpty()) {
                    neverClosed(open.pop(), i);
                }
            } else if (Tokens.isOpener(type)) {
                if (type == NnLexer.LBRACE && !open.isEmpty() && isOpenHead(i)) {
                    neverClosed(open.pop(), i);
                }
                open.push(new Open(token));
            } else if (Tokens.isCloser(type)) {
                Integer candidate = close(i);
                early = early == null ? candidate : early;
            }
        }
        return early;
    }

    private void closeBefore(int i) {
        CommonToken token = tokens.get(i);
        boolean column0 = lines.column(token) == 1;
        if (column0 && lines.beginsDeclaration(i)) {
            outermostClosers.clear();
        }
        if (column0 && lines.beginsDeclaration(i)) {
            while (!open.isEmpty()) {
                neverClosed(open.pop(), i);
            }
        } else if (Tokens.beginsStatement(token.getType()) && open.stream().anyMatch(o -> Tokens.isBrace(o.type()))) {
            while (!Tokens.isBrace(top())) {
                neverClosed(open.pop(), i);
            }
        }
    }

    /// Whether this `{` begins the body of an `if` or a `for` whose `(` is still open.
    private boolean isOpenHead(int i) {
        if (top() != NnLexer.LPAREN) {
            return false;
        }
        for (int at = i - 1; at > 0; at--) {
            CommonToken token = tokens.get(at);
            int before = tokens.get(at - 1).getType();
            if (token == topToken()) {
                return before == NnLexer.FOR || before == NnLexer.IF;
            }
            if (token.getType() == NnLexer.IF || token.getType() == NnLexer.SCAN || token.getType() == NnLexer.ELSE) {
                return false;
            }
        }
        return false;
    }

    private @Nullable Integer close(int i) {
        CommonToken token = tokens.get(i);
        int type = token.getType();
        if (indented && type == NnLexer.RBRACE && lines.isFirstOnLine(i)) {
            closeDeeperThan(i);
            boolean deeper = Tokens.isBrace(top()) && lines.indentationAt(topToken()) < lines.column(token);
            if (deeper && openMissing(i)) {
                return null;
            }
        }
        if (!open.isEmpty() && Tokens.closerOf(top()) == type) {
            open.pop();
            if (open.isEmpty() && type == NnLexer.RBRACE) {
                outermostClosers.add(i);
            }
            return null;
        }
        boolean inParentheses = top() == NnLexer.LPAREN || top() == NnLexer.LBRACK;
        boolean inTheWay = inParentheses && type != NnLexer.RBRACE && isClosedOnLine(i + 1);
        if (!inTheWay && hasPartner(type)) {
            while (Tokens.closerOf(top()) != type) {
                neverClosed(open.pop(), i);
            }
            open.pop();
            return null;
        }
        if (inParentheses && type != NnLexer.RBRACE && !inTheWay) {
            Open opener = open.pop();
            wrongCloser(opener, i);
            return null;
        }
        if (type == NnLexer.RBRACE && openMissing(i)) {
            return null;
        }
        dropped.add(i);
        mistakes.add(unopened(token));
        return type == NnLexer.RBRACE && open.isEmpty() ? tooEarly(i) : null;
    }

    /// Whether the innermost open bracket is closed between `from` and the end of the line.
    private boolean isClosedOnLine(int from) {
        int depth = 0;
        for (int at = from; tokens.get(at).getType() != NnLexer.NL && tokens.get(at).getType() != Token.EOF; at++) {
            int type = tokens.get(at).getType();
            if (depth == 0 && type == Tokens.closerOf(top())) {
                return true;
            }
            depth += Tokens.isOpener(type) ? 1 : Tokens.isCloser(type) ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return false;
    }

    /// Looks for the line that should have opened the `}` at `i`: the nearest one above that is indented like it, a head
    /// without its `{`. If there is one, makes up the `{` at its end.
    private boolean openMissing(int i) {
        int indentation = lines.column(tokens.get(i));
        int head = i;
        while (head > 0
                && !(lines.isFirstOnLine(head) && head < i && lines.column(tokens.get(head)) <= indentation)
                || head == i || tokens.get(head).getType() == NnLexer.NL) {
            if (head == 0) {
                return false;
            }
            head--;
        }
        CommonToken first = tokens.get(head);
        boolean hasScan = false;
        int end = head;
        while (tokens.get(end).getType() != NnLexer.NL && tokens.get(end).getType() != Token.EOF) {
            hasScan |= tokens.get(end).getType() == NnLexer.SCAN;
            end++;
        }
        boolean begins = Tokens.beginsHead(first.getType())
                || hasScan
                || first.getType() == NnLexer.RBRACE && tokens.get(head + 1).getType() == NnLexer.ELSE;
        boolean bare = begins
                && lines.column(first) == indentation
                && end < i
                && tokens.get(end - 1).getType() != NnLexer.LBRACE
                && !inserted.containsKey(end);
        if (!bare || !lines.isFirstOnLine(i)) {
            return false;
        }
        int place = Tokens.end(tokens.get(end - 1));
        inserted.computeIfAbsent(end, _ -> new ArrayList<>()).add(Tokens.make(NnLexer.LBRACE, "", place, place));
        Span last = span(tokens.get(end - 1));
        mistakes.add(Diagnostic.of(Code.UNOPENED_BRACKET, last.after(), "the `{` of this body is missing")
                .also(span(tokens.get(i)), "this `}` closes it")
                .fix(Fix.add(last, " {")));
        return true;
    }

    /// Whether an open bracket further out is closed by this one; `)` and `]` do not reach out of a brace.
    private boolean hasPartner(int closer) {
        for (Open candidate : open) {
            if (Tokens.closerOf(candidate.type()) == closer) {
                return true;
            }
            if (Tokens.isBrace(candidate.type()) || candidate.type() == NnLexer.QUOTE) {
                return false;
            }
        }
        return false;
    }

    /// By indentation, this `}` closes a brace further out than the innermost one.
    private void closeDeeperThan(int i) {
        int indentation = lines.column(tokens.get(i));
        boolean partner = open.stream()
                .anyMatch(o -> o.type() == NnLexer.LBRACE && lines.indentationAt(o.token) == indentation);
        while (partner && top() == NnLexer.LBRACE && lines.indentationAt(topToken()) > indentation) {
            neverClosed(open.pop(), i);
        }
    }

    /// The first `}` of this declaration that closed all of it although it does not stand in column 0, as this one does.
    private @Nullable Integer tooEarly(int i) {
        if (lines.column(tokens.get(i)) > 1) {
            return null;
        }
        for (int closer : outermostClosers) {
            if (!lines.isFirstOnLine(closer) || lines.column(tokens.get(closer)) > 1) {
                return closer;
            }
        }
        return null;
    }

    private void endStrings(int i) {
        Open outermost = null;
        for (Open candidate : open) {
            outermost = candidate.type() == NnLexer.QUOTE ? candidate : outermost;
        }
        if (outermost == null) {
            return;
        }
        while (open.contains(outermost)) {
            insert(i, open.pop());
        }
        boolean swallowedBrace = i > 0 && tokens.get(i - 1).getText().stripTrailing().endsWith("{");
        int end = Tokens.start(tokens.get(i));
        Span quote = span(outermost.token);
        mistakes.add(Diagnostic.of(Code.UNCLOSED_STRING, quote, "this string is never closed")
                .also(file.span(end, end), "a `\"` is missing on this line")
                .note("a string ends on the line where it begins"));
        for (Open bracket : open) {
            if (file.line(Tokens.start(bracket.token)) == file.line(Tokens.start(outermost.token))) {
                silent.add(span(bracket.token));
            }
        }
        if (swallowedBrace) {
            while (!open.isEmpty() && silent.contains(span(topToken()))) {
                neverClosed(open.pop(), i);
            }
            CommonToken brace = Tokens.make(NnLexer.LBRACE, "{", end, end);
            inserted.computeIfAbsent(i, _ -> new ArrayList<>()).add(brace);
            open.push(new Open(brace));
        }
    }

    private void noteBreak(int i) {
        if (open.isEmpty() || (top() != NnLexer.LPAREN && top() != NnLexer.LBRACK)) {
            return;
        }
        Open innermost = open.peek();
        int next = i;
        while (tokens.get(next).getType() == NnLexer.NL) {
            next++;
        }
        int before = i == 0 ? Token.EOF : tokens.get(i - 1).getType();
        int after = tokens.get(next).getType();
        boolean ends = Tokens.endsExpression(before)
                && !Tokens.isCloser(after)
                && !Tokens.isBinary(after)
                && after != NnLexer.DOT
                && after != NnLexer.COMMA
                && after != NnLexer.COLON;
        if (innermost != null && ends && innermost.firstBreak < 0) {
            innermost.firstBreak = i;
        }
    }

    private void neverClosed(Open bracket, int seen) {
        int at = seen;
        if (bracket.firstBreak >= 0) {
            at = bracket.firstBreak;
        } else {
            while (at > 0 && tokens.get(at - 1).getType() == NnLexer.NL) {
                at--;
            }
            at = Tokens.isBrace(bracket.type()) ? outdent(bracket.token, at) : at;
        }
        at = Math.max(at, latestInsertion);
        latestInsertion = at;
        insert(at, bracket);
        Open outer = open.peek();
        if (outer != null && !Tokens.isBrace(outer.type()) && bracket.firstBreak >= 0 && outer.firstBreak < 0) {
            outer.firstBreak = bracket.firstBreak;
        }
        if (silent.contains(span(bracket.token))) {
            return;
        }
        int gap = at == 0 ? 0 : Tokens.end(tokens.get(at - 1));
        String closer = Tokens.literal(Tokens.closerOf(bracket.type()));
        Diagnostic mistake = Diagnostic.of(
                Code.UNCLOSED_BRACKET, span(bracket.token), "this `" + bracket.token.getText() + "` is never closed");
        boolean onOneLine = file.line(gap) == file.line(Tokens.start(bracket.token));
        mistakes.add(Tokens.isBrace(bracket.type())
                ? mistake.help("put a `}` where its body ends" + (beginsFunction(at)
                        ? "; if the `fun` below is to be a local one, indent it as the body is"
                        : ""))
                : closedInComment(bracket.token, closer)
                        ? mistake.help("`//` begins a comment, which holds the `" + closer
                                + "`: a whole quotient is `floor_divide(a, b)`")
                : missing(mistake, file.span(gap, gap), closer, onOneLine));
    }

    /// Whether a `fun` that is not indented begins behind `at`, as a local one must not.
    private boolean beginsFunction(int at) {
        int next = at;
        while (tokens.get(next).getType() == NnLexer.NL) {
            next++;
        }
        return tokens.get(next).getType() == NnLexer.FUN && lines.column(tokens.get(next)) == 1;
    }

    /// @param exact whether the closing bracket is missing there and not before
    private static Diagnostic missing(Diagnostic mistake, Span place, String closer, boolean exact) {
        Diagnostic result = mistake.also(place, "a `" + closer + "` is missing, here at the latest");
        return exact ? result.fix(Fix.add(place, closer)) : result;
    }

    /// As where `//` was meant to divide.
    private boolean closedInComment(CommonToken opener, String closer) {
        int line = file.line(opener.getStartIndex());
        int last = tokens.stream().filter(token -> token.getType() != NnLexer.NL && token.getType() != NnLexer.EOF)
                .filter(token -> file.line(token.getStartIndex()) == line)
                .mapToInt(Tokens::end).max().orElse(Tokens.end(opener));
        String rest = file.lineText(line);
        String behind = rest.substring(Math.min(rest.length(), last - file.lineStart(line))).strip();
        return behind.startsWith("//") && !behind.startsWith("///") && behind.contains(closer);
    }

    /// The first line end before `seen` behind which a line is indented no more than the line of an opening brace, if
    /// what stands in the brace is indented at all.
    private int outdent(CommonToken opener, int seen) {
        int indentation = lines.indentationAt(opener);
        boolean inside = false;
        for (int at = behind(opener); at < seen; at++) {
            if (lines.isFirstOnLine(at) && tokens.get(at).getType() != NnLexer.NL) {
                boolean deeper = lines.column(tokens.get(at)) > indentation;
                if (!deeper) {
                    int end = at - 1;
                    while (tokens.get(end - 1).getType() == NnLexer.NL) {
                        end--;
                    }
                    return inside ? end : seen;
                }
                inside = true;
            }
        }
        return seen;
    }

    /// The index of the first token behind an opening bracket, which may be one that was made up where a string swallowed it.
    private int behind(CommonToken opener) {
        int at = 0;
        while (Tokens.start(tokens.get(at)) < Tokens.end(opener)) {
            at++;
        }
        return at;
    }

    private void wrongCloser(Open opener, int i) {
        CommonToken closer = tokens.get(i);
        dropped.add(i);
        insert(i, opener);
        String right = Tokens.literal(Tokens.closerOf(opener.type()));
        mistakes.add(Diagnostic.of(
                Code.UNCLOSED_BRACKET,
                span(closer),
                "`" + opener.token.getText() + "` cannot be closed by `" + closer.getText() + "`")
                .also(span(opener.token), "opened here")
                .help(Help.write(span(closer), right)));
    }

    private Diagnostic unopened(CommonToken closer) {
        return Diagnostic.of(Code.UNOPENED_BRACKET, span(closer), "this `" + closer.getText() + "` closes nothing")
                .help("leave it out, or open its partner before it")
                .fix(Fix.leaveOut(span(closer)));
    }

    private void insert(int at, Open bracket) {
        int place = at == 0 ? 0 : Tokens.end(tokens.get(at - 1));
        int type = Tokens.closerOf(bracket.type());
        inserted.computeIfAbsent(at, _ -> new ArrayList<>()).add(Tokens.make(type, "", place, place));
    }

    private List<CommonToken> result() {
        List<CommonToken> result = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            result.addAll(inserted.getOrDefault(i, List.of()));
            CommonToken token = tokens.get(i);
            if (token.getType() == NnLexer.STR_NL) {
                result.add(Tokens.retype(token, NnLexer.NL));
            } else if (!dropped.contains(i)) {
                result.add(token);
            }
        }
        return result;
    }

    private int top() {
        Open innermost = open.peek();
        return innermost == null ? Token.EOF : innermost.type();
    }

    private CommonToken topToken() {
        return open.element().token;
    }

    private Span span(Token token) {
        return Tokens.span(file, token);
    }
}
