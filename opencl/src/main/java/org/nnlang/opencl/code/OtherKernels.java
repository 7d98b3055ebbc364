package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.program.Step;

/// Kernels of the steps that are neither loops nor products.
final class OtherKernels {
    private OtherKernels() {}

    /// Parameters of several places: their pointers, each once, then their offsets `o0`, `o1`, …
    static String parameters(List<Location> places, List<Argument> arguments) {
        List<String> parameters = new ArrayList<>();
        for (Location place : places) {
            String parameter = place.parameter();
            if (!parameters.contains(parameter)) {
                parameters.add(parameter);
                arguments.add(place.memory());
            }
        }
        for (int i = 0; i < places.size(); i++) {
            parameters.add("const int o" + i);
            arguments.add(places.get(i).offset());
        }
        return String.join(", ", parameters);
    }

    /// Tells that an index lies outside: the first to come has its say.
    private static final String COMPLAINT = """
                    if (atomic_cmpxchg(status, 0, 1) == 0) { status[1] = STEP; status[2] = index; status[3] = i; }
            """;

    static Launch gather(Step.GatherRows step, int number, Layout e, Target target) {
        long count = e.get(step.count());
        long width = e.get(step.width());
        int rows = e.get(step.rows());
        Location table = e.location(step.table());
        Location indices = e.location(step.indices());
        Location result = e.location(step.result());
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(List.of(table, indices, result), arguments);
        arguments.add(new Argument.Number(number));
        arguments.add(new Argument.Status());
        int group = target.group();
        String source = Body.head(group) + parameters + ", const int number, __global int* status) {\n"
                + "    const uint at = get_global_id(0);\n"
                + "    if (at >= " + count * width + "u) return;\n"
                + "    const int i = at / " + Math.max(1, width) + "u, c = at % " + Math.max(1, width) + "u;\n"
                + "    int index = " + indices.pointer() + "[o1 + i];\n"
                + "    if (index < 0 || index >= " + rows + ") {\n"
                + COMPLAINT.replace("STEP", "number")
                + "        index = 0;\n"
                + "    }\n"
                + "    " + result.pointer() + "[o2 + at] = " + table.read("o0 + index * " + width + " + c") + ";\n"
                + "}\n";
        return Launch.of(source, arguments, (count * width + group - 1) / group, group, 0);
    }

    /// A group has some columns of one row of the table and looks through all indices, in order, so that sums are those
    /// of the processor, and none is lost.
    static Launch scatter(Step.ScatterRows step, int number, Layout e, Target target) {
        int count = e.get(step.count());
        int width = e.get(step.width());
        int rows = e.get(step.rows());
        int group = Math.min(target.group(), width >= 256 ? 256 : width > 32 ? 128 : 32);
        Location indices = e.location(step.indices());
        Location updates = e.location(step.updates());
        Location result = e.location(step.result());
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(List.of(indices, updates, result), arguments);
        arguments.add(new Argument.Number(number));
        arguments.add(new Argument.Status());
        String source = Body.head(group) + parameters + ", const int number, __global int* status) {\n"
                + "    __local int some[" + group + "];\n"
                + "    const int item = get_local_id(0), row = get_group_id(0), c = get_global_id(1) * " + group
                + " + item;\n"
                + "    float sum = 0.0f;\n"
                + "    for (int from = 0; from < " + count + "; from += " + group + ") {\n"
                + "        const int i = from + item;\n"
                + "        int index = -1;\n"
                + "        if (i < " + count + ") {\n"
                + "            index = " + indices.pointer() + "[o0 + i];\n"
                + "            if (index < 0 || index >= " + rows + ") {\n"
                + COMPLAINT.replace("STEP", "number")
                + "            }\n"
                + "        }\n"
                + "        some[item] = index;\n"
                + "        barrier(CLK_LOCAL_MEM_FENCE);\n"
                + "        const int end = min(" + group + ", " + count + " - from);\n"
                + "        for (int j = 0; j < end; j++) {\n"
                + "            if (some[j] == row && c < " + width + ") sum += " + updates.pointer()
                + "[o1 + (from + j) * " + width + " + c];\n"
                + "        }\n"
                + "        barrier(CLK_LOCAL_MEM_FENCE);\n"
                + "    }\n"
                + "    if (c < " + width + ") " + result.pointer() + "[o2 + row * " + width + " + c] = sum;\n"
                + "}\n";
        return Launch.of(source, arguments, rows, (width + group - 1) / group, 1, group, 0);
    }

