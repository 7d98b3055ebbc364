package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintKind;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;

/// The shapes that an editor shows in the text: behind what `val` and `var` bind, behind what a `step` or a `scan` goes through, and behind the stages of
/// a pipe that stand on lines of their own.
final class Hints extends FileWalk {
    /// A hint is no longer than this.
    private static final int LONGEST = 80;

    private final SourceFile file;
    private final Types types;
    private final Span shown;
    private final List<InlayHint> hints = new ArrayList<>();

    private Hints(Snapshot snapshot, Span shown) {
        this.file = snapshot.file();
        this.types = snapshot.survey().types();
        this.shown = shown;
    }

    /// @param shown the stretch of the text that is looked at
    static List<InlayHint> of(Snapshot snapshot, Span shown) {
        var hints = new Hints(snapshot, shown);
        hints.file(snapshot.survey().module().syntax());
        hints.hints.sort(Comparator.comparingInt((InlayHint hint) -> hint.getPosition().getLine())
                .thenComparingInt(hint -> hint.getPosition().getCharacter()));
        return hints.hints;
    }

    @Override
    public void statement(Statement statement) {
        switch (statement) {
            case Statement.Val val when val.type() == null -> pattern(val.pattern());
            case Statement.Var variable when variable.type() == null -> pattern(variable.pattern());
            case Statement.Loop loop when loop.pattern() != null -> pattern(loop.pattern());
            default -> {}
        }
        super.statement(statement);
    }

    @Override
    public void expression(Expression expression) {
        if (expression instanceof Expression.Scan scan) {
            pattern(scan.pattern());
        } else if (expression instanceof Expression.Pipe(Expression input, Expression target, Span operator, Span _)) {
            Span before = input instanceof Expression.Pipe(var _, Expression earlier, var _, var _)
                    ? earlier.span()
                    : input.span();
            if (file.line(before.end()) != file.line(operator.start())
                    || file.line(operator.end()) != file.line(target.span().start())) {
                hint(target.span().end(), "", types.ofStage(target.span()));
            }
        }
        super.expression(expression);
    }

    private void pattern(Pattern pattern) {
        for (Identifier name : pattern.names()) {
            hint(name.span().end(), ": ", types.of(name.span()));
        }
    }

    private void hint(int offset, String before, List<Types.Type> found) {
        if (offset < shown.start() || offset > shown.end() || found.stream().noneMatch(Types.Type::isTensor)) {
            return;
        }
        String text = before + found.stream().map(Types.Type::text).collect(Collectors.joining(" | "));
        var hint = new InlayHint(
                Positions.of(file, offset),
                Either.forLeft(text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…"));
        hint.setKind(InlayHintKind.Type);
        hint.setPaddingLeft(before.isEmpty());
        hints.add(hint);
    }
}
