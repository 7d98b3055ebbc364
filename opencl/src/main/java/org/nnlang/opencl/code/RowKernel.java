package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Instruction.ReduceRows;
import org.nnlang.runtime.fused.Phase;
import org.nnlang.runtime.tensor.DType;

/// A loop that reduces rows, combines rows, or both. A group of work items takes whole rows, several at a time where they
/// are short; a row's work items hold its elements from phase to phase, so memory is read once. Where rows are combined,
/// each group combines a run of them, and a second kernel combines the groups' results.
final class RowKernel {
    /// A work item holds this many elements of a row, if the row is not too long for that.
    private static final int ELEMENTS = 8;

    /// Where only rows are combined, a group walks down a strip of this many columns: a cache line of 128 bytes.
    private static final int NARROW = 32;
    /// The strip where each work item has many rows: 1 KB, since memory gives what lies behind each other faster than lines that
    /// are rows apart. Fewer rows leave too few groups, or too much for the second kernel.
    private static final int WIDE = 256;
    /// So many rows of a work item are many.
    private static final int MANY = 8;
    /// Groups of a compute unit where only rows are combined.
    private static final int GROUPS = 4;

    private final Space space;
    private final FusedProgram program;
    private final Body body;
    private final Target target;
    private final int lanes;
    private final int rowsAtOnce;
    private final int turns;
    private final int tiles;
    private final boolean combines;
    private final long rowsPerGroup;
    private final long groups;
    private final long chunkRows;
    private final long chunks;

    private RowKernel(Space given, Target target) {
        this.target = target;
        space = given.merged(false);
        program = space.program;
        combines = program.reducesRows();
        body = new Body(space, Body.width(space));
        int wanted = (space.columns + body.width - 1) / body.width;
        int group = target.group();
        if (program.reducesColumns()) {
            int each = Math.max(1, ELEMENTS / body.width);
            int most = wanted > group * each * 2 ? Integer.highestOneBit(Math.min(target.largestGroup(), 1024)) : group;
            int enough = powerOfTwo((wanted + each - 1) / each);
            // A row's lanes should read whole cache lines together.
            lanes = Math.clamp(Math.max(enough, Math.min(powerOfTwo(wanted), 32)), 1, most);
            turns = (wanted + lanes - 1) / lanes;
            tiles = 1;
        } else {
            long each = space.rows() * wanted / ((long) group * target.units() * GROUPS);
            int strip = (each >= MANY ? WIDE : NARROW) / body.width;
            lanes = Math.min(powerOfTwo(wanted), Math.min(strip, group));
            turns = 1;
            tiles = (wanted + lanes - 1) / lanes;
        }
        rowsAtOnce = Math.max(1, group / lanes);
        long rows = space.rows();
        long kept = 1;
        for (int d = 0; d < program.groups(); d++) {
            kept *= space.outer[d];
        }
        groups = combines ? kept : 1;
        rowsPerGroup = combines ? (kept == 0 ? 0 : rows / kept) : rows;
        if (combines) {
            long parts =
                    Math.max(1, (long) target.units() * (program.reducesColumns() ? 2 : GROUPS)
                            / Math.max(1, groups * tiles));
            // What is combined in a second kernel costs as much as some rows.
            long least = rowsAtOnce * (program.reducesColumns() ? 1L : 4L);
            long each = Math.max(least, (rowsPerGroup + parts - 1) / parts);
            chunkRows = (each + rowsAtOnce - 1) / rowsAtOnce * rowsAtOnce;
            chunks = Math.max(1, (rowsPerGroup + chunkRows - 1) / chunkRows);
        } else {
            chunkRows = rowsAtOnce;
            chunks = Math.max(1, (rows + chunkRows - 1) / chunkRows);
        }
    }

    private static int powerOfTwo(int least) {
        return least <= 1 ? 1 : Integer.highestOneBit(least - 1) * 2;
    }

    static List<Launch> of(Space space, Target target) {
        var kernel = new RowKernel(space, target);
        List<Launch> launches = new ArrayList<>();
        boolean nothing = kernel.rowsPerGroup == 0 || space.columns == 0;
        if (!nothing) {
            launches.add(kernel.launch());
        }
        if (kernel.combines && (kernel.chunks > 1 || nothing)) {
            for (int register = 0; register < kernel.program.instructions().size(); register++) {
                if (kernel.program.instruction(register) instanceof ReduceRows) {
                    launches.add(kernel.combination(register, nothing));
                }
            }
        }
        return launches;
    }

