package org.nnlang.compiler.type;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;

/// What declarations are called.
public final class Names {
    private Names() {}

    /// The name of a declaration that has one.
    public static @Nullable Identifier of(Declaration.Described declaration) {
        return switch (declaration) {
            case Declaration.Function function -> function.name();
            case Declaration.Layer layer -> layer.name();
            case Declaration.Optimizer optimizer -> optimizer.name();
            case Declaration.Train train -> train.name();
            case Declaration.Constant constant -> constant.name();
            case Declaration.Test _ -> null;
        };
    }

    /// `layer`, `fun`, …
    public static String keyword(Declaration.Described declaration) {
        return switch (declaration) {
            case Declaration.Function _ -> "fun";
            case Declaration.Layer layer -> layer.kind() == Declaration.LayerKind.MODEL ? "model" : "layer";
            case Declaration.Optimizer _ -> "optimizer";
            case Declaration.Train _ -> "train";
            case Declaration.Constant _ -> "val";
            case Declaration.Test _ -> "test";
        };
    }

    /// Where a declaration is named.
    public static Span span(Declaration.Described declaration) {
        Identifier name = of(declaration);
        return name != null ? name.span() : declaration instanceof Declaration.Test test ? test.nameSpan()
                : declaration.span();
    }
}
