package org.nnlang.compiler.ir;

/// How the gradient of an elementwise operation reaches one of its inputs.
@FunctionalInterface
public interface GradientRule {
    /// Builds ∂loss/∂input from ∂loss/∂output.
    ///
    /// @param gradient ∂loss/∂output, of the shape of `output`
    /// @param output   the operation's node, whose inputs the rule may use
    /// @return the gradient of that input, of the same shape
    Node build(Graph graph, Node gradient, Node output);
}
