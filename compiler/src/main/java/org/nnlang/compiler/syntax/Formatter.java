package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser.FileContext;

/// Writes a program in the style of the language, for which there are no options: the same words, strings and comments in the
/// same order, and by and large on the same lines ([LineBreaks]), with the spaces between them and the indentation
/// ([LineWriter]) that the tree asks for ([TokenRoles]).
///
/// It is idempotent, and it never changes what a program means: the parser reads the same tokens afterwards.
public final class Formatter {
    private Formatter() {}

    /// A file without mistakes in its syntax is formatted; others are left alone.
    public static Formatted format(SourceFile file) {
        Parser.Reading read = Parser.read(file);
        FileContext tree = read.tree();
        if (tree == null || read.parsed().diagnostics().hasErrors()) {
            return new Formatted(file.text(), read.parsed().diagnostics());
        }
        var roles = new TokenRoles(tree, read.tokens().tokens().size());
        for (LineBreaks.Ends ends : LineBreaks.Ends.values()) {
            List<Piece> pieces = pieces(file, read.words(), read.tokens().tokens());
            LineBreaks.settle(pieces, roles, ends);
            String text = LineWriter.write(pieces, roles);
            text = hasWindowsLines(file.text()) ? text.replace("\n", "\r\n") : text;
            if (text.equals(file.text()) || isSame(read, roles, new SourceFile(file.name(), text))) {
                return new Formatted(text, read.parsed().diagnostics());
            }
        }
        throw new IllegalStateException("formatting would change what " + file.name() + " means");
    }

    /// Most lines decide; a file of one line has none of Windows.
    private static boolean hasWindowsLines(String text) {
        int windows = 0;
        int others = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                windows++;
                i++;
            } else if (c == '\n' || c == '\r') {
                others++;
            }
        }
        return windows > others;
    }

    /// Tokens and comments in their order. A `;` that the parser does not read is left out.
    private static List<Piece> pieces(SourceFile file, Lexing.Result words, List<CommonToken> tokens) {
        List<Piece> pieces = new ArrayList<>();
        int comment = 0;
        int read = 0;
        int breaks = 0;
        for (int i = 0; i < words.tokens().size(); i++) {
            CommonToken token = words.tokens().get(i);
            while (comment < words.comments().size()
                    && Tokens.start(words.comments().get(comment)) < Tokens.start(token)) {
                CommonToken next = words.comments().get(comment++);
                pieces.add(new Piece(Piece.COMMENT, text(file, next, next).stripTrailing(), -1, breaks));
                breaks = 0;
            }
            while (tokens.get(read).getType() == NnLexer.NL) {
                read++;
            }
            if (token.getType() == Token.EOF) {
                return pieces;
            }
            if (token.getType() == NnLexer.NL) {
                breaks++;
                continue;
            }
            boolean isRead = Tokens.start(tokens.get(read)) == Tokens.start(token);
            if (token.getType() == NnLexer.QUOTE) {
                int end = endOfString(words.tokens(), i);
                pieces.add(new Piece(NnLexer.QUOTE, text(file, token, words.tokens().get(end)), read, breaks));
                while (Tokens.start(tokens.get(read)) <= Tokens.start(words.tokens().get(end))) {
                    read++;
                }
                i = end;
            } else if (token.getType() == NnLexer.GE && tokens.get(read).getType() == NnLexer.GT) {
                // The `>=` of `widths: List<Int>=[20]` is two signs.
                pieces.add(new Piece(NnLexer.GT, ">", read++, breaks));
                pieces.add(new Piece(NnLexer.ASSIGN, "=", read++, 0));
            } else if (isRead) {
                pieces.add(new Piece(tokens.get(read).getType(), text(file, token, token), read, breaks));
                read++;
            } else if (token.getType() == NnLexer.COMMA) {
                pieces.add(new Piece(NnLexer.COMMA, ",", -1, breaks));
            } else {
                continue;
            }
            breaks = 0;
        }
        throw new IllegalArgumentException("tokens without an end");
    }

    private static int endOfString(List<CommonToken> tokens, int quote) {
        int depth = 0;
        for (int i = quote;; i++) {
            int type = tokens.get(i).getType();
            depth += type == NnLexer.QUOTE ? 1 : type == NnLexer.STR_END ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
    }

    private static String text(SourceFile file, CommonToken from, CommonToken to) {
        return file.text().substring(Tokens.start(from), Tokens.end(to));
    }

    /// Whether a text is read as a file was. Tokens and documentation are all that the tree is made of.
    private static boolean isSame(Parser.Reading read, TokenRoles roles, SourceFile formatted) {
        var errors = new SyntaxErrors(formatted);
        Lexing.Result words = Lexing.read(formatted, errors);
        List<CommonToken> tokens = Parser.tokens(words, errors).tokens();
        List<CommonToken> before = read.tokens().tokens();
        return !errors.diagnostics().hasErrors()
                && texts(read.words().comments()).equals(texts(words.comments()))
                && isSame(before, tokens)
                && documentation(read.words(), before, items(before, roles))
                        .equals(documentation(words, tokens, items(before, roles)))
                // A newline in the place of a `;` may be a mistake.
                && (types(before).equals(types(tokens)) || !Parser.parse(formatted).diagnostics().hasErrors());
    }

    private static List<String> texts(List<CommonToken> comments) {
        return comments.stream().map(comment -> comment.getText().stripTrailing()).toList();
    }

    private static List<Integer> types(List<CommonToken> tokens) {
        return tokens.stream().map(Token::getType).toList();
    }

    /// What separates statements may be a newline or a `;`.
    private static boolean isSame(List<CommonToken> before, List<CommonToken> after) {
        if (before.size() != after.size()) {
            return false;
        }
        for (int i = 0; i < before.size(); i++) {
            CommonToken one = before.get(i);
            CommonToken other = after.get(i);
            boolean isEqual = separates(one)
                    ? separates(other)
                    : one.getType() == other.getType() && one.getText().equals(other.getText());
            if (!isEqual) {
                return false;
            }
        }
        return true;
    }

    private static boolean separates(CommonToken token) {
        return token.getType() == NnLexer.NL || token.getType() == NnLexer.SEMI;
    }

    /// Before how many tokens, without separators, an item of the file begins.
    private static BitSet items(List<CommonToken> tokens, TokenRoles roles) {
        var items = new BitSet();
        int count = 0;
        for (int i = 0; i < tokens.size(); i++) {
            items.set(count, roles.startsItem(i));
            count += separates(tokens.get(i)) ? 0 : 1;
        }
        return items;
    }

    /// The documentation of items.
    private static Map<Integer, String> documentation(Lexing.Result words, List<CommonToken> tokens, BitSet items) {
        Map<Integer, String> found = new HashMap<>();
        int at = 0;
        int count = 0;
        for (var one : words.documentation().entrySet()) {
            for (; Tokens.start(tokens.get(at)) < one.getKey(); at++) {
                count += separates(tokens.get(at)) ? 0 : 1;
            }
            if (items.get(count)) {
                found.put(count, one.getValue());
            }
        }
        return found;
    }
}
