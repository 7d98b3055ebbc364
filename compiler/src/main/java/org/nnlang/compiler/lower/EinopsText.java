package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.StringPart;

/// The text of a pattern, and where each part of it stands in the source.
///
/// @param literal the characters between the quotation marks, if the source has them just so
/// @param whole   what stands for the pattern
record EinopsText(String text, @Nullable Span literal, Span whole) {
    static EinopsText of(Given given, String text) {
        return new EinopsText(text, literal(given, text), given.span());
    }

    private static @Nullable Span literal(Given given, String text) {
        return given.expression() instanceof Expression.StringTemplate template
                && template.parts().size() == 1
                && template.parts().getFirst() instanceof StringPart.Text(String value, Span span)
                && value.equals(text)
                && span.text().equals(text)
                        ? span
                        : null;
    }

    Span span(int from, int to) {
        return literal == null ? whole : new Span(literal.file(), literal.start() + from, literal.start() + to);
    }
}
