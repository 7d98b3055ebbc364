package org.nnlang.compiler.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// `import std.layers.Dense` or `import "./blocks.nn" as blocks`.
public record Import(Target target, @Nullable Identifier alias, Span span) implements Declaration {
    /// What is imported.
    public sealed interface Target extends Syntax {}

    /// `std.layers.Dense`.
    public record Path(List<Identifier> names, Span span) implements Target {
        public Path {
            names = List.copyOf(names);
        }
    }

    /// `"./blocks.nn"`, the path as it was written.
    public record File(String path, Span span) implements Target {}
}
