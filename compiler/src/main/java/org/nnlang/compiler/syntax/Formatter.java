package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser;

/// Writes a program in the style of the language, for which there are no options: the same words, strings and comments in the
/// same order, and by and large on the same lines ([LineBreaks]), with the spaces between them and the indentation
/// ([LineWriter]) that the tree asks for ([TokenRoles]).
///
/// It is idempotent, and it never changes what a program means: the parser reads the same tokens afterwards.
public final class Formatter {
    private Formatter() {}

    /// A file without mistakes in its syntax is formatted; others are left alone.
    public static Formatted format(SourceFile file) {
        Parsed parsed = Parser.parse(file);
        if (parsed.diagnostics().hasErrors()) {
            return new Formatted(file.text(), parsed.diagnostics());
        }
        Reading before = Reading.of(file);
        NnParser parser = new NnParser(new CommonTokenStream(new ListTokenSource(before.read)));
        var roles = new TokenRoles(parser.file(), before.read.size());
        for (LineBreaks.Ends ends : LineBreaks.Ends.values()) {
            List<Piece> pieces = pieces(file, before);
            LineBreaks.settle(pieces, roles, ends);
            String text = LineWriter.write(pieces, roles);
            text = hasWindowsLines(file.text()) ? text.replace("\n", "\r\n") : text;
            if (isSame(file, parsed, before, text)) {
                return new Formatted(text, parsed.diagnostics());
            }
        }
        throw new IllegalStateException("formatting would change what " + file.name() + " means");
    }

    /// The tokens of a file as they are written, comments, and the tokens as the parser reads them.
    private record Reading(List<CommonToken> written, List<CommonToken> comments, List<CommonToken> read) {
        static Reading of(SourceFile file) {
            var errors = new SyntaxErrors(file);
            Lexing.Result lexed = Lexing.read(file, errors);
            List<CommonToken> read = Layout.arrange(
                    Brackets.balance(ForeignWords.mend(lexed.tokens(), errors), errors));
            return new Reading(lexed.tokens(), lexed.comments(), read);
        }
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
    private static List<Piece> pieces(SourceFile file, Reading words) {
        List<Piece> pieces = new ArrayList<>();
        int comment = 0;
        int read = 0;
        int breaks = 0;
        for (int i = 0; i < words.written.size(); i++) {
            CommonToken token = words.written.get(i);
            while (comment < words.comments.size()
                    && Tokens.start(words.comments.get(comment)) < Tokens.start(token)) {
                CommonToken next = words.comments.get(comment++);
                pieces.add(new Piece(Piece.COMMENT, text(file, next, next).stripTrailing(), -1, breaks));
                breaks = 0;
            }
            while (words.read.get(read).getType() == NnLexer.NL) {
                read++;
            }
            if (token.getType() == Token.EOF) {
                return pieces;
            }
            if (token.getType() == NnLexer.NL) {
                breaks++;
                continue;
            }
            boolean isRead = Tokens.start(words.read.get(read)) == Tokens.start(token);
            if (token.getType() == NnLexer.QUOTE) {
                int end = endOfString(words.written, i);
                pieces.add(new Piece(NnLexer.QUOTE, text(file, token, words.written.get(end)), read, breaks));
                while (Tokens.start(words.read.get(read)) <= Tokens.start(words.written.get(end))) {
                    read++;
                }
                i = end;
            } else if (token.getType() == NnLexer.GE && words.read.get(read).getType() == NnLexer.GT) {
                // The `>=` of `widths: List<Int>=[20]` is two signs.
                pieces.add(new Piece(NnLexer.GT, ">", read++, breaks));
                pieces.add(new Piece(NnLexer.ASSIGN, "=", read++, 0));
            } else if (isRead) {
                pieces.add(new Piece(words.read.get(read).getType(), text(file, token, token), read, breaks));
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

    /// Whether a text is read as the file is. Tokens and documentation are all that the tree is made of.
    private static boolean isSame(SourceFile file, Parsed parsed, Reading before, String text) {
        if (text.equals(file.text())) {
            return true;
        }
        var formatted = new SourceFile(file.name(), text);
        Parsed again = Parser.parse(formatted);
        return !again.diagnostics().hasErrors()
                && described(before).equals(described(Reading.of(formatted)))
                && documentation(parsed.module()).equals(documentation(again.module()));
    }

    /// All comments, and all tokens that are read. What separates statements may be a newline or a `;`.
    private static List<String> described(Reading words) {
        List<String> all = new ArrayList<>();
        for (CommonToken comment : words.comments) {
            all.add(comment.getText().stripTrailing());
        }
        for (CommonToken token : words.read) {
            boolean separates = token.getType() == NnLexer.NL || token.getType() == NnLexer.SEMI;
            all.add(separates ? ";" : token.getType() + " " + token.getText());
        }
        return all;
    }

    private static List<String> documentation(Module module) {
        return module.declarations().stream().map(declaration -> switch (declaration) {
            case Declaration.Function one -> one.header().documentation();
            case Declaration.Layer one -> one.header().documentation();
            case Declaration.Optimizer one -> one.header().documentation();
            case Declaration.Train one -> one.header().documentation();
            case Declaration.Test one -> one.header().documentation();
            case Declaration.Constant one -> one.header().documentation();
            case Declaration.Invalid _, Import _ -> "";
        }).toList();
    }
}
