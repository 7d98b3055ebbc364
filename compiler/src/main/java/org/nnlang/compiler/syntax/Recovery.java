package org.nnlang.compiler.syntax;

import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.nnlang.grammar.NnParser;
import org.nnlang.grammar.NnParser.BodyContext;
import org.nnlang.grammar.NnParser.FileContext;

/// How parsing goes on after a mistake: at the end of the parameter list, of the head before a `{`, of the statement or
/// of the declaration that it is in, whichever is nearest. Nothing is guessed inside of them, so that a mistake gives
/// one error.
final class Recovery extends DefaultErrorStrategy {
    private final TokenSequence tokens;
    private final ParseErrors errors;

    Recovery(TokenSequence tokens, ParseErrors errors) {
        this.tokens = tokens;
        this.errors = errors;
    }

    @Override
    public void reportError(org.antlr.v4.runtime.Parser parser, RecognitionException e) {
        if (!inErrorRecoveryMode(parser)) {
            beginErrorCondition(parser);
            errors.report(parser.getContext(), e.getOffendingToken().getTokenIndex(), parser.getExpectedTokens());
        }
    }

    @Override
    public void recover(org.antlr.v4.runtime.Parser parser, RecognitionException e) {
        ParserRuleContext context = parser.getContext();
        int start = context.getStart().getTokenIndex();
        switch (context.getRuleIndex()) {
            case NnParser.RULE_statement -> resume(parser, tokens.endOfStatement(start));
            case NnParser.RULE_item -> resume(parser, tokens.endOfItem(start, here(parser)));
            case NnParser.RULE_parameters -> {
                if (tokens.type(start) != NnParser.LPAREN || tokens.partner(start) < here(parser)) {
                    throw e;
                }
                resume(parser, tokens.partner(start) + 1);
            }
            case NnParser.RULE_result -> resumeAtOr(parser, e, NnParser.LBRACE, NnParser.ASSIGN);
            case NnParser.RULE_forHead, NnParser.RULE_head, NnParser.RULE_scanHead, NnParser.RULE_condition ->
                resumeAtOr(parser, e, NnParser.LBRACE);
            default -> throw e;
        }
    }

    /// A token that is not the wanted one: only the `{` of a body is worth looking for.
    @Override
    public Token recoverInline(org.antlr.v4.runtime.Parser parser) {
        InputMismatchException mismatch = new InputMismatchException(parser);
        boolean wantsBody = parser.getContext().getRuleIndex() == NnParser.RULE_block
                && parser.getContext().getStart() == parser.getCurrentToken();
        int brace = wantsBody ? tokens.findInStatement(here(parser), NnParser.LBRACE) : -1;
        if (brace < 0) {
            throw mismatch;
        }
        reportError(parser, mismatch);
        resume(parser, brace);
        Token found = parser.getCurrentToken();
        parser.consume();
        return found;
    }

    /// Called before every choice. In a body or a file, that is where something follows a statement or declaration that
    /// does not end there; in a declaration, where its body is expected.
    @Override
    public void sync(org.antlr.v4.runtime.Parser parser) {
        switch (parser.getContext()) {
            case BodyContext body when !body.statement().isEmpty() && !endsStatement(parser) -> {
                unexpected(parser);
                resume(parser, tokens.endOfStatement(body.statement().getLast().getStart().getTokenIndex()));
            }
            case BodyContext body when body.statement().isEmpty() -> skipToFirstStatement(parser);
            case FileContext file when file.item().isEmpty() && !endsItem(parser) -> skipToFirstItem(parser);
            case FileContext file when !file.item().isEmpty() && !endsItem(parser) -> {
                unexpected(parser);
                resume(parser, tokens.endOfItem(here(parser), here(parser)));
            }
            case NnParser.DefinitionContext definition when definition.getChildCount() == 0 -> {
                int at = tokens.findInStatement(here(parser), NnParser.LBRACE, NnParser.ASSIGN);
                if (at > here(parser)) {
                    unexpected(parser);
                    resume(parser, at);
                }
            }
            default -> {}
        }
    }

    private static boolean endsStatement(org.antlr.v4.runtime.Parser parser) {
        return switch (parser.getInputStream().LA(1)) {
            case NnParser.NL, NnParser.SEMI, NnParser.RBRACE, Token.EOF -> true;
            default -> false;
        };
    }

    private static boolean endsItem(org.antlr.v4.runtime.Parser parser) {
        return switch (parser.getInputStream().LA(1)) {
            case NnParser.NL, NnParser.SEMI, Token.EOF -> true;
            default -> false;
        };
    }

    /// A body whose first line is no statement: goes on at the first line that is one.
    private void skipToFirstStatement(org.antlr.v4.runtime.Parser parser) {
        while (!endsStatement(parser) && !tokens.canBeginStatement(here(parser))) {
            unexpected(parser);
            int end = tokens.endOfStatement(here(parser));
            resume(parser, tokens.type(end) == NnParser.NL || tokens.type(end) == NnParser.SEMI ? end + 1 : end);
        }
    }

    /// A file whose first line is no declaration: goes on at the first declaration.
    private void skipToFirstItem(org.antlr.v4.runtime.Parser parser) {
        if (!tokens.canBeginItem(here(parser))) {
            unexpected(parser);
            int end = tokens.endOfItem(here(parser), here(parser));
            resume(parser, tokens.type(end) == Token.EOF ? end : end + 1);
        }
    }

    private void unexpected(org.antlr.v4.runtime.Parser parser) {
        reportError(parser, new InputMismatchException(parser));
    }

    private void resumeAtOr(org.antlr.v4.runtime.Parser parser, RecognitionException e, int... wanted) {
        int at = tokens.findInStatement(parser.getContext().getStart().getTokenIndex(), wanted);
        if (at < here(parser)) {
            throw e;
        }
        resume(parser, at);
    }

    private void resume(org.antlr.v4.runtime.Parser parser, int index) {
        parser.getInputStream().seek(Math.max(index, here(parser)));
        endErrorCondition(parser);
    }

    private static int here(org.antlr.v4.runtime.Parser parser) {
        return parser.getCurrentToken().getTokenIndex();
    }
}
