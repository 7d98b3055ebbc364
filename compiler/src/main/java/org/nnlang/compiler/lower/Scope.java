package org.nnlang.compiler.lower;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.type.ModuleScope;

/// The names of a block in one call, those of the blocks around it, and then those of its module.
final class Scope {
    private final @Nullable Scope parent;
    private final ModuleScope module;
    private final Frame frame;
    private final Map<String, Binding> bindings = new HashMap<>();

    /// Dtypes that stand for the type variables of a signature, such as `T`.
    private final Map<String, org.nnlang.runtime.tensor.DType> dtypes = new HashMap<>();

    private java.util.Set<String> points = java.util.Set.of();

    private Scope(@Nullable Scope parent, ModuleScope module, Frame frame) {
        this.parent = parent;
        this.module = module;
        this.frame = frame;
    }

    /// The outermost scope of a declaration's call.
    static Scope top(ModuleScope module, Frame frame) {
        return new Scope(null, module, frame);
    }

    /// A block inside this one, in the same call.
    Scope inner() {
        return new Scope(this, module, frame);
    }

    /// A call of something that was written in this scope: a lambda, a local `fun`, the second list of a layer.
    Scope call(Frame callee) {
        return new Scope(this, module, callee);
    }

    /// The same names, in an unrolled iteration.
    Scope iteration(Frame frameOfIteration) {
        return new Scope(this, module, frameOfIteration);
    }

    Frame frame() {
        return frame;
    }

    ModuleScope module() {
        return module;
    }

    /// Says that `names` are points at which the body of this scope differentiates.
    void differentiates(java.util.Set<String> names) {
        points = names;
    }

    /// Whether a name bound here is a point at which the body differentiates.
    boolean isPoint(String name) {
        return points.contains(name);
    }

    void bind(Binding binding) {
        bindings.put(binding.name, binding);
    }

    @Nullable
    Binding find(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Binding binding = scope.bindings.get(name);
            if (binding != null) {
                return binding;
            }
        }
        return null;
    }

    /// The call in which `name` is bound.
    int frameOf(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            if (scope.bindings.containsKey(name)) {
                return scope.frame.id();
            }
        }
        return frame.id();
    }

    void bindDType(String name, org.nnlang.runtime.tensor.DType dtype) {
        dtypes.put(name, dtype);
    }

    org.nnlang.runtime.tensor.@Nullable DType dtype(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            var dtype = scope.dtypes.get(name);
            if (dtype != null) {
                return dtype;
            }
        }
        return null;
    }
}
