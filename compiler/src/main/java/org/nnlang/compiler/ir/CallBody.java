package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a node computes that a kernel carries out: a procedure over a graph of its own, whose inputs stand for the
/// node's. Bodies are compared by identity, and shared: equal calls have one body.
///
/// A body is written down when somebody first asks for it. Most never are: a gradient's is wanted only by a test, or where
/// it is differentiated again.
public final class CallBody {
    private final Supplier<Procedure> source;
    private final Map<Integer, CallBody> gradients = new HashMap<>();
    private @Nullable Procedure procedure;

    /// @param source makes the procedure, once
    public CallBody(Supplier<Procedure> source) {
        this.source = source;
    }

    /// A body that is there already.
    public static CallBody of(Procedure procedure) {
        return new CallBody(() -> procedure);
    }

    /// What is computed.
    public synchronized Procedure procedure() {
        if (procedure == null) {
            procedure = source.get();
        }
        return procedure;
    }

    /// Whether it has been written down.
    public synchronized boolean isMade() {
        return procedure != null;
    }

    /// The gradient of one output, made by `maker` the first time.
    public synchronized CallBody gradient(int output, Function<CallBody, CallBody> maker) {
        var known = gradients.get(output);
        if (known == null) {
            known = maker.apply(this);
            gradients.put(output, known);
        }
        return known;
    }

    /// The body's nodes built in `graph`, over `inputs` in place of its own.
    ///
    /// @return its outputs, in order
    public List<Node> inline(Graph graph, List<Node> inputs) {
        return inline(procedure(), graph, inputs);
    }

    /// The procedure with every call replaced by what it means, also in the bodies of loops, for passes that must see inside.
    public static Procedure withoutCalls(Procedure source) {
        var procedure = Bodies.rewrite(new Graph(), source, (_, body) -> withoutCalls(body));
        if (procedure.nodes().stream().noneMatch(node -> node.form() instanceof Form.Call)) {
            return procedure;
        }
        var graph = new Graph();
        var copies = new HashMap<Node, Node>();
        for (var node : procedure.nodes()) {
            var operands = node.inputs().stream().map(copies::get).map(Objects::requireNonNull).toList();
            try (var _ = graph.origin(node.origin())) {
                copies.put(
                        node,
                        node.form() instanceof Form.Call call
                                ? inlined(call, graph, operands)
                                : graph.node(node.form(), operands));
            }
        }
        return procedure.with(copies);
    }

    /// One output of a call by its body. What a kernel keeps for its gradient no body makes anything of.
    private static Node inlined(Form.Call call, Graph graph, List<Node> operands) {
        var body = call.body().procedure();
        return call.output() < body.outputs().size()
                ? inline(withoutCalls(body), graph, operands).get(call.output())
                : graph.fill(call.type(), 0);
    }

    /// The nodes of a procedure without updates built in `graph`, over `inputs` in place of its own.
    ///
    /// @return its outputs, in order
    public static List<Node> inline(Procedure procedure, Graph graph, List<Node> inputs) {
        if (inputs.size() != procedure.inputs().size()) {
            throw new IrException(procedure.name() + " takes " + procedure.inputs().size() + " inputs");
        }
        var copies = new HashMap<Node, Node>();
        for (int i = 0; i < inputs.size(); i++) {
            if (!inputs.get(i).type().equals(procedure.inputs().get(i).type())) {
                throw new IrException("input " + i + " of " + procedure.name() + " is " + inputs.get(i).type());
            }
            copies.put(procedure.inputs().get(i), inputs.get(i));
        }
        for (var node : procedure.nodes()) {
            if (!copies.containsKey(node)) {
                var operands = new ArrayList<Node>(node.inputs().size());
                node.inputs().forEach(input -> operands.add(Objects.requireNonNull(copies.get(input))));
                copies.put(node, graph.node(node.form(), operands));
            }
        }
        return procedure.outputs().stream()
                .map(output -> Objects.requireNonNull(Objects.requireNonNull(copies.get(output.node()))))
                .toList();
    }
}
