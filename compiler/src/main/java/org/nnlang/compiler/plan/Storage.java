package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.program.Buffer;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.tensor.DType;

/// Where every value lies that lies in memory, and how long.
final class Storage {
    private final VariableLayout layout;
    private final Extents extents;
    private final Map<Node, Location> homes = new HashMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    private final List<Float> constants = new ArrayList<>();
    private final List<Integer> intConstants = new ArrayList<>();

    private static final class Draft {
        final String name;
        final Segment segment;
        final boolean ints;
        final int size;
        int first = Integer.MAX_VALUE;
        int last = -1;

        Draft(String name, Segment segment, boolean ints, int size) {
            this.name = name;
            this.segment = segment;
            this.ints = ints;
            this.size = size;
        }
    }

    Storage(VariableLayout layout, Extents extents) {
        this.layout = layout;
        this.extents = extents;
    }

    /// A new buffer.
    Location buffer(String name, Segment segment, DType dtype, Dim size) {
        drafts.add(new Draft(name, segment, !dtype.isFloat(), extents.of(size)));
        return new Location(segment, !dtype.isFloat(), drafts.size() - 1, Dim.ZERO);
    }

    /// A new buffer for a node's elements.
    Location buffer(Node node) {
        return buffer(name(node), Segment.ARENA, node.type().dtype(), node.shape().size());
    }

    static String name(Node node) {
        return switch (node.form()) {
            case Form.Input(var name, _) -> name;
            case Form.Variable(var name, _, _) -> name;
            case Form.Elementwise(var op) -> op.name();
            case Form.Reduce(var kind, _) -> kind.name().toLowerCase(java.util.Locale.ROOT);
            case Form.Contract _ -> "product";
            case Form.Constant _ -> "constant";
            case Form.Size _ -> "size";
            case Form.Iota _ -> "iota";
            case Form.Reshape _ -> "reshape";
            case Form.Transpose _ -> "transpose";
            case Form.Slice _ -> "slice";
            case Form.Pad _ -> "pad";
            case Form.Concat _ -> "concat";
            case Form.Broadcast _ -> "broadcast";
            case Form.Gather _ -> "gather";
            case Form.ScatterAdd _ -> "scatter_add";
            case Form.Call call -> call.kernel().label();
            case Form.Random _ -> "random";
            case Form.StopGradient _ -> "stop_gradient";
            case Form.Scan _ -> "scan";
            case Form.Point _ -> "point";
            case Form.Row(var kind) -> kind.keyword();
        };
    }

    /// Where a node lies, or null.
    @Nullable
    Location find(Node node) {
        Location home = homes.get(node);
        if (home == null) {
            if (node.form() instanceof Form.Variable(var name, _, _)) {
                home = layout.location(name);
            } else if (node.form() instanceof Form.Constant constant) {
                home = constant(constant);
            }
            if (home != null) {
                homes.put(node, home);
            }
        }
        return home;
    }

    Location of(Node node) {
        Location home = find(node);
        if (home == null) {
            throw new AssertionError("no memory holds " + node);
        }
        return home;
    }

    /// Where a node lies: a new buffer, if that was not decided before.
    Location home(Node node) {
        Location home = find(node);
        if (home == null) {
            home = buffer(node);
            put(node, home);
        }
        return home;
    }

    void put(Node node, Location home) {
        Location before = homes.put(node, home);
        if (before != null) {
            throw new AssertionError(node + " lies in two places");
        }
    }

    /// Puts a node elsewhere, before anything was written.
    void move(Node node, Location home) {
        homes.put(node, home);
    }

    /// One element where all are equal, else all of them.
    private Location constant(Form.Constant constant) {
        DType dtype = constant.type().dtype();
        int count = constant.isUniform()
                ? 1
                : Math.toIntExact(constant.type().shape().size().constant());
        int offset = dtype.isFloat() ? constants.size() : intConstants.size();
        for (int i = 0; i < count; i++) {
            if (dtype.isFloat()) {
                constants.add((float) constant.value(i));
            } else {
                intConstants.add((int) constant.value(i));
            }
        }
        return Location.fixed(Segment.CONSTANTS, !dtype.isFloat(), offset);
    }

    /// Notes that the step numbered `step` uses a location.
    void touch(Location location, int step) {
        if (location.buffer() >= 0) {
            Draft draft = drafts.get(location.buffer());
            draft.first = Math.min(draft.first, step);
            draft.last = Math.max(draft.last, step);
        }
    }

    /// All buffers. Those of inputs and outputs live all the time.
    List<Buffer> buffers() {
        var buffers = new ArrayList<Buffer>();
        for (Draft draft : drafts) {
            boolean always = draft.segment != Segment.ARENA;
            int first = always ? 0 : Math.min(draft.first, Math.max(draft.last, 0));
            int last = always ? Integer.MAX_VALUE : draft.last;
            buffers.add(new Buffer(draft.name, draft.segment, draft.ints, draft.size, -1, first, last));
        }
        return buffers;
    }

    List<Float> constants() {
        return constants;
    }

    List<Integer> intConstants() {
        return intConstants;
    }
}
