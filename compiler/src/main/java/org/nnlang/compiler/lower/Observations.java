package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;

/// Writes down what can be observed of a loop while it is elaborated.
final class Observations {
    /// What the second input of a function that judges is called.
    private static final Set<String> TRUTHS = Set.of("label", "labels", "target", "targets");

    private final Map<Object, Observation> found = new LinkedHashMap<>();

    /// Begins a loop.
    void begin() {
        found.clear();
    }

    void gradient(String parameter, Value gradient) {
        if (gradient instanceof TensorValue tensor) {
            found.put("gradient " + parameter, new Observation.Gradient(parameter, tensor.node()));
        }
    }

    void schedule(String name, Node value) {
        found.put("schedule " + name, new Observation.Schedule(name, value));
    }

    /// A call of a function, whose inputs are bound in `scope`.
    void called(Declaration.Function function, Scope scope) {
        List<Parameter> inputs = function.inputs();
        if (inputs.size() < 2 || !TRUTHS.contains(inputs.get(1).name().text())) {
            return;
        }
        Node answer = tensor(scope.find(inputs.get(0).name().text()));
        Node truth = tensor(scope.find(inputs.get(1).name().text()));
        if (answer != null && truth != null) {
            found.putIfAbsent(
                    List.of(answer, truth), new Observation.Judged(function.name().text(), answer, truth));
        }
    }

    private static @Nullable Node tensor(@Nullable Binding binding) {
        return binding != null && binding.value() instanceof TensorValue tensor ? tensor.node() : null;
    }

    /// What was found since the beginning, and can be told from `inputs` and variables: not what stands for an operand or a slice
    /// elsewhere, and not what a constant was held against, or by.
    List<Observation> of(List<Node> inputs) {
        var roots = new ArrayList<Node>();
        found.values().forEach(observation -> roots.addAll(nodes(observation)));
        var foreign = new BitSet();
        var trained = new BitSet();
        var data = new BitSet();
        for (Node node : Graph.ancestors(roots)) {
            boolean isInput = node.form() instanceof Form.Input;
            mark(foreign, node, isInput && !inputs.contains(node));
            mark(trained, node, node.form() instanceof Form.Variable);
            mark(data, node, isInput);
        }
        return found.values().stream()
                .filter(observation -> nodes(observation).stream().noneMatch(node -> foreign.get(node.id())))
                .filter(observation -> !(observation instanceof Observation.Judged(var _, Node answer, Node truth))
                        || trained.get(answer.id()) && !trained.get(truth.id()) && data.get(truth.id()))
                .toList();
    }

    /// Marks a node that is something, or depends on what is.
    private static void mark(BitSet marks, Node node, boolean is) {
        if (is || node.inputs().stream().anyMatch(input -> marks.get(input.id()))) {
            marks.set(node.id());
        }
    }

    private static List<Node> nodes(Observation observation) {
        return switch (observation) {
            case Observation.Gradient(var _, Node value) -> List.of(value);
            case Observation.Schedule(var _, Node value) -> List.of(value);
            case Observation.Judged(var _, Node answer, Node truth) -> List.of(answer, truth);
        };
    }
}
