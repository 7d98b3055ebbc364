package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.fuse.FlatUpdate;
import org.nnlang.compiler.fuse.FlatUpdates;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// Where the variables of a training lie: decided once, for all its procedures. Parameters that are updated alike lie
/// together, and their slots in the same order, so that one loop updates them all.
public final class VariableLayout {
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private record Declared(String name, Form.VariableKind kind, TensorType type) {}

    /// Lays out every variable that one of the procedures reads or updates.
    ///
    /// @throws IrException where a variable's shape is not constant, or two procedures disagree
    /// @throws NnException NN0815 where they are more than a segment can hold
    public static VariableLayout of(Collection<Procedure> procedures) {
        Map<String, Declared> declared = new LinkedHashMap<>();
        for (Procedure procedure : procedures) {
            procedure.updates()
                    .forEach(update -> declare(declared, update.variable(), update.kind(), update.value().type()));
            procedure.nodes().forEach(node -> {
                if (node.form() instanceof Form.Variable(var name, var kind, var type)) {
                    declare(declared, name, kind, type);
                }
            });
        }
        // Names in the order of memory: what lies together first, each behind its leader.
        Map<String, List<String>> runs = new LinkedHashMap<>();
        Set<String> followers = new LinkedHashSet<>();
        for (Procedure procedure : procedures) {
            for (FlatUpdate flat : FlatUpdates.of(procedure)) {
                for (FlatUpdate.Result result : flat.results()) {
                    if (result.variables().stream().noneMatch(followers::contains)) {
                        runs.put(result.variables().getFirst(), result.variables());
                        followers.addAll(result.variables());
                    }
                }
            }
        }
        var layout = new VariableLayout();
        Map<Segment, Integer> floats = new LinkedHashMap<>();
        Map<Segment, Integer> ints = new LinkedHashMap<>();
        Map<String, Variable> placed = new LinkedHashMap<>();
        for (String name : declared.keySet()) {
            List<String> run = runs.getOrDefault(name, followers.contains(name) ? List.of() : List.of(name));
            for (String member : run) {
                Declared variable = declared.get(member);
                if (variable == null) {
                    throw new IrException("an update of " + member + ", which is nowhere");
                }
                Segment segment = segment(variable.kind());
                var ends = variable.type().dtype().isFloat() ? floats : ints;
                int offset = ends.getOrDefault(segment, 0);
                requireRoom(variable, offset);
                List<Integer> shape = new ArrayList<>();
                variable.type().shape().dims().forEach(dim -> shape.add(Math.toIntExact(dim.constant())));
                var result = new Variable(member, segment, variable.type().dtype(), shape, offset);
                ends.put(segment, Math.addExact(offset, result.size()));
                placed.put(member, result);
            }
        }
        for (String name : declared.keySet()) {
            Variable variable = placed.get(name);
            if (variable != null) {
                layout.variables.put(name, variable);
            }
        }
        return layout;
    }

    /// A segment is one array, and its places are counted by `int`.
    private static void requireRoom(Declared variable, int offset) {
        long room = (long) Integer.MAX_VALUE - offset;
        for (Dim dim : variable.type().shape().dims()) {
            long extent = dim.constant();
            if (extent > room) {
                throw new NnException(
                        "NN0815",
                        "`" + variable.name() + ": " + variable.type() + "` does not fit: all weights of a program"
                                + " together lie in one array, and arrays of Java end at 8.6 GB",
                        "make it smaller");
            }
            room /= Math.max(1, extent);
        }
    }

    private static void declare(
            Map<String, Declared> declared, String name, Form.VariableKind kind, TensorType type) {
        if (!type.shape().isConstant()) {
            throw new IrException("variable " + name + " has the shape " + type.shape());
        }
        Declared before = declared.put(name, new Declared(name, kind, type));
        if (before != null && !before.equals(new Declared(name, kind, type))) {
            throw new IrException("variable " + name + " is both " + before.type() + " and " + type);
        }
    }

    private static Segment segment(Form.VariableKind kind) {
        return switch (kind) {
            case PARAMETER -> Segment.PARAMETERS;
            case SLOT -> Segment.SLOTS;
            case STATE -> Segment.STATES;
        };
    }

    /// All variables, in the order of their declaration.
    public List<Variable> variables() {
        return List.copyOf(variables.values());
    }

    /// Where a variable lies.
    Variable of(String name) {
        Variable variable = variables.get(name);
        if (variable == null) {
            throw new IrException("variable " + name + " has no place");
        }
        return variable;
    }

    Location location(String name) {
        Variable variable = of(name);
        return Location.fixed(variable.segment(), !variable.dtype().isFloat(), variable.offset());
    }

    /// Whether each of the update's variables lies as one loop needs it.
    boolean isFlat(FlatUpdate flat) {
        for (FlatUpdate.Result result : flat.results()) {
            int expected = of(result.variables().getFirst()).offset();
            for (int i = 0; i < result.variables().size(); i++) {
                Variable variable = of(result.variables().get(i));
                if (variable.offset() != expected) {
                    return false;
                }
                expected += variable.size();
            }
        }
        return true;
    }
}