    private Launch launch() {
        List<Argument> arguments = new ArrayList<>();
        int group = lanes * rowsAtOnce;
        String signature = body.signature(arguments, combines && chunks > 1, group);
        var folding = new Folding(body, group, target);
        folding.declare(rowsAtOnce > 1 ? body.width : 0);
        body.line("const int item = get_local_id(0);");
        body.line("const int lane = item % " + lanes + ";");
        body.line("const int sub = item / " + lanes + ";");
        body.line("const int unit = get_group_id(0);");
        body.line("const int tile = get_group_id(1);");
        String first = "unit * " + chunkRows;
        String end = "min(first + " + chunkRows + ", " + rowsPerGroup + ")";
        if (combines && groups > 1) {
            body.line("const int kept = unit / " + chunks + ";");
            first = "kept * " + rowsPerGroup + " + (unit - kept * " + chunks + ") * " + chunkRows;
            end = "min(first + " + chunkRows + ", (kept + 1) * " + rowsPerGroup + ")";
        }
        body.line("const int first = " + first + ";");
        body.line("const int end = " + end + ";");
        for (int register = 0; register < program.instructions().size(); register++) {
            if (program.instruction(register) instanceof ReduceRows(var reduction, _, _)) {
                DType type = program.type(register);
                body.line(Operations.type(type) + " a" + register + "[" + turns * body.width + "];");
                body.line("for (int i = 0; i < " + turns * body.width + "; i++) a" + register + "[i] = "
                        + Operations.identity(reduction, type) + ";");
            }
        }
        if (!program.reducesColumns()) {
            body.line("#pragma unroll 4");
        }
        body.open("for (int turn = 0; turn < " + chunkRows / rowsAtOnce + "; turn++)");
        body.line("const int at = first + turn * " + rowsAtOnce + " + sub;");
        body.line("const bool live = at < end;");
        body.line("const int row = live ? at : first;");
        body.indices("row");
        body.bases();
        Folding.results(body);
        for (Phase phase : program.phases()) {
            for (int register : phase.kept()) {
                body.line(body.type(register) + " k" + register + "[" + turns * body.width + "];");
            }
        }
        for (Phase phase : program.phases()) {
            phase(phase, folding);
        }
        body.close();
        if (combines) {
            finish();
        }
        String source = folding.source(signature);
        long scratch = chunks > 1 && combines ? program.rowResults() * groups * chunks * space.columns : 0;
        return Launch.of(source, arguments, groups * chunks, tiles, 1, group, scratch);
    }

    private void phase(Phase phase, Folding folding) {
        body.line("{");
        body.uniform(phase, "live && lane == 0 && tile == 0");
        if (phase.loops()) {
            if (turns > 1) {
                body.line(turns * body.width <= 64 ? "#pragma unroll" : "");
                body.open("for (int e = 0; e < " + turns + "; e++)");
            } else {
                body.line("const int e = 0;");
            }
            String column = body.width == 4 ? "c0" : "c";
            body.line("const int " + column + " = (lane + (tile + e) * " + lanes + ")"
                    + (body.width == 4 ? " * 4" : "") + ";");
            body.open("if (live && " + column + " < " + space.columns + ")");
            String at = body.width == 4 ? "[e * 4 + u]" : "[e]";
            body.elements(phase, new Body.Hooks("k%d" + at, "a%d" + at));
            body.close();
            if (turns > 1) {
                body.close();
            }
            for (int register : phase.results()) {
                folding.lanes(register, lanes);
            }
        }
        body.line("}");
    }

    /// Combines the rows that a group's work items took side by side, and writes the result for its run of rows. All columns of
    /// a turn are combined at once, by halves, and neighbours write neighbours.
    private void finish() {
        int strip = lanes * body.width;
        body.open("for (int e = 0; e < " + turns + "; e++)");
        for (int register = 0; register < program.instructions().size(); register++) {
            if (!(program.instruction(register) instanceof ReduceRows(var reduction, _, _))) {
                continue;
            }
            DType type = program.type(register);
            String array = type.isFloat() ? "wf" : "wi";
            String own = "a" + register + "[e * " + body.width + " + u]";
            if (rowsAtOnce == 1) {
                body.open("for (int u = 0; u < " + body.width + "; u++)");
                body.line("const int c = (tile + e) * " + strip + " + lane * " + body.width + " + u;");
                write(register, own);
                body.close();
                continue;
            }
            body.line(
                    "for (int u = 0; u < " + body.width + "; u++) " + array + "[item * " + body.width + " + u] = " + own
                            + ";");
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            for (int half = rowsAtOnce / 2 * strip; half >= strip; half /= 2) {
                String sum = array + "[i] = "
                        + Operations.combine(reduction, type, array + "[i]", array + "[i + " + half + "]") + ";";
                shared(half, () -> body.line(sum));
                body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            }
            int result = register;
            shared(strip, () -> {
                body.line("const int c = (tile + e) * " + strip + " + i;");
                write(result, array + "[i]");
            });
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        }
        body.close();
    }

