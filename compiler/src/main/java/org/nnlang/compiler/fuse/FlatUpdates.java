package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.tensor.DType;

/// Finds parameters that are updated by the same formula: descends from the new values of two parameters in step, and
/// where the two part ways stands a gradient.
public final class FlatUpdates {
    /// No optimizer's formula is deeper; gradients may be.
    private static final int MAX_DEPTH = 200;

    private final Map<String, Procedure.Update> updates = new LinkedHashMap<>();
    private final Map<String, Owner> owners = new LinkedHashMap<>();

    private FlatUpdates(Procedure procedure) {
        for (Procedure.Update update : procedure.updates()) {
            updates.put(update.variable(), update);
        }
    }

    /// A parameter and its slots, in the order in which the update reads them.
    private record Owner(String parameter, Node value, List<String> variables) {}

    /// One for each formula that updates at least two parameters.
    public static List<FlatUpdate> of(Procedure procedure) {
        return new FlatUpdates(procedure).find();
    }

    private List<FlatUpdate> find() {
        for (Procedure.Update update : updates.values()) {
            if (update.kind() == Form.VariableKind.PARAMETER
                    && update.value().shape().isConstant()
                    && update.value().type().dtype() == DType.F32) {
                owner(update);
            }
        }
        var groups = new ArrayList<List<Owner>>();
        for (Owner owner : owners.values()) {
            List<Owner> home = null;
            for (List<Owner> group : groups) {
                if (pair(group.getFirst(), owner) != null) {
                    home = group;
                    break;
                }
            }
            if (home == null) {
                home = new ArrayList<>();
                groups.add(home);
            }
            home.add(owner);
        }
        var found = new ArrayList<FlatUpdate>();
        for (List<Owner> group : groups) {
            FlatUpdate flat = group.size() > 1 ? merge(group) : null;
            if (flat != null) {
                found.add(flat);
            }
        }
        return found;
    }

    private void owner(Procedure.Update update) {
        var variables = new ArrayList<String>();
        variables.add(update.variable());
        var seen = new HashMap<Node, Boolean>();
        seen.put(update.value(), true);
        var open = new ArrayList<Node>(List.of(update.value()));
        boolean stepsFromItself = false;
        for (int i = 0; i < open.size(); i++) {
            Node node = open.get(i);
            if (node.form() instanceof Form.Variable(var name, var kind, _)) {
                stepsFromItself |= name.equals(update.variable());
                if (kind == Form.VariableKind.SLOT
                        && updates.containsKey(name)
                        && node.shape().equals(update.value().shape())) {
                    variables.add(name);
                }
            } else
                if (node.form() instanceof Form.Elementwise
                        && node.shape().equals(update.value().shape())) {
                            for (Node input : node.inputs()) {
                                if (seen.put(input, true) == null) {
                                    open.add(input);
                                }
                            }
                        }
        }
        // A first value is no step: two parameters may even share the very node, a zero.
        if (stepsFromItself) {
            owners.put(update.variable(), new Owner(update.variable(), update.value(), variables));
        }
    }

    /// What the first's leaves are for the second, or null where the formulas differ.
    private @Nullable Pairing pair(Owner first, Owner second) {
        if (first.variables().size() != second.variables().size()) {
            return null;
        }
        var pairing = new Pairing(first, second);
        for (int i = 0; i < first.variables().size(); i++) {
            Node a = valueOf(first.variables().get(i));
            Node b = valueOf(second.variables().get(i));
            if (!pairing.descend(a, b) || pairing.values.containsKey(a)) {
                return null;
            }
        }
        return pairing.values.size() > 1 ? null : pairing;
    }

    private Node valueOf(String variable) {
        Procedure.Update update = updates.get(variable);
        if (update == null) {
            throw new AssertionError("no update of " + variable);
        }
        return update.value();
    }

    private @Nullable FlatUpdate merge(List<Owner> group) {
        Owner first = group.getFirst();
        List<Pairing> pairings = new ArrayList<>();
        for (Owner owner : group.subList(1, group.size())) {
            Pairing pairing = pair(first, owner);
            if (pairing == null) {
                return null;
            }
            if (!pairings.isEmpty() && !pairing.hasLeavesOf(pairings.getFirst())) {
                return mergeAlike(group);
            }
            pairings.add(pairing);
        }
        Map<Node, List<Node>> values = new LinkedHashMap<>();
        for (Node leaf : pairings.getFirst().values.keySet()) {
            var all = new ArrayList<Node>(List.of(leaf));
            pairings.forEach(pairing -> all.add(at(pairing.values, leaf)));
            values.put(leaf, all);
        }
        Map<Node, List<String>> variables = new LinkedHashMap<>();
        for (Node leaf : pairings.getFirst().variables.keySet()) {
            var all = new ArrayList<String>(List.of(((Form.Variable) leaf.form()).name()));
            pairings.forEach(pairing -> all.add(((Form.Variable) at(pairing.variables, leaf).form()).name()));
            variables.put(leaf, all);
        }
        List<FlatUpdate.Result> results = new ArrayList<>();
        for (int i = 0; i < first.variables().size(); i++) {
            int place = i;
            List<String> names = group.stream().map(owner -> owner.variables().get(place)).toList();
            results.add(new FlatUpdate.Result(
                    valueOf(names.getFirst()), names, names.stream().map(this::valueOf).toList()));
        }
        long size = group.stream()
                .mapToLong(owner -> owner.value().shape().size().constant())
                .sum();
        List<String> parameters = group.stream().map(Owner::parameter).toList();
        return new FlatUpdate(parameters, size, results, variables, values);
    }

