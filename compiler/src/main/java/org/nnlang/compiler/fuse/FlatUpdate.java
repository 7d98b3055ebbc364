package org.nnlang.compiler.fuse;

import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Node;

/// The equal updates of several parameters, to be run as one loop over flat memory. The first parameter's nodes stand for
/// all: `leaves` says what its variables and its gradient become for each of the parameters, in order.
///
/// @param parameters the parameters' names; they lie in memory in this order, one behind the other
/// @param size how many elements they have together
/// @param results new values of variables
/// @param variables leaves that are variables: for each parameter the variable's name
/// @param values leaves that are computed: for each parameter the node
public record FlatUpdate(
        List<String> parameters,
        long size,
        List<Result> results,
        Map<Node, List<String>> variables,
        Map<Node, List<Node>> values) {

    /// A root of the first parameter's nodes.
    ///
    /// @param value as the first parameter has it
    /// @param variables for each parameter the variable that is updated
    /// @param values for each parameter its new value
    public record Result(Node value, List<String> variables, List<Node> values) {}
}