    static Launch draw(Step.Draw step, Layout e, Target target) {
        int count = e.get(step.count());
        Location result = e.location(step.result());
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(List.of(result), arguments);
        arguments.add(new Argument.Key(step.stream()));
        arguments.add(new Argument.StepNumber());
        int group = target.group();
        long blocks = (count + 3L) / 4;
        var text =
                new StringBuilder(Body.head(group)).append(parameters).append(", const ulong key, const int step) {\n");
        text.append("    const uint block = get_global_id(0);\n    if (block >= ").append(blocks)
                .append("u) return;\n");
        text.append("    const uint4 words = nn_philox(key, block, 0u, (uint)step);\n");
        text.append("    const float4 u = convert_float4(words >> 8) * as_float(0x33800000u);\n");
        if (step.normal()) {
            text.append("    float v[4];\n");
            for (int pair = 0; pair < 2; pair++) {
                String x = pair == 0 ? "u.x" : "u.z";
                String y = pair == 0 ? "u.y" : "u.w";
                text.append("    {\n    const float radius = sqrt(-2.0f * nn_log(1.0f - ").append(x).append("));\n");
                text.append("    const float angle = ").append(y).append(" * as_float(0x")
                        .append(Integer.toHexString(Float.floatToRawIntBits(6.2831855f))).append("u);\n");
                text.append("    v[").append(2 * pair).append("] = radius * nn_cos(angle);\n");
                text.append("    v[").append(2 * pair + 1).append("] = radius * nn_sin(angle);\n    }\n");
            }
        } else {
            text.append("    const float v[4] = {u.x, u.y, u.z, u.w};\n");
        }
        text.append("    for (int j = 0; j < 4; j++) if (block * 4 + j < ").append(count).append(") ")
                .append(result.pointer()).append("[o0 + block * 4 + j] = v[j];\n}\n");
        return Launch.of(text.toString(), arguments, (blocks + group - 1) / group, group, 0);
    }

    static Launch move(Step.Move step, Layout e, Target target) {
        int[] dims = e.all(step.dims());
        int[] from = e.all(step.sourceStrides());
        int[] to = e.all(step.targetStrides());
        long total = 1;
        for (int dim : dims) {
            total *= dim;
        }
        Location read = e.location(step.source());
        Location written = e.location(step.target());
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(List.of(read, written), arguments);
        int group = target.group();
        var text = new StringBuilder(Body.head(group)).append(parameters).append(") {\n");
        text.append("    uint rest = get_global_id(0);\n    if (rest >= ").append(total).append("u) return;\n");
        text.append("    int from = o0, to = o1;\n");
        for (int d = dims.length - 1; d >= 0; d--) {
            if (dims[d] > 1) {
                text.append("    { const int at = rest % ").append(dims[d]).append("u; rest /= ").append(dims[d])
                        .append("u; from += at * ").append(from[d]).append("; to += at * ").append(to[d])
                        .append("; }\n");
            }
        }
        text.append("    ").append(written.pointer()).append("[to] = ").append(read.read("from")).append(";\n}\n");
        return Launch.of(text.toString(), arguments, (total + group - 1) / group, group, 0);
    }

    static Launch clear(Step.Clear step, Layout e, Target target) {
        return fill(e.location(step.target()), e.get(step.count()), "0", target);
    }

    static Launch fill(Location place, int count, String value, Target target) {
        int group = target.group();
        String source = Body.head(group) + "__global " + place.type() + "* " + place.pointer()
                + ", const int o0, const int count) {\n"
                + "    const int at = get_global_id(0);\n"
                + "    if (at < count) " + place.pointer() + "[o0 + at] = " + value + ";\n"
                + "}\n";
        return Launch.of(
                source,
                List.of(
                        place.memory(), place.offset(),
                        new Argument.Number(count)),
                (count + group - 1L) / group, group, 0);
    }
}
