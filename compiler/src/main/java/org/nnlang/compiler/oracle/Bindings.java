package org.nnlang.compiler.oracle;

import java.util.Map;

/// All that a procedure needs to be run. Tensors are in row-major order, bools are 0 and 1.
///
/// @param sizes     what each symbol of its dimensions stands for
/// @param inputs    by name
/// @param variables by name, their values when the procedure begins
public record Bindings(
        Map<String, Long> sizes, Map<String, double[]> inputs, Map<String, double[]> variables, Draws draws) {
    public Bindings {
        sizes = Map.copyOf(sizes);
        inputs = Map.copyOf(inputs);
        variables = Map.copyOf(variables);
    }
}
