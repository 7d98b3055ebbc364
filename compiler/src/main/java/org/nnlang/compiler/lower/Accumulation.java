package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.DType;

/// `minimize … every k`: gradients are added up in slots, and each k-th run makes an update of their mean. In the other
/// runs parameters and the optimizer's slots keep their values.
final class Accumulation {
    private final Elaboration elaboration;
    private final Graph graph;
    private final String prefix;
    private final long every;
    private final Node runs;
    private final Span span;
    private final Map<String, Node> sums = new LinkedHashMap<>();
    private final Map<String, Node> slots = new LinkedHashMap<>();

    /// @param prefix of the optimizer's slots
    /// @param runs   how often the `minimize` has run, an i32 scalar from 1
    Accumulation(Elaboration elaboration, String prefix, long every, Node runs, Span span) {
        this.elaboration = elaboration;
        this.graph = elaboration.graph;
        this.prefix = prefix;
        this.every = every;
        this.runs = runs;
        this.span = span;
        for (Variables.Variable slot : slots()) {
            slots.put(slot.name(), current(slot.name()));
        }
    }

    private List<Variables.Variable> slots() {
        return elaboration.variables.all().stream()
                .filter(variable -> variable.kind() == VariableKind.SLOT
                        && variable.name().startsWith(prefix + ".")
                        && !variable.name().startsWith(prefix + ".sum.")
                        && !variable.name().equals(prefix + ".step"))
                .toList();
    }

    private Node current(String name) {
        Node node = elaboration.variables.node(name);
        if (node == null) {
            throw new IllegalStateException(name);
        }
        return node;
    }

    private Node whole(long value) {
        return graph.fill(TensorType.scalar(DType.I32), value);
    }

    /// The mean of the gradients since the last update, of which `gradients` are the newest.
    List<Value> add(List<Variables.Variable> parameters, List<Value> gradients) {
        var means = new ArrayList<Value>();
        for (int i = 0; i < parameters.size(); i++) {
            Variables.Variable parameter = parameters.get(i);
            String name = prefix + ".sum." + parameter.name();
            TensorType type = parameter.type();
            elaboration.variables.slot(name, type, graph.fill(type, 0), parameter.name(), span);
            Node sum = graph.apply(Ops.ADD, current(name), ((TensorValue) gradients.get(i)).node());
            sums.put(name, sum);
            means.add(new TensorValue(graph.apply(Ops.DIV, sum, graph.fill(type, every))));
        }
        return means;
    }

    /// The number of the update that these gradients are for, from 1.
    Node updates() {
        return graph.apply(Ops.FLOORDIV, graph.apply(Ops.ADD, runs, whole(every - 1)), whole(every));
    }

    /// `updated` in each k-th run, else `before`.
    Node whenDue(Node updated, Node before) {
        Node rest = graph.apply(Ops.MOD, runs, whole(every));
        Node due = graph.apply(Ops.EQ, rest, whole(0));
        return graph.apply(Ops.SELECT, graph.broadcast(due, updated.shape(), List.of()), updated, before);
    }

    /// Once all parameters have been updated: slots keep their values where no update was due, and sums begin anew where one
    /// was.
    void settle() {
        for (Variables.Variable slot : slots()) {
            Node before = slots.getOrDefault(slot.name(), slot.node());
            Node after = current(slot.name());
            if (after != before) {
                elaboration.variables.write(slot.name(), whenDue(after, before));
            }
        }
        sums.forEach((name, sum) -> elaboration.variables.write(name, whenDue(graph.fill(sum.type(), 0), sum)));
    }
}
