package org.nnlang.compiler.lower;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.syntax.Identifier;

/// Statements of a session, elaborated: a procedure that computes what they show and what their `val`s hold.
///
/// @param procedure no inputs; an output for each tensor that is shown or kept, an update for each variable that changes
/// @param init gives those variables their first values that earlier entries left none for
/// @param results what the statements give, in their order
/// @param lasting the variables that later entries find again
/// @param applied by the names of layers the types of the inputs that they were first applied to
public record EntryProgram(
        Procedure procedure,
        Procedure init,
        List<Result> results,
        Set<String> lasting,
        Map<String, List<TensorType>> applied) {
    public EntryProgram {
        results = List.copyOf(results);
        lasting = Set.copyOf(lasting);
        applied = Map.copyOf(applied);
    }

    /// What a statement gives.
    ///
    /// @param label what it is called: the name of a `val`, of a loss, …; empty for an expression
    /// @param bound what later entries find under the label; null where nothing is bound
    public record Result(String label, Answer answer, @Nullable Bound bound) {}

    /// A `val` or `var`.
    ///
    /// @param assignable whether it is a `var`
    /// @param value what it stands for from now on
    /// @param tensors outputs of the procedure that the session keeps, with the names of the variables they become
    public record Bound(Identifier name, boolean assignable, SessionValue value, Map<String, String> tensors) {
        public Bound {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        }
    }

    /// A value, or where to find it when the procedure has run.
    public sealed interface Answer {
        /// Its type as a reader knows it: `Int`, `f32[2, 3]`, `List<Float>`, …
        String type();
    }

    /// Known when compiling.
    ///
    /// @param text empty where the type says it all
    public record Known(String type, String text) implements Answer {}

    /// A tensor.
    public record Computed(String output, TensorType tensor) implements Answer {
        @Override
        public String type() {
            return tensor.toString();
        }
    }

    /// A tuple or a list that holds tensors.
    ///
    /// @param names of the parts; empty for those that have none
    public record Several(String type, List<String> names, List<Answer> parts) implements Answer {
        public Several {
            names = List.copyOf(names);
            parts = List.copyOf(parts);
        }
    }
}
