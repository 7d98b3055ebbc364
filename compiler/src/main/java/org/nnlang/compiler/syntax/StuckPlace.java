package org.nnlang.compiler.syntax;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser;
import org.nnlang.grammar.NnParser.BodyContext;
import org.nnlang.grammar.NnParser.FileContext;

/// Where the parser is stuck: a token that cannot stand where it does, and what is around it.
final class StuckPlace {
    private final TokenSequence tokens;
    private final SourceFile file;
    final ParserRuleContext context;
    final int at;
    final Token bad;
    final Token before;
    final IntervalSet expected;

    StuckPlace(
            TokenSequence tokens, SourceFile file, ParserRuleContext context, int at, IntervalSet expected) {
        this.tokens = tokens;
        this.file = file;
        this.context = context;
        this.at = at;
        this.bad = tokens.get(at);
        this.before = tokens.get(at - 1);
        this.expected = expected;
    }

    int type() {
        return bad.getType();
    }

    int typeBefore() {
        return at == 0 ? NnLexer.NL : before.getType();
    }

    boolean expects(int type) {
        return expected.contains(type);
    }

    boolean expectsValue() {
        return expects(NnLexer.INT);
    }

    /// The innermost statement or declaration around or just before the place; else the file or body itself.
    ParserRuleContext unit() {
        if (context instanceof BodyContext body && !body.statement().isEmpty()) {
            return body.statement().getLast();
        }
        if (context instanceof FileContext whole && !whole.item().isEmpty()) {
            return whole.item().getLast();
        }
        for (RuleContext c = context; c != null; c = c.getParent()) {
            if (c.getRuleIndex() == NnParser.RULE_statement || c.getRuleIndex() == NnParser.RULE_item) {
                return (ParserRuleContext) c;
            }
        }
        return context;
    }

    /// The index of the first token of [#unit].
    int start() {
        return Math.min(unit().getStart().getTokenIndex(), at);
    }

    /// Whether a rule of the grammar is being read, in this statement.
    boolean isIn(int rule) {
        for (RuleContext c = context; c != null; c = c.getParent()) {
            if (c.getRuleIndex() == rule) {
                return true;
            }
            if (c.getRuleIndex() == NnParser.RULE_statement) {
                return false;
            }
        }
        return false;
    }

    @Nullable
    RuleContext parent() {
        return context.getParent();
    }

    /// The kind of bracket around the place, or EOF outside of all.
    int bracket() {
        int opener = tokens.opener(at);
        return opener < 0 ? Token.EOF : tokens.type(opener);
    }

    boolean startsLine() {
        return typeBefore() == NnLexer.NL || at == 0;
    }

    boolean sameLine() {
        return file.line(Tokens.end(before)) == file.line(Tokens.start(bad));
    }
}
