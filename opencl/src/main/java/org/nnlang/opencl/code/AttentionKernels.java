package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Step;

/// Attention and its gradients, block by block, so that no more of the weights exists at a time than a group of work items
/// holds: scores in registers, weights in local memory (Dao et al., 2022).
///
/// All three kernels are one walk. A group *owns* a block of rows, and meets the *others* in blocks, in their order: for
/// attention and the gradient by q it owns queries and meets keys, for the gradients by k and v it is the other way round, so that
/// nothing is added up by two groups. A work item has four rows and four columns of the scores of two blocks, and four rows of
/// what is added up. Where a result is wider than that allows, groups of their own do the rest of its columns.
final class AttentionKernels {
    /// What of an operand's width is in local memory at a time, and of the others' rows.
    private static final int DEPTH = 16;

    private final Step.Call call;
    private final Target target;
    private final boolean causal;
    private final Strided q;
    private final Strided k;
    private final Strided v;
    private final @Nullable Strided mask;
    private final Strided[] all;
    private final List<Location> places;
    private final int operands;
    private final long items;
    private final int t;
    private final int s;
    /// Rows of a block, and as many others.
    private final int block;
    /// Work items across and down.
    private final int across;
    private final int group;

    private AttentionKernels(Step.Call call, Layout layout, Target target) {
        this.call = call;
        this.target = target;
        causal = call.attributes().get(0) != 0;
        var tensors = new ArrayList<>(call.operands());
        call.results().forEach(result -> tensors.add(result.tensor()));
        operands = call.operands().size();
        all = Strided.all(tensors, layout);
        places = tensors.stream().map(tensor -> layout.location(tensor.place())).toList();
        q = all[0];
        k = all[1];
        v = all[2];
        mask = call.attributes().get(1) != 0 ? all[3] : null;
        items = q.items(2);
        t = q.dim(-2);
        s = k.dim(-2);
        block = block();
        across = block / 4;
        group = across * across;
    }

    /// The largest block that neither the device nor the operands are too small for; smaller ones where too few groups
    /// would be at work.
    private int block() {
        int most = 64;
        while (most > 16 && (most * most / 16 > target.largestGroup() || 4L * localFloats(most) > target.localBytes()
                || Math.max(t, s) <= most / 2
                || (target.gpu() && most == 64 && items * ceil(t, most) < target.units()))) {
            most /= 2;
        }
        return most;
    }

    private static int localFloats(int block) {
        return block * (block + 4) + stage(block);
    }

    /// Floats of the memory through which operands pass.
    private static int stage(int block) {
        return Math.max(2 * DEPTH * (block + 4), DEPTH * (widest(block) + 4));
    }

