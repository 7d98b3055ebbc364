package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;

/// Words that mean something in another language and here cannot even be names where they stand, because a name never
/// stands directly before another one: `def f(x)`, `let y = 1`, `return y`, `a and b`. They are reported and replaced
/// by what is meant, so that everything after them is checked as well.
final class ForeignWords {
    private static final Map<String, String> FUNCTION = Map.of("def", "fun", "fn", "fun", "func", "fun", "function",
            "fun");
    private static final Map<String, String> BINDING = Map.of("let", "val", "const", "val", "mut", "var", "auto",
            "val");
    private static final Map<String, String> CLASS = Map.of("class", "layer", "struct", "layer", "module", "model",
            "network", "model", "net", "model");

    private final List<CommonToken> tokens;
    private final SyntaxErrors errors;
    private final List<CommonToken> mended = new ArrayList<>();

    private ForeignWords(List<CommonToken> tokens, SyntaxErrors errors) {
        this.tokens = tokens;
        this.errors = errors;
    }

    static List<CommonToken> mend(List<CommonToken> tokens, SyntaxErrors errors) {
        ForeignWords words = new ForeignWords(tokens, errors);
        for (int i = 0; i < tokens.size(); i++) {
            words.mend(i);
        }
        return words.mended;
    }

    private void mend(int i) {
        CommonToken token = tokens.get(i);
        if (token.getType() == NnLexer.ID && i + 1 < tokens.size()) {
            String word = token.getText();
            int next = tokens.get(i + 1).getType();
            if (startsStatement() && Tokens.isWord(next)) {
                int after = i + 2 < tokens.size() ? tokens.get(i + 2).getType() : Token.EOF;
                boolean applied = after == NnLexer.LPAREN || after == NnLexer.LBRACE || after == NnLexer.COLON;
                if (FUNCTION.containsKey(word) && applied) {
                    replace(token, NnLexer.FUN, Help.write("a function begins with", span(token), "fun", ""));
                    return;
                }
                boolean bound = after == NnLexer.ASSIGN || after == NnLexer.COLON
                        || tokens.get(i + 1).getText().equals("mut");
                if (BINDING.containsKey(word) && bound) {
                    boolean variable = word.equals("mut") || tokens.get(i + 1).getText().equals("mut");
                    String right = variable ? "var" : BINDING.getOrDefault(word, "val");
                    boolean twoWords = !word.equals("mut") && variable;
                    replace(token, variable ? NnLexer.VAR : NnLexer.VAL,
                            binding(twoWords ? span(token).to(span(tokens.get(i + 1))) : span(token), right));
                    return;
                }
                if (CLASS.containsKey(word) && applied) {
                    String right = CLASS.getOrDefault(word, "layer");
                    boolean model = right.equals("model");
                    replace(token, model ? NnLexer.MODEL : NnLexer.LAYER,
                            Help.of("a building block is a `layer`, a whole network a `model`: `"
                                    + right + " Name(hyper-parameters)(inputs) -> result { … }`"));
                    errors.doubt(span(token));
                    return;
                }
            }
            if (word.equals("mut") && (last() == NnLexer.VAR || last() == NnLexer.VAL) && Tokens.isName(next)) {
                return;
            }
            if (word.equals("return") && startsStatement() && (Tokens.beginsExpression(next) || next == NnLexer.NL)) {
                errors.add(Diagnostic.of(Code.OTHER_LANGUAGE, span(token), "there is no `return`")
                        .help("the last expression of a body is its value: leave the word out")
                        .fix(Fix.leaveOut(span(token))));
                return;
            }
            if (isOperatorWord(i)) {
                boolean and = word.equals("and");
                replace(token, and ? NnLexer.AND : NnLexer.OR, Help.write(span(token), and ? "&&" : "||"));
                return;
            }
            if (word.equals("not")
                    && !Tokens.endsExpression(last())
                    && (Tokens.isName(next) || next == NnLexer.TRUE || next == NnLexer.FALSE)) {
                replace(token, NnLexer.NOT,
                        Help.write(span(token).to(span(tokens.get(i + 1))), "!" + tokens.get(i + 1).getText()));
                return;
            }
            if ((word.equals("elif") || word.equals("elsif")) && Tokens.beginsExpression(next) && afterBrace(i)) {
                errors.add(Diagnostic.of(Code.OTHER_LANGUAGE, span(token), "there is no `" + word + "`")
                        .help(Help.write(span(token), "else if")));
                mended.add(Tokens.retype(token, NnLexer.ELSE));
                mended.add(Tokens.make(NnLexer.IF, "if", Tokens.end(token), Tokens.end(token)));
                return;
            }
        }
        mended.add(token);
    }

    private static Help binding(Span words, String right) {
        return right.equals("var")
                ? Help.write("a name that changes is bound by", words, "var", "")
                : new Help("a name is bound by `val`, or by `var` if it changes",
                        List.of(Fix.write(words, "val"), Fix.write(words, "var")));
    }

    private boolean isOperatorWord(int i) {
        String word = tokens.get(i).getText();
        return (word.equals("and") || word.equals("or"))
                && Tokens.endsExpression(last())
                && Tokens.beginsExpression(tokens.get(i + 1).getType());
    }

    private boolean startsStatement() {
        return switch (last()) {
            case Token.EOF, NnLexer.NL, NnLexer.SEMI, NnLexer.LBRACE, NnLexer.ARROW, NnLexer.PRIVATE -> true;
            default -> false;
        };
    }

    private boolean afterBrace(int i) {
        int before = i - 1;
        while (before >= 0 && tokens.get(before).getType() == NnLexer.NL) {
            before--;
        }
        return before >= 0 && tokens.get(before).getType() == NnLexer.RBRACE;
    }

    private int last() {
        return mended.isEmpty() ? Token.EOF : mended.getLast().getType();
    }

    private void replace(CommonToken token, int meant, Help help) {
        errors.add(Diagnostic.of(Code.OTHER_LANGUAGE, span(token), "there is no `" + token.getText() + "`").help(help));
        mended.add(Tokens.retype(token, meant));
    }

    private Span span(Token token) {
        return Tokens.span(errors.file(), token);
    }
}