    /// Something that a group's work items do for each `i` below a number.
    private void shared(int number, Runnable what) {
        int group = lanes * rowsAtOnce;
        for (int from = 0; from < number; from += group) {
            body.open(number - from < group ? "if (item < " + (number - from) + ")" : "");
            body.line("const int i = item + " + from + ";");
            what.run();
            body.close();
        }
    }

    /// Writes what a group has for column `c`.
    private void write(int register, String held) {
        ReduceRows rows = (ReduceRows) program.instruction(register);
        DType type = program.type(register);
        Space.Access access = space.accesses.get(rows.operand());
        String value = Operations.result(rows.reduction(), type, held);
        if (chunks > 1) {
            long from = program.slot(register) * groups * chunks * space.columns;
            body.line("if (c < " + space.columns + ") sf[" + from + " + unit * " + space.columns + " + c] = "
                    + (type.isFloat() ? value : "as_float(" + value + ")") + ";");
        } else {
            body.line("if (c < " + space.columns + ") " + access.pointer() + "[o" + rows.operand()
                    + groupOffset(access, "unit") + " + c * " + access.columnStride() + "] = " + value + ";");
        }
    }

    /// Where a group's results lie.
    private String groupOffset(Space.Access access, String group) {
        var text = new StringBuilder();
        long inner = 1;
        for (int d = program.groups() - 1; d >= 0; d--) {
            text.append(" + ((uint)").append(group).append(" / ").append(inner).append("u % ").append(space.outer[d])
                    .append("u) * ").append(access.strides()[d]);
            inner *= space.outer[d];
        }
        return text.toString();
    }

    /// Combines the results of all runs of rows: 8 columns by 32 work items that share the runs.
    private Launch combination(int register, boolean nothing) {
        ReduceRows rows = (ReduceRows) program.instruction(register);
        DType type = program.type(register);
        Space.Access access = space.accesses.get(rows.operand());
        String c = Operations.type(type);
        long runs = nothing ? 0 : chunks;
        long from = program.slot(register) * groups * chunks * space.columns;
        List<Argument> arguments = List.of(
                access.at().memory(), access.at().offset(), new Argument.Scratch());
        String source = Body.head(256) + "__global " + c + "* " + access.pointer() + ", const int o" + rows.operand()
                + ", __global const float* sf) {\n"
                + "    __local " + c + " w[256];\n"
                + "    const int item = get_local_id(0), lane = item % 8, sub = item / 8;\n"
                + "    const int unit = get_group_id(1);\n"
                + "    const int c = get_group_id(0) * 8 + lane;\n"
                + "    " + c + " held = " + Operations.identity(rows.reduction(), type) + ";\n"
                + "    if (c < " + space.columns + ") {\n"
                + "        #pragma unroll 8\n"
                + "        for (int i = sub; i < " + runs + "; i += 32) {\n"
                + "            const " + c + " other = " + (type.isFloat() ? "" : "as_int") + "(sf[" + from
                + " + (unit * "
                + runs + " + i) * " + space.columns + " + c]);\n"
                + "            held = " + Operations.combine(rows.reduction(), type, "held", "other") + ";\n"
                + "        }\n"
                + "    }\n"
                + "    w[item] = held;\n"
                + "    barrier(CLK_LOCAL_MEM_FENCE);\n"
                + "    for (int hop = 16; hop > 0; hop >>= 1) {\n"
                + "        if (sub < hop) {\n"
                + "            const " + c + " other = w[item + hop * 8];\n"
                + "            held = " + Operations.combine(rows.reduction(), type, "held", "other") + ";\n"
                + "            w[item] = held;\n"
                + "        }\n"
                + "        barrier(CLK_LOCAL_MEM_FENCE);\n"
                + "    }\n"
                + "    if (sub == 0 && c < " + space.columns + ") " + access.pointer() + "[o" + rows.operand()
                + groupOffset(access, "unit") + " + c * " + access.columnStride() + "] = "
                + Operations.result(rows.reduction(), type, "held") + ";\n"
                + "}\n";
        return Launch.of(source, arguments, (space.columns + 7) / 8, Math.max(1, groups), 1, 256, 0);
    }
}
