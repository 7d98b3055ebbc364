package org.nnlang.compiler.lower;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.type.ModuleScope;

/// Something that can be called.
sealed interface Callable {
    /// What diagnostics call it.
    String name();

    /// A `fun`; with two lists, one that waits for the first.
    ///
    /// @param closure the scope of a local one
    record Function(Declaration.Function declaration, ModuleScope module, @Nullable Scope closure) implements Callable {
        @Override
        public String name() {
            return declaration.name().text();
        }
    }

    /// A `fun` of two lists that has the first.
    record Configured(Declaration.Function declaration, Scope hyperparameters) implements Callable {
        @Override
        public String name() {
            return declaration.name().text();
        }
    }

    /// A `layer` or `model` that waits for its hyper-parameters.
    record Layer(Declaration.Layer declaration, ModuleScope module) implements Callable {
        @Override
        public String name() {
            return declaration.name().text();
        }
    }

    /// An `optimizer` that waits for its hyper-parameters.
    record Optimizer(Declaration.Optimizer declaration, ModuleScope module) implements Callable {
        @Override
        public String name() {
            return declaration.name().text();
        }
    }

    /// @param owner who owns the weights it makes: the layer whose literal argument it is, else nobody
    record Lambda(Expression.Lambda lambda, Scope scope, @Nullable Owner owner) implements Callable {
        /// What a call of one is named that is not called by a name.
        static final String UNNAMED = "lambda";

        @Override
        public String name() {
            return "{ … }";
        }
    }

    record BuiltIn(Builtin builtin) implements Callable {
        @Override
        public String name() {
            return builtin.name();
        }
    }

    /// A builtin that waits for the shape: `zeros()`, `normal(stddev = 0.02)`.
    record Initializer(Builtin builtin, List<Given> given) implements Callable {
        public Initializer {
            given = List.copyOf(given);
        }

        @Override
        public String name() {
            return builtin.name();
        }
    }

    /// `shuffle` of `data.shuffle()`.
    record DataMethod(Value.DataValue data, String name) implements Callable {}
}
