package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A pure function of its inputs and of the variables' values when it begins; at its end the updates take effect, all
/// at once.
///
/// @param inputs  [Form.Input] nodes in the order the caller gives them, all of them, used or not
/// @param outputs named results
/// @param updates the new values of variables, at most one each
public record Procedure(String name, List<Node> inputs, List<Output> outputs, List<Update> updates) {
    public Procedure {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        updates = List.copyOf(updates);
    }

    /// A result and what the caller knows it by.
    public record Output(String name, Node node) {}

    /// What the variable called `variable` becomes. It need not be read by the procedure.
    public record Update(String variable, Form.VariableKind kind, Node value) {}

    /// The nodes that the caller sees: inputs, outputs, values of updates.
    public List<Node> roots() {
        var roots = new ArrayList<>(inputs);
        outputs.forEach(output -> roots.add(output.node()));
        updates.forEach(update -> roots.add(update.value()));
        return roots;
    }

    /// Every node that takes part, inputs before their users.
    public List<Node> nodes() {
        return Graph.ancestors(roots());
    }

    /// The procedure made of other nodes.
    ///
    /// @param replacements what stands for each of its inputs, outputs and updates
    public Procedure with(Map<Node, Node> replacements) {
        return new Procedure(
                name,
                inputs.stream().map(input -> replaced(input, replacements)).toList(),
                outputs.stream()
                        .map(output -> new Output(output.name(), replaced(output.node(), replacements)))
                        .toList(),
                updates.stream()
                        .map(update -> new Update(
                                update.variable(), update.kind(), replaced(update.value(), replacements)))
                        .toList());
    }

    private static Node replaced(Node node, Map<Node, Node> replacements) {
        return Objects.requireNonNull(replacements.get(node));
    }

    /// The procedure as text, which [IrText] reads.
    @Override
    public String toString() {
        return IrPrinter.print(this);
    }
}
