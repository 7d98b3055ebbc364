package org.nnlang.compiler.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// What has a value. Parentheses leave no node of their own; they are part of what encloses them.
public sealed interface Expression extends Syntax {
    /// `1_000`.
    record IntLiteral(long value, Span span) implements Expression {}

    /// `1e-3`, `0.5`.
    record FloatLiteral(double value, Span span) implements Expression {}

    /// `true`, `false`.
    record BoolLiteral(boolean value, Span span) implements Expression {}

    /// `"width $d is not divisible by ${2 * heads}"`; a plain string has one part of text, an empty one has none.
    record StringTemplate(List<StringPart> parts, Span span) implements Expression {
        public StringTemplate {
            parts = List.copyOf(parts);
        }

        /// The text of a string without holes; null if it has one.
        public @Nullable String plain() {
            StringBuilder text = new StringBuilder();
            for (StringPart part : parts) {
                if (!(part instanceof StringPart.Text(String value, Span _))) {
                    return null;
                }
                text.append(value);
            }
            return text.toString();
        }
    }

    /// A name used as a value.
    record Name(String text, Span span) implements Expression {}

    /// `(a, b)`.
    record Tuple(List<Expression> elements, Span span) implements Expression {
        public Tuple {
            elements = List.copyOf(elements);
        }
    }

    /// `[a, b]`.
    record ListLiteral(List<Expression> elements, Span span) implements Expression {
        public ListLiteral {
            elements = List.copyOf(elements);
        }
    }

    /// `{ x, (y, z) -> … }`.
    record Lambda(List<Pattern> parameters, Block body, Span span) implements Expression {
        public Lambda {
            parameters = List.copyOf(parameters);
        }
    }

    /// `if condition { … } else { … }`; in an `else if`, the second block is that `if` alone.
    record If(Expression condition, Block then, @Nullable Block otherwise, Span span) implements Expression {}

    /// `scan pattern in source along dimension { … }`.
    ///
    /// @param order what stands behind the dimension: `reversed`, or nothing
    record Scan(
            Pattern pattern, Expression source, Expression dimension, @Nullable Identifier order, Block body, Span span)
            implements Expression {}

    /// `target.member`.
    record Select(Expression target, Identifier member, Span span) implements Expression {}

    /// `callee(arguments)`, or `callee(arguments) { x -> … }`, where the lambda is the last argument.
    record Call(Expression callee, List<Argument> arguments, Span span) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /// `target[indices]`.
    record Slice(Expression target, List<Index> indices, Span span) implements Expression {
        public Slice {
            indices = List.copyOf(indices);
        }
    }

    /// `-x`, `!x`.
    record Unary(UnaryOperator operator, Expression operand, Span operatorSpan, Span span) implements Expression {}

    /// `left operator right`.
    record Binary(BinaryOperator operator, Expression left, Expression right, Span operatorSpan, Span span)
            implements Expression {}

    /// `from..<to`, or `from..to`, which includes its end.
    record Range(Expression from, Expression to, boolean inclusive, Span operatorSpan, Span span)
            implements Expression {}

    /// `input |> target`; the target is a name, a selection, a call, a lambda, or anything in parentheses.
    record Pipe(Expression input, Expression target, Span operatorSpan, Span span) implements Expression {}

    /// An expression that could not be read; the parser has reported it.
    record Invalid(Span span) implements Expression {}
}
