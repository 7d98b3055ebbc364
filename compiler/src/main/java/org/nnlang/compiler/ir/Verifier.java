package org.nnlang.compiler.ir;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Checks that a procedure is what every pass may rely on. Run after each pass, it names the pass that broke a rule.
public final class Verifier {
    private Verifier() {}

    /// Checks `procedure`, whose nodes must all be of `graph`, and returns it.
    ///
    /// @param pass the pass that made it
    /// @throws IrException when something is wrong, which is the pass's mistake
    public static Procedure verify(String pass, Graph graph, Procedure procedure) {
        try {
            check(graph, procedure);
        } catch (IrException e) {
            throw new IrException("after `%s`, in procedure `%s`: %s"
                    .formatted(pass, procedure.name(), e.getMessage()), e);
        }
        return procedure;
    }

    private static void check(Graph graph, Procedure procedure) {
        for (var root : procedure.roots()) {
            require(graph.owns(root), root, "is of another graph");
        }
        var leaves = new HashMap<String, TensorType>();
        var inputs = new HashSet<>(procedure.inputs());
        require(inputs.size() == procedure.inputs().size(), procedure, "lists an input twice");
        var inputNames = new HashSet<String>();
        for (var input : procedure.inputs()) {
            require(
                    input.form() instanceof Form.Input(var name, _) && inputNames.add(name),
                    input,
                    "is no input of a name of its own");
        }
        var known = new TreeSet<String>();
        procedure.inputs().forEach(input -> input.shape().dims().forEach(dim -> known.addAll(dim.symbols())));
        var nodes = procedure.nodes();
        checkBodies(nodes, known);
        for (var node : nodes) {
            for (var input : node.inputs()) {
                require(graph.owns(input), input, "is of another graph");
                require(input.id() < node.id(), node, "comes before its input %" + input.id());
            }
            require(TypeRules.infer(node.form(), node.inputs()).equals(node.type()), node, "has a wrong type");
            if (node.form() instanceof Form.Call call && call.body().isMade()) {
                checkCall(call, node);
            }
            if (node.form() instanceof Form.Input) {
                require(inputs.contains(node), node, "is not listed as an input");
            } else if (node.form() instanceof Form.Variable(var name, var kind, var type)) {
                requireOne(leaves, kind + " " + name, type, node);
            } else if (node.form() instanceof Form.Size(var dim, _)) {
                require(known.containsAll(dim.symbols()), node, "is bound by no input");
            }
            for (var dim : node.shape().dims()) {
                require(known.containsAll(dim.symbols()), node, "has a dimension that no input binds");
            }
        }
        var outputs = new HashSet<String>();
        for (var output : procedure.outputs()) {
            require(outputs.add(output.name()), output, "is given twice");
        }
        var updated = new HashSet<String>();
        for (var update : procedure.updates()) {
            require(updated.add(update.variable()), update, "is given twice");
            requireOne(leaves, update.kind() + " " + update.variable(), update.value().type(), update);
        }
    }

    /// Each body once, and those in it.
    private static void checkBodies(List<Node> nodes, Set<String> known) {
        Body.among(nodes).forEach((body, stacked) -> {
            for (var root : body.next()) {
                require(body.graph().owns(root), root, "is of another graph than its body");
            }
            var inputs = new HashSet<>(body.inputs());
            require(inputs.size() == body.inputs().size(), body, "lists an input twice");
            var inside = body.nodes(stacked);
            checkBodies(inside, known);
            for (var node : inside) {
                for (var input : node.inputs()) {
                    require(body.graph().owns(input), input, "is of another graph than its body");
                    require(input.id() < node.id(), node, "comes before its input %" + input.id());
                }
                require(TypeRules.infer(node.form(), node.inputs()).equals(node.type()), node, "has a wrong type");
                require(
                        !(node.form() instanceof Form.Input) || inputs.contains(node),
                        node,
                        "is not listed as an input of its body");
                require(
                        !(node.form() instanceof Form.Variable) && !(node.form() instanceof Form.Random),
                        node,
                        "may not stand in a body");
                for (var dim : node.shape().dims()) {
                    require(known.containsAll(dim.symbols()), node, "has a dimension that no input binds");
                }
                if (node.form() instanceof Form.Size(var dim, _)) {
                    require(known.containsAll(dim.symbols()), node, "is bound by no input");
                }
            }
        });
        for (var node : nodes) {
            if (node.form() instanceof Form.Scan scan) {
                require(known.containsAll(scan.trips().symbols()), node, "runs as often as no input says");
            }
        }
    }

    private static void checkCall(Form.Call call, Node node) {
        var body = call.body().procedure();
        require(
                body.inputs().stream().map(Node::type).toList()
                        .equals(node.inputs().stream().map(Node::type).toList()),
                node,
                "has other operands than its body");
        require(
                call.output() >= body.outputs().size()
                        || body.outputs().get(call.output()).node().type().equals(node.type()),
                node,
                "has another type than its body");
    }

    private static void requireOne(Map<String, TensorType> types, String name, TensorType type, Object what) {
        var before = types.putIfAbsent(name, type);
        require(before == null || before.equals(type), what, "differs from the variable's type elsewhere");
    }

    private static void require(boolean holds, Object what, String otherwise) {
        if (!holds) {
            throw new IrException("`" + what + "` " + otherwise);
        }
    }
}
