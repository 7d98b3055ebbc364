package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.Tensor;

/// What the entries of a session left behind for those that follow.
///
/// @param values what its `val`s stand for, by the place of the `val`
/// @param variables tensors by name: those that `val`s hold, and the weights of layers
/// @param applied by the names of layers the types of the inputs that they were first applied to
public record Earlier(
        Map<Span, SessionValue> values, Map<String, Tensor> variables, Map<String, List<TensorType>> applied) {
    /// Of a program that is no entry of a session.
    public static final Earlier NOTHING = new Earlier(Map.of(), Map.of(), Map.of());

    public Earlier {
        values = Map.copyOf(values);
        variables = Map.copyOf(variables);
        applied = Map.copyOf(applied);
    }
}
