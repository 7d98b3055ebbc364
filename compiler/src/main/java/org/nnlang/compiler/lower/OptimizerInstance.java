package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;

/// An optimizer with its hyper-parameters.
final class OptimizerInstance {
    final Declaration.Optimizer declaration;
    final Scope hyperparameters;
    final Span site;

    /// How often it was called on its own, in a test.
    int applications;

    private @Nullable String name;

    OptimizerInstance(Declaration.Optimizer declaration, Scope hyperparameters, Span site) {
        this.declaration = declaration;
        this.hyperparameters = hyperparameters;
        this.site = site;
    }

    void nameAfter(String binding) {
        if (name == null) {
            name = binding;
        }
    }

    /// What the names of its slots begin with where it is called on its own.
    String name() {
        return name != null ? name : NameTable.snake(declaration.name().text()) + "@" + site.start();
    }

    @Override
    public String toString() {
        return declaration.name().text();
    }
}