    /// The most columns that a group adds up.
    private static int widest(int block) {
        return block == 64 ? 128 : 4 * block;
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    static List<Launch> forward(Step.Call call, Layout layout, Target target) {
        var kernels = new AttentionKernels(call, layout, target);
        return kernels.items * kernels.t == 0 ? List.of() : List.of(kernels.weightedSum());
    }

    static List<Launch> backward(Step.Call call, Layout layout, Target target) {
        var kernels = new AttentionKernels(call, layout, target);
        List<Launch> launches = new ArrayList<>();
        if (kernels.items == 0) {
            return launches;
        }
        Strided dq = kernels.result(0);
        Strided dk = kernels.result(1);
        Strided dv = kernels.result(2);
        if ((dq != null || dk != null) && kernels.t > 0) {
            launches.add(kernels.means());
        }
        if (dq != null && kernels.t > 0) {
            launches.add(kernels.gradients(true, dq, null));
        }
        if ((dk != null || dv != null) && kernels.s > 0) {
            launches.add(kernels.gradients(false, dk, dv));
        }
        return launches;
    }

    /// The result of a number, or null where nobody wants it.
    private @Nullable Strided result(int number) {
        for (int i = 0; i < call.results().size(); i++) {
            if (call.results().get(i).output() == number) {
                return all[operands + i];
            }
        }
        return null;
    }

    /// The result of an attention, its logarithms, and the gradient that arrives.
    private Strided given(int number) {
        return all[operands - 3 + number];
    }

    /// What is added up: weights, or their slopes, times the rows of an operand.
    ///
    /// @param name of the registers
    /// @param rows the others' operand
    private record Sum(String name, Strided rows, int wide) {
        int width() {
            return rows.dim(-1);
        }

        int chunks() {
            return Math.max(1, ceil(width(), wide));
        }

        int fours(int across) {
            return wide / (4 * across);
        }
    }

    private Sum sum(String name, Strided rows) {
        int unit = 4 * across;
        return new Sum(name, rows, Math.min(widest(block), Math.max(1, ceil(rows.dim(-1), unit)) * unit));
    }

    /// A kernel's text under construction; numbers that recur are written by name.
    private static final class Text {
        private final StringBuilder text = new StringBuilder();
        private final int block;
        private final int group;

        Text(int block, int group) {
            this.block = block;
            this.group = group;
        }

        Text add(String lines) {
            text.append(lines.replace("BLOCK", "" + block).replace("PITCH", "" + (block + 4))
                    .replace("GROUP", "" + group).replace("DEPTH", "" + DEPTH));
            return this;
        }
    }

    private Text begin(List<Argument> arguments, boolean scratch) {
        String parameters = OtherKernels.parameters(places, arguments);
        if (scratch) {
            parameters += ", __global float* sf";
            arguments.add(new Argument.Scratch());
        }
        return new Text(block, group).add(Body.head(group) + parameters + ") {\n")
                .add("    __local float stage[" + stage(block) + "] __attribute__((aligned(16)));\n")
                .add("    __local float tile[BLOCK * PITCH] __attribute__((aligned(16)));\n")
                .add("    const int item = get_local_id(0), tx = item % " + across + ", ty = item / " + across + ";\n")
                .add("    const int which = get_group_id(1), chunk = get_group_id(2);\n");
    }

    private static final String[] LANES = {"x", "y", "z", "w"};

    /// `NAMEi` = four products of this item's rows `i` of one operand with its rows of another.
    private void dots(Text text, String name, Strided own, String ownItem, Strided other, String otherItem) {
        for (int i = 0; i < 4; i++) {
            text.add("    " + name + i + " = (float4)(0.0f);\n");
        }
        int width = own.dim(-1);
        text.add("    for (int depth = 0; depth < " + width + "; depth += DEPTH) {\n");
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        load(text, own, ownItem, "own", 0);
        load(text, other, otherItem, "from", DEPTH * (block + 4));
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.add(target.gpu() && width >= DEPTH ? "    #pragma unroll\n" : "");
        text.add("    for (int l = 0; l < " + Math.min(width, DEPTH) + "; l++) {\n");
        text.add("        const float4 a = *(__local const float4*)&stage[l * PITCH + ty * 4];\n");
        text.add("        const float4 b = *(__local const float4*)&stage[(DEPTH + l) * PITCH + tx * 4];\n");
        for (int i = 0; i < 4; i++) {
            text.add("        " + name + i + " = fma((float4)(a." + LANES[i] + "), b, " + name + i + ");\n");
        }
        text.add("    }\n    }\n");
    }

    /// A block's rows, a part of their width, with the width outermost.
    private void load(Text text, Strided from, String item, String row, int to) {
        text.add("    for (int l = item; l < BLOCK * (DEPTH / 4); l += GROUP) {\n");
        text.add("        const int r = l / (DEPTH / 4), at = depth + l % (DEPTH / 4) * 4;\n");
        text.add("        const float4 four = "
                + from.four(item, row + " + r", "at", row + " + r < " + from.dim(-2)) + ";\n");
        for (int i = 0; i < 4; i++) {
            text.add("        stage[" + to + " + (l % (DEPTH / 4) * 4 + " + i + ") * PITCH + r] = four." + LANES[i]
                    + ";\n");
        }
        text.add("    }\n");
    }

    /// Scores that must not count become −∞: of others behind the last one, of pairs that may not meet.
    private void forbid(Text text, String name, boolean ownsQueries) {
        int others = ownsQueries ? s : t;
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                String own = "(own + ty * 4 + " + i + ")";
                String other = "(from + tx * 4 + " + j + ")";
                String query = ownsQueries ? own : other;
                String key = ownsQueries ? other : own;
                var meets = new StringBuilder(other + " < " + others);
                if (causal) {
                    meets.append(" && ").append(key).append(" <= ").append(query);
                }
                if (mask != null) {
                    meets.append(" && ").append(own).append(" < ").append(ownsQueries ? t : s).append(" && ")
                            .append(mask.pointer()).append("[maskAt + ").append(query).append(" * ")
                            .append(mask.stride(-2)).append(" + ").append(key).append(" * ").append(mask.stride(-1))
                            .append("] != 0");
                }
                String score = name + i + "." + LANES[j];
                text.add("    " + score + " = (" + meets + ") ? " + score + " : -INFINITY;\n");
            }
        }
    }

    /// Puts this item's part of a block into local memory, others outermost.
    private void keep(Text text, String name) {
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        for (int j = 0; j < 4; j++) {
            String lane = LANES[j];
            text.add("    *(__local float4*)&tile[(tx * 4 + " + j + ") * PITCH + ty * 4] = (float4)(" + name + "0."
                    + lane + ", " + name + "1." + lane + ", " + name + "2." + lane + ", " + name + "3." + lane
                    + ");\n");
        }
    }

    /// Adds the block in local memory times the others' rows.
    private void multiply(Text text, Sum sum, String item) {
        int fours = sum.fours(across);
        text.add("    for (int depth = 0; depth < BLOCK; depth += DEPTH) {\n");
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.add("    for (int l = item; l < DEPTH * " + sum.wide / 4 + "; l += GROUP) {\n");
        text.add("        const int r = from + depth + l / " + sum.wide / 4 + ", at = chunk * " + sum.wide + " + l % "
                + sum.wide / 4 + " * 4;\n");
        text.add("        *(__local float4*)&stage[l / " + sum.wide / 4 + " * " + (sum.wide + 4) + " + l % "
                + sum.wide / 4 + " * 4] = " + sum.rows.four(item, "r", "at", "r < " + sum.rows.dim(-2)) + ";\n");
        text.add("    }\n    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.add(target.gpu() ? "    #pragma unroll\n" : "");
        text.add("    for (int l = 0; l < DEPTH; l++) {\n");
        text.add("        const float4 a = *(__local const float4*)&tile[(depth + l) * PITCH + ty * 4];\n");
        for (int f = 0; f < fours; f++) {
            text.add("        const float4 b" + f + " = *(__local const float4*)&stage[l * " + (sum.wide + 4)
                    + " + tx * 4 + " + f * 4 * across + "];\n");
            for (int i = 0; i < 4; i++) {
                String register = sum.name + i + "_" + f;
                text.add("        " + register + " = fma((float4)(a." + LANES[i] + "), b" + f + ", " + register
                        + ");\n");
            }
        }
        text.add("    }\n    }\n");
    }

    private void declare(Text text, Sum sum) {
        for (int i = 0; i < 4; i++) {
            for (int f = 0; f < sum.fours(across); f++) {
                text.add("    float4 " + sum.name + i + "_" + f + " = (float4)(0.0f);\n");
            }
        }
    }

    /// Writes what was added up.
    ///
    /// @param factor of row i, with `#` for the row
    private void write(Text text, Sum sum, Strided to, String factor) {
        text.add("    if (chunk < " + sum.chunks() + ") {\n");
        text.add("    const int to = " + to.item("which", 2) + ";\n");
        for (int i = 0; i < 4; i++) {
            text.add("    if (own + ty * 4 + " + i + " < " + to.dim(-2) + ") {\n");
            for (int f = 0; f < sum.fours(across); f++) {
                for (int j = 0; j < 4; j++) {
                    String column = "(chunk * " + sum.wide + " + tx * 4 + " + (f * 4 * across + j) + ")";
                    text.add("        if (" + column + " < " + to.dim(-1) + ") " + to.pointer()
                            + "[to + (own + ty * 4 + "
                            + i + ") * " + to.stride(-2) + " + " + column + " * " + to.stride(-1) + "] = " + sum.name
                            + i
                            + "_" + f + "." + LANES[j] + factor.replace("#", "" + i) + ";\n");
                }
            }
            text.add("    }\n");
        }
        text.add("    }\n");
    }

    private String scale() {
        return Prelude.literal(Float.floatToRawIntBits((float) (1 / Math.sqrt(q.dim(-1)))));
    }

    private void where(Text text, Strided... tensors) {
        for (Strided tensor : tensors) {
            text.add("    const int at" + tensor.start() + " = " + tensor.item("which", 2) + ";\n");
        }
        if (mask != null) {
            text.add("    const int maskAt = " + mask.item("which", 2) + ";\n");
        }
    }

    private static String at(Strided tensor) {
        return "at" + tensor.start();
    }

    private Launch weightedSum() {
        List<Argument> arguments = new ArrayList<>();
        Text text = begin(arguments, false);
        Sum sum = sum("sum", v);
        int blocks = ceil(t, block);
        // Under a causal mask the last rows have the most to do, so they begin.
        text.add("    const int own = (" + (blocks - 1) + " - (int)get_group_id(0)) * BLOCK;\n");
        where(text, q, k, v);
        declare(text, sum);
        text.add("    float4 s0, s1, s2, s3;\n    float4 peak = (float4)(-INFINITY), total = (float4)(0.0f);\n");
        text.add("    const int end = " + (causal ? "min(" + s + ", own + BLOCK)" : "" + s) + ";\n");
        text.add("    for (int from = 0; from < end; from += BLOCK) {\n");
        dots(text, "s", q, at(q), k, at(k));
        forbid(text, "s", true);
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.add("    *(__local float4*)&stage[tx * BLOCK + ty * 4] = (float4)(");
        for (int i = 0; i < 4; i++) {
            text.add((i == 0 ? "" : ", ") + "fmax(fmax(s" + i + ".x, s" + i + ".y), fmax(s" + i + ".z, s" + i + ".w))");
        }
        text.add(");\n    barrier(CLK_LOCAL_MEM_FENCE);\n    float4 most = (float4)(-INFINITY);\n");
        text.add("    for (int l = 0; l < " + across
                + "; l++) most = fmax(most, *(__local const float4*)&stage[l * BLOCK + ty * 4]);\n");
        text.add("    most = fmax(peak, most * " + scale() + ");\n");
        // A row that has met nobody yet has no greatest score: everything in it is exp(−∞).
        for (int i = 0; i < 4; i++) {
            String lane = "." + LANES[i];
            text.add("    {\n    const float unit = most" + lane + " == -INFINITY ? 0.0f : most" + lane + ";\n");
            text.add("    const float factor = nn_exp(peak" + lane + " - unit);\n");
            for (int j = 0; j < 4; j++) {
                String score = "s" + i + "." + LANES[j];
                text.add("    " + score + " = nn_exp(fma(" + score + ", " + scale() + ", -unit));\n");
            }
            text.add("    total" + lane + " = fma(total" + lane + ", factor, (s" + i + ".x + s" + i + ".y) + (s" + i
                    + ".z + s" + i + ".w));\n");
            for (int f = 0; f < sum.fours(across); f++) {
                text.add("    sum" + i + "_" + f + " *= factor;\n");
            }
            text.add("    }\n");
        }
        text.add("    peak = most;\n");
        keep(text, "s");
        multiply(text, sum, at(v));
        text.add("    }\n");
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.add("    *(__local float4*)&stage[tx * BLOCK + ty * 4] = total;\n");
        text.add("    barrier(CLK_LOCAL_MEM_FENCE);\n    total = (float4)(0.0f);\n");
        text.add("    for (int l = 0; l < " + across
                + "; l++) total += *(__local const float4*)&stage[l * BLOCK + ty * 4];\n");
        Strided result = result(0);
        Strided logarithms = result(1);
        if (logarithms != null) {
            text.add("    if (tx == 0 && chunk == 0) {\n    const int to = " + logarithms.item("which", 1) + ";\n");
            for (int i = 0; i < 4; i++) {
                String lane = "." + LANES[i];
                text.add("    if (own + ty * 4 + " + i + " < " + t + ") " + logarithms.pointer()
                        + "[to + (own + ty * 4 + " + i + ") * " + logarithms.stride(-1) + "] = total" + lane
                        + " == 0.0f ? 0.0f : peak" + lane + " + nn_log(total" + lane + ");\n");
            }
            text.add("    }\n");
        }
        if (result != null) {
            for (int i = 0; i < 4; i++) {
                String lane = "." + LANES[i];
                text.add("    const float factor" + i + " = total" + lane + " == 0.0f ? 0.0f : 1.0f / total" + lane
                        + ";\n");
            }
            write(text, sum, result, " * factor#");
        }
        text.add("}\n");
        return Launch.of(text.text.toString(), arguments, blocks, items, result == null ? 1 : sum.chunks(), group, 0);
    }

    /// Σ g·o of each row, for the kernels behind it.
    private Launch means() {
        List<Argument> arguments = new ArrayList<>();
        String parameters = OtherKernels.parameters(places, arguments) + ", __global float* sf";
        arguments.add(new Argument.Scratch());
        Strided result = given(0);
        Strided g = given(2);
        int size = target.group();
        long rows = items * t;
        String source = Body.head(size) + parameters + ") {\n"
                + "    const uint row = get_global_id(0);\n"
                + "    if (row >= " + rows + "u) return;\n"
                + "    const uint which = row / " + t + "u;\n"
                + "    const int r = row % " + t + "u;\n"
                + "    const int a = " + result.item("which", 2) + " + r * " + result.stride(-2) + ";\n"
                + "    const int b = " + g.item("which", 2) + " + r * " + g.stride(-2) + ";\n"
                + "    float sum = 0.0f;\n"
                + "    for (int i = 0; i < " + g.dim(-1) + "; i++) sum = fma(" + result.pointer() + "[a + i * "
                + result.stride(-1) + "], " + g.pointer() + "[b + i * " + g.stride(-1) + "], sum);\n"
                + "    sf[row] = sum;\n"
                + "}\n";
        return Launch.of(source, arguments, (rows + size - 1) / size, size, rows);
    }

    /// The gradient by q, or those by k and v.
    ///
    /// @param slopes where weights' slopes times the others' rows go: dq or dk
    /// @param weighted dv
    private Launch gradients(boolean ownsQueries, @Nullable Strided slopes, @Nullable Strided weighted) {
        List<Argument> arguments = new ArrayList<>();
        Text text = begin(arguments, true);
        Strided g = given(2);
        Strided own = ownsQueries ? q : k;
        Strided other = ownsQueries ? k : q;
        int rows = ownsQueries ? t : s;
        int others = ownsQueries ? s : t;
        int blocks = ceil(rows, block);
        Sum forSlopes = slopes == null ? null : sum("sum", other);
        Sum forWeighted = weighted == null ? null : sum("add", g);
        // The first keys and the last queries have the most to do.
        text.add("    const int own = " + (ownsQueries
                ? "(" + (blocks - 1) + " - (int)get_group_id(0))"
                : "(int)get_group_id(0)") + " * BLOCK;\n");
        where(text, q, k, v, g);
        int chunks = 1;
        if (forSlopes != null) {
            declare(text, forSlopes);
            chunks = forSlopes.chunks();
        }
        if (forWeighted != null) {
            declare(text, forWeighted);
            chunks = Math.max(chunks, forWeighted.chunks());
        }
        text.add("    float4 s0, s1, s2, s3, d0, d1, d2, d3;\n");
        String logs = given(1).item("which", 1);
        int logStride = given(1).stride(-1);
        if (ownsQueries) {
            text.add("    float4 log4 = (float4)(0.0f), mean4 = (float4)(0.0f);\n");
            for (int i = 0; i < 4; i++) {
                numbers(text, "own + ty * 4 + " + i, LANES[i], logs, logStride, slopes != null);
            }
        }
        text.add("    const int begin = " + (causal && !ownsQueries ? "own" : "0") + ", end = "
                + (causal && ownsQueries ? "min(" + others + ", own + BLOCK)" : "" + others) + ";\n");
        text.add("    for (int from = begin; from < end; from += BLOCK) {\n");
        if (!ownsQueries) {
            text.add("    float4 log4 = (float4)(0.0f), mean4 = (float4)(0.0f);\n");
            for (int j = 0; j < 4; j++) {
                numbers(text, "from + tx * 4 + " + j, LANES[j], logs, logStride, slopes != null);
            }
        }
        dots(text, "s", own, at(own), other, at(other));
        forbid(text, "s", ownsQueries);
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                String score = "s" + i + "." + LANES[j];
                text.add("    " + score + " = nn_exp(fma(" + score + ", " + scale() + ", -log4."
                        + LANES[ownsQueries ? i : j] + "));\n");
            }
        }
        if (forWeighted != null) {
            keep(text, "s");
            multiply(text, forWeighted, at(g));
        }
        if (forSlopes != null) {
            dots(text, "d", ownsQueries ? g : v, at(ownsQueries ? g : v), ownsQueries ? v : g, at(ownsQueries ? v : g));
            for (int i = 0; i < 4; i++) {
                text.add("    s" + i + " = s" + i + " * (d" + i + " - "
                        + (ownsQueries ? "(float4)(mean4." + LANES[i] + ")" : "mean4") + ") * " + scale() + ";\n");
            }
            keep(text, "s");
            multiply(text, forSlopes, at(other));
        }
        text.add("    }\n");
        if (forSlopes != null) {
            write(text, forSlopes, Objects.requireNonNull(slopes), "");
        }
        if (forWeighted != null) {
            write(text, forWeighted, Objects.requireNonNull(weighted), "");
        }
        text.add("}\n");
        return Launch.of(text.text.toString(), arguments, blocks, items, chunks, group, 0);
    }

    /// Reads a query's logarithm and mean slope.
    private void numbers(Text text, String query, String lane, String logs, int logStride, boolean means) {
        text.add("    if (" + query + " < " + t + ") {\n        log4." + lane + " = " + given(1).pointer() + "[" + logs
                + " + (" + query + ") * " + logStride + "];\n");
        if (means) {
            text.add("        mean4." + lane + " = sf[which * " + t + " + " + query + "];\n");
        }
        text.add("    }\n");
    }
}
