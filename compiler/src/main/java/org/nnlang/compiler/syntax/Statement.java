package org.nnlang.compiler.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// What stands in a body. The last one, if it is an expression, is the body's value.
public sealed interface Statement extends Syntax {
    /// `val pattern: type = value`.
    record Val(Pattern pattern, @Nullable TypeExpression type, Expression value, Span span) implements Statement {}

    /// `var pattern: type = value`.
    record Var(Pattern pattern, @Nullable TypeExpression type, Expression value, Span span) implements Statement {}

    /// `param name: type ~ initializer`.
    record Param(Identifier name, TypeExpression type, @Nullable Expression initializer, Span span)
            implements Statement {}

    /// `state name: type = value`.
    record State(Identifier name, TypeExpression type, Expression value, Span span) implements Statement {}

    /// `slot name: type = value`, in an optimizer.
    record Slot(Identifier name, @Nullable TypeExpression type, Expression value, Span span) implements Statement {}

    /// `name = value`, for a `var`; or `(a, b) = value`, for several.
    record Assign(Pattern pattern, Expression value, Span span) implements Statement {}

    /// `name := value`, for a `state`, a `slot` or an optimizer's parameter.
    record Update(Identifier name, Expression value, Span span) implements Statement {}

    /// `for (pattern in range) { … }`, unrolled when compiling.
    record For(Pattern pattern, Expression range, Block body, Span span) implements Statement {}

    /// `require condition : message`.
    record Require(Expression condition, Expression message, Span span) implements Statement {}

    /// `assert condition` or `assert condition : message`, in a test.
    record Assert(Expression condition, @Nullable Expression message, Span span) implements Statement {}

    /// `yield value`, in a `scan`.
    record Yield(Expression value, Span span) implements Statement {}

    /// `minimize loss over a, b with optimizer clip norm every 4`; without `over` the list is empty.
    record Minimize(
            Expression loss, List<Expression> over, Expression optimizer, @Nullable Expression clip,
            @Nullable Expression every, Span span)
            implements Statement {
        public Minimize {
            over = List.copyOf(over);
        }
    }

    /// `report value` or `report name = value`.
    record Report(@Nullable Identifier name, Expression value, Span span) implements Statement {}

    /// `step pattern in source { … }`, or `step { … }`, where pattern and source are null; `validate` and `test` likewise.
    record Loop(Kind kind, @Nullable Pattern pattern, @Nullable Expression source, Block body, Span span)
            implements Statement {
        /// What a `train` does with examples.
        public enum Kind {
            STEP("step"),
            VALIDATE("validate"),
            TEST("test");

            private final String word;

            Kind(String word) {
                this.word = word;
            }

            /// As a program writes it.
            public String word() {
                return word;
            }
        }
    }

    /// `training { … }`, in a test.
    record Training(Block body, Span span) implements Statement {}

    /// A `fun` inside a body.
    record LocalFunction(Declaration.Function function) implements Statement {
        @Override
        public Span span() {
            return function.span();
        }
    }

    /// An expression on its own: the value of its block, an `if`, or a call such as `checkpoint(…)`.
    record ExpressionStatement(Expression value) implements Statement {
        @Override
        public Span span() {
            return value.span();
        }
    }

    /// A statement that could not be read; the parser has reported it. `mentioned` holds every name in it, so that
    /// nobody calls one of them unknown.
    record Invalid(Set<String> mentioned, Span span) implements Statement {
        public Invalid {
            mentioned = Set.copyOf(mentioned);
        }
    }
}
