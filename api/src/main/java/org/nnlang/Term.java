package org.nnlang;

import java.util.List;

/// What a model under construction is made of: sizes ([Size]), tensors ([Value]), functions and layers ([Fn]), and numbers, booleans,
/// texts and lists, which [#of(Object)] takes as they are. Immutable; two terms are the same one only if they are the same object.
public abstract sealed class Term permits Size, Value, Fn, Term.Literal {
    private final Code code;

    Term(Code code) {
        this.code = code;
    }

    Code code() {
        return code;
    }

    /// A number, a boolean, a text, or a list of such and of terms, as a term; a term is itself.
    ///
    /// @throws IllegalArgumentException for anything else
    public static Term of(Object value) {
        return switch (value) {
            case Term term -> term;
            case List<?> list -> new Literal(Code.list(list.stream().map(item -> of(item).code()).toList()));
            default -> new Literal(Code.literal(Settings.literal("a model", value)));
        };
    }

    /// As the language writes it.
    @Override
    public String toString() {
        return new CodeWriter(List.of(code)).whole();
    }

    /// What is known when compiling, and stands for itself.
    static final class Literal extends Term {
        Literal(Code code) {
            super(code);
        }
    }
}
