package org.nnlang.compiler.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// What stands at the top of a file. `documentation` is the text of the `///` lines above a declaration, without the
/// slashes; empty if there are none.
public sealed interface Declaration extends Syntax
        permits Declaration.Described, Declaration.Invalid, Import {
    /// A declaration that may have documentation and annotations: every one but an [Import].
    sealed interface Described extends Declaration {
        Header header();
    }

    /// What stands before a declaration's keyword.
    record Header(String documentation, List<Annotation> annotations, boolean isPrivate) {
        public static final Header NONE = new Header("", List.of(), false);

        public Header {
            annotations = List.copyOf(annotations);
        }
    }

    /// `fun name(inputs) -> result = …`, or `fun name(hyperparameters)(inputs) -> result { … }`: with two lists the
    /// first one is `hyperparameters`, with one it is null.
    record Function(
            Header header,
            Identifier name,
            @Nullable List<Parameter> hyperparameters,
            List<Parameter> inputs,
            @Nullable TypeExpression result,
            Block body,
            Span span)
            implements Described {
        public Function {
            hyperparameters = hyperparameters == null ? null : List.copyOf(hyperparameters);
            inputs = List.copyOf(inputs);
        }
    }

    /// `layer Name(hyperparameters)(inputs) -> result { … }`, or the same with `model`.
    record Layer(
            Header header,
            LayerKind kind,
            Identifier name,
            List<Parameter> hyperparameters,
            List<Parameter> inputs,
            @Nullable TypeExpression result,
            Block body,
            Span span)
            implements Described {
        public Layer {
            hyperparameters = List.copyOf(hyperparameters);
            inputs = List.copyOf(inputs);
        }
    }

    /// Whether a [Layer] says `layer` or `model`.
    enum LayerKind {
        LAYER,
        MODEL
    }

    /// `optimizer Name(hyperparameters)(p, g) { … }`.
    record Optimizer(
            Header header,
            Identifier name,
            List<Parameter> hyperparameters,
            List<Parameter> inputs,
            Block body,
            Span span)
            implements Described {
        public Optimizer {
            hyperparameters = List.copyOf(hyperparameters);
            inputs = List.copyOf(inputs);
        }
    }

    /// `train Name(hyperparameters) { … }`.
    record Train(Header header, Identifier name, List<Parameter> hyperparameters, Block body, Span span)
            implements Described {
        public Train {
            hyperparameters = List.copyOf(hyperparameters);
        }
    }

    /// `test "what holds" { … }`; `nameSpan` is the place of the string.
    record Test(Header header, String name, Span nameSpan, Block body, Span span) implements Described {}

    /// `val NAME: type = value` outside any body.
    record Constant(Header header, Identifier name, @Nullable TypeExpression type, Expression value, Span span)
            implements Described {}

    /// Something at the top of a file that could not be read; the parser has reported it. `mentioned` holds every name
    /// in it, so that nobody calls one of them unknown.
    record Invalid(Set<String> mentioned, Span span) implements Declaration {
        public Invalid {
            mentioned = Set.copyOf(mentioned);
        }
    }
}
