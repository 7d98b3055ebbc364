package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.source.Span;

/// What flows where in a procedure, coarse enough for a picture: an operation that looks at one value only, element by
/// element or moved, is in the box of what makes that value.
///
/// @param boxes inputs before those that read them
public record DataFlow(List<Box> boxes) {
    public DataFlow {
        boxes = List.copyOf(boxes);
    }

    /// Some operations.
    ///
    /// @param kind what it is drawn as
    /// @param lines what it says: what is done, with which parameters, what comes out
    /// @param place line of the source, or empty
    /// @param inputs indices of the boxes it reads
    /// @param heat from 0 to 1: how much of the time it takes
    public record Box(Kind kind, List<String> lines, String place, List<Integer> inputs, double heat) {
        public Box {
            lines = List.copyOf(lines);
            inputs = List.copyOf(inputs);
        }
    }

    /// What a box is.
    public enum Kind {
        INPUT,
        OPERATIONS,
        OUTPUT
    }

    private static final int SHOWN = 5;

    /// A box while it is filled.
    private static final class Group {
        final Set<String> words = new LinkedHashSet<>();
        final Set<String> parameters = new LinkedHashSet<>();
        final Set<Integer> inputs = new LinkedHashSet<>();
        Kind kind = Kind.OPERATIONS;
        String type = "";
        String place = "";
    }

    /// What leads to the procedure's outputs; of a training's step that is the way forward.
    public static DataFlow of(Procedure procedure) {
        Collection<Node> nodes = Graph.ancestors(procedure.outputs().stream().map(Procedure.Output::node).toList());
        List<Group> groups = new ArrayList<>();
        Map<Node, Integer> places = new HashMap<>();
        for (Node node : nodes) {
            Set<Integer> sources = new LinkedHashSet<>();
            for (Node input : node.inputs()) {
                Integer place = places.get(input);
                if (place != null) {
                    sources.add(place);
                }
            }
            String word = word(node.form());
            boolean begins = begins(node.form());
            if (word.isEmpty() && sources.isEmpty()) {
                continue; // a constant, a size, a parameter: it is told where it is used
            }
            int place;
            if (!begins && sources.size() == 1 && groups.get(sources.iterator().next()).kind == Kind.OPERATIONS) {
                place = sources.iterator().next();
            } else if (sources.isEmpty() && !begins) {
                continue;
            } else {
                place = groups.size();
                groups.add(new Group());
                groups.get(place).inputs.addAll(sources);
            }
            add(groups.get(place), node, word);
            places.put(node, place);
        }
        for (Procedure.Output output : procedure.outputs()) {
            Group group = new Group();
            group.kind = Kind.OUTPUT;
            group.words.add(output.name());
            group.type = output.node().type().toString();
            Integer place = places.get(output.node());
            if (place != null) {
                group.inputs.add(place);
            }
            groups.add(group);
        }
        return new DataFlow(groups.stream().map(DataFlow::box).toList());
    }

    private static void add(Group group, Node node, String word) {
        if (node.form() instanceof Form.Input(String name, var _)) {
            group.kind = Kind.INPUT;
            group.words.add(name);
        } else if (!word.isEmpty()) {
            group.words.add(word);
        }
        for (Node input : node.inputs()) {
            parameter(input, group);
        }
        if (!(node.form() instanceof Form.Broadcast) || group.type.isEmpty()) {
            group.type = node.type().toString();
        }
        Span origin = node.origin();
        if (origin != null && group.place.isEmpty()) {
            group.place = origin.file().name() + ":" + origin.line();
        }
    }

    /// Finds the parameter behind the moves that bring it to its use.
    private static void parameter(Node input, Group group) {
        Node at = input;
        while (!at.inputs().isEmpty() && isMove(at.form())) {
            at = at.input(0);
        }
        if (at.form() instanceof Form.Variable(String name, var _, var type)) {
            group.parameters.add(name + " " + type);
        }
    }

    private static Box box(Group group) {
        List<String> lines = new ArrayList<>();
        lines.add(group.words.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (group.words.size() > SHOWN ? ", …" : ""));
        group.parameters.stream().limit(SHOWN).forEach(lines::add);
        lines.add(group.type);
        return new Box(group.kind, lines, group.place, List.copyOf(group.inputs), 0);
    }

    private static boolean isMove(Form form) {
        return form instanceof Form.Reshape
                || form instanceof Form.Transpose
                || form instanceof Form.Slice
                || form instanceof Form.Broadcast;
    }

    /// Whether an operation has a box of its own, whatever it reads.
    private static boolean begins(Form form) {
        return form instanceof Form.Input
                || form instanceof Form.Contract
                || form instanceof Form.Reduce
                || form instanceof Form.Gather
                || form instanceof Form.ScatterAdd
                || form instanceof Form.Random
                || form instanceof Form.Scan
                || form instanceof Form.Call
                || form instanceof Form.Concat;
    }

    /// What an operation is called in a box; empty for what only stands by.
    private static String word(Form form) {
        if (form instanceof Form.Elementwise(var op)) {
            return op.name();
        }
        if (form instanceof Form.Reduce(var kind, var _)) {
            return kind.name().toLowerCase(Locale.ROOT);
        }
        if (form instanceof Form.Contract) {
            return "product";
        }
        if (form instanceof Form.Call call) {
            return call.kernel().label();
        }
        return begins(form) || isMove(form) && !(form instanceof Form.Broadcast)
                ? form.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                : "";
    }
}
