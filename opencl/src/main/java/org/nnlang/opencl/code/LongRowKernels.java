package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Phase;
import org.nnlang.runtime.tensor.DType;

/// A loop that reduces a few long rows: each phase is a kernel of its own, in which many groups share a row. A phase leaves
/// a partial result for each group in scratch memory; the next one begins by combining them.
final class LongRowKernels {
    /// Rows are long from here on.
    private static final int LONG = 4096;
    /// Elements of a work item between two folds.
    private static final int ELEMENTS = 16;

    private final Space space;
    private final Body shape;
    private final Target target;
    private final int group;
    private final int turns;
    private final long parts;
    private final long rows;

    private LongRowKernels(Space space, Target target) {
        this.space = space;
        this.target = target;
        shape = new Body(space, Body.width(space));
        group = target.group();
        rows = space.rows();
        long wanted = ((long) space.columns + shape.width - 1) / shape.width;
        long most = Math.max(1, 8L * target.units() / rows);
        long least = (wanted + (long) group * ELEMENTS / shape.width - 1) / ((long) group * ELEMENTS / shape.width);
        long groups = Math.clamp(least, 1, Math.min(most, 1024));
        turns = (int) ((wanted + groups * group - 1) / (groups * group));
        parts = (wanted + (long) turns * group - 1) / ((long) turns * group);
    }

    /// Whether a loop has rows that one group each would not share well.
    static boolean suits(Space space, Target target) {
        return space.program.reducesColumns() && !space.program.reducesRows() && space.columns > LONG
                && space.rows() < Math.max(4, target.units() / 2);
    }

    static List<Launch> of(Space given, Target target) {
        var kernels = new LongRowKernels(given.merged(false), target);
        List<Launch> launches = new ArrayList<>();
        for (Phase phase : kernels.space.program.phases()) {
            launches.add(kernels.launch(phase));
        }
        return launches;
    }

    /// Where a reduction's partial results begin in scratch memory; the indices that go with them lie behind.
    private long partials(int register) {
        return 2L * space.program.slot(register) * rows * parts;
    }

    /// Where the registers that phases hand on begin.
    private long kept(int register) {
        long results = 2L * space.program.results() * rows * parts;
        boolean ints = !space.program.type(register).isFloat();
        long slot = (long) space.program.slot(register) + (ints ? space.program.keptFloats() : 0);
        return results + slot * rows * space.columns;
    }

    private long scratch() {
        return 2L * space.program.results() * rows * parts
                + (long) (space.program.keptFloats() + space.program.keptInts()) * rows * space.columns;
    }

    private Launch launch(Phase phase) {
        var body = new Body(space, shape.width);
        body.keptIn(this::kept);
        List<Argument> arguments = new ArrayList<>();
        String signature = body.signature(arguments, true, group);
        var folding = new Folding(body, group, target);
        folding.declare(0);
        body.line("const int item = get_local_id(0);");
        body.line("const int lane = item;");
        body.line("const int part = get_group_id(0);");
        body.line("const int row = get_group_id(1);");
        body.indices("row");
        body.bases();
        for (int register : phase.known()) {
            known(body, register, folding);
        }
        for (int register : phase.results()) {
            Folding.result(body, register);
        }
        body.uniform(phase, "part == 0 && item == 0");
        if (phase.loops()) {
            body.open("for (int e = 0; e < " + turns + "; e++)");
            String column = body.width == 4 ? "c0" : "c";
            body.line("const int " + column + " = ((part * " + turns + " + e) * " + group + " + item)"
                    + (body.width == 4 ? " * 4" : "") + ";");
            body.open("if (" + column + " < " + space.columns + ")");
            body.elements(phase, new Body.Hooks("sf[%k + row * " + space.columns + " + c]", ""));
            body.close();
            body.close();
        }
        for (int register : phase.results()) {
            folding.lanes(register, group);
            DType type = space.program.type(((Reduce) space.program.instruction(register)).value());
            boolean index = ((Reduce) space.program.instruction(register)).reduction().isIndex();
            String held = (index ? "m" : "r") + register;
            body.open("if (item == 0)");
            body.line("sf[" + partials(register) + " + row * " + parts + " + part] = "
                    + (type.isFloat() ? held : "as_float(" + held + ")") + ";");
            if (index) {
                body.line("sf[" + (partials(register) + rows * parts) + " + row * " + parts + " + part] = as_float(r"
                        + register + ");");
            }
            body.close();
        }
        String source = folding.source(signature);
        return Launch.of(source, arguments, phase.loops() ? parts : 1, rows, 1, group, scratch());
    }

    /// Combines the partial results of an earlier phase.
    private void known(Body body, int register, Folding folding) {
        Reduce reduce = (Reduce) space.program.instruction(register);
        DType type = space.program.type(reduce.value());
        Folding.result(body, register);
        body.open("for (int i = item; i < " + parts + "; i += " + group + ")");
        String element =
                (type.isFloat() ? "" : "as_int") + "(sf[" + partials(register) + " + row * " + parts + " + i])";
        body.line("const " + Operations.type(type) + " next = " + element + ";");
        if (reduce.reduction().isIndex()) {
            body.line("const int place = as_int(sf[" + (partials(register) + rows * parts) + " + row * " + parts
                    + " + i]);");
            body.line("if (" + Operations.beyond(reduce.reduction(), type, "next", "m" + register) + ") { m" + register
                    + " = next; r" + register + " = place; }");
        } else {
            body.line("r" + register + " = " + Operations.combine(reduce.reduction(), type, "r" + register, "next")
                    + ";");
        }
        body.close();
        folding.lanes(register, group);
    }
}