    private static Node at(Map<Node, Node> map, Node key) {
        Node value = map.get(key);
        if (value == null) {
            throw new AssertionError("no counterpart of " + key);
        }
        return value;
    }

    /// The largest part of the group in which all part ways with the first at the same nodes.
    private @Nullable FlatUpdate mergeAlike(List<Owner> group) {
        Map<List<Integer>, List<Owner>> alike = new LinkedHashMap<>();
        Owner first = group.getFirst();
        for (Owner owner : group.subList(1, group.size())) {
            Pairing pairing = pair(first, owner);
            if (pairing != null) {
                List<Integer> ids = pairing.values.keySet().stream().map(Node::id).toList();
                alike.computeIfAbsent(ids, _ -> new ArrayList<>(List.of(first))).add(owner);
            }
        }
        List<Owner> largest = List.of();
        for (List<Owner> part : alike.values()) {
            largest = part.size() > largest.size() ? part : largest;
        }
        return largest.size() > 1 && largest.size() < group.size() ? merge(largest) : null;
    }

    /// Two formulas side by side.
    private static final class Pairing {
        private final Owner first;
        private final Owner second;
        private final Map<Node, Node> same = new IdentityHashMap<>();
        private final Map<Node, Node> variables = new LinkedHashMap<>();
        private final Map<Node, Node> values = new LinkedHashMap<>();
        /// Nodes in the order in which they were found, for going back.
        private final List<Node> trail = new ArrayList<>();
        private int depth;

        Pairing(Owner first, Owner second) {
            this.first = first;
            this.second = second;
        }

        boolean hasLeavesOf(Pairing other) {
            return values.keySet().equals(other.values.keySet())
                    && variables.keySet().equals(other.variables.keySet());
        }

        /// Whether the nodes mean the same for their owners, as far as values are known.
        boolean descend(Node a, Node b) {
            Node known = same.get(a);
            if (known != null) {
                return known == b;
            }
            depth++;
            boolean matches = matches(a, b);
            depth--;
            if (!matches) {
                return false;
            }
            same.put(a, b);
            trail.add(a);
            return true;
        }

        /// Forgets what was found since the trail had `length` entries.
        private void forget(int length) {
            while (trail.size() > length) {
                Node node = trail.removeLast();
                same.remove(node);
                variables.remove(node);
                values.remove(node);
            }
        }

        private boolean matches(Node a, Node b) {
            if (a.type().dtype() != b.type().dtype()) {
                return false;
            }
            if (a.form() instanceof Form.Variable(var left, _, _)
                    && b.form() instanceof Form.Variable(var right, _, _)) {
                int place = first.variables().indexOf(left);
                if (place >= 0 && place == second.variables().indexOf(right)) {
                    variables.put(a, b);
                    return true;
                }
                return a == b && isScalar(a);
            }
            boolean shaped = a.shape().equals(first.value().shape())
                    && b.shape().equals(second.value().shape());
            if (shaped) {
                if (a.form() instanceof Form.Constant x && b.form() instanceof Form.Constant y) {
                    return x.isUniform() && y.is(x.value(0));
                }
                if (a.form() instanceof Form.Broadcast && b.form() instanceof Form.Broadcast && isScalar(a.input(0))) {
                    return descend(a.input(0), b.input(0));
                }
                boolean deep = depth > MAX_DEPTH;
                if (!deep && a.form() instanceof Form.Elementwise(var f) && b.form() instanceof Form.Elementwise(var g)
                        && f == g) {
                    int before = trail.size();
                    boolean all = true;
                    for (int i = 0; i < a.inputs().size() && all; i++) {
                        all = descend(a.input(i), b.input(i));
                    }
                    if (all && values.size() <= 1) {
                        return true;
                    }
                    forget(before);
                }
                return leaf(a, b);
            }
            return a == b && isScalar(a);
        }

        private static boolean isScalar(Node node) {
            return Views.essential(node.shape().dims()).isEmpty();
        }

        private boolean leaf(Node a, Node b) {
            boolean own = a.form() instanceof Form.Variable || readsOwn(a, first) || readsOwn(b, second);
            if (own || a.type().dtype() != DType.F32) {
                return false;
            }
            values.put(a, b);
            return true;
        }

        /// Whether an elementwise way leads from the node to its owner's variables.
        private static boolean readsOwn(Node root, Owner owner) {
            var seen = new IdentityHashMap<Node, Boolean>();
            var open = new ArrayList<Node>(List.of(root));
            for (int i = 0; i < open.size(); i++) {
                Node node = open.get(i);
                if (node.form() instanceof Form.Variable(var name, _, _) && owner.variables().contains(name)) {
                    return true;
                }
                if (node.form() instanceof Form.Elementwise && node.shape().equals(root.shape())) {
                    for (Node input : node.inputs()) {
                        if (seen.put(input, true) == null) {
                            open.add(input);
                        }
                    }
                }
            }
            return false;
        }
    }
}
