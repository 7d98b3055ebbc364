package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.program.Step;

/// Kernels that give the order of the elements of rows, and their running sums.
final class RowOrderKernels {
    private RowOrderKernels() {}

    /// An item has one element: it counts those that come before, and writes its index there.
    static List<Launch> order(Step.Order step, Layout e, Target target) {
        long width = e.get(step.width());
        long count = e.get(step.rows()) * width;
        if (count == 0) {
            return List.of();
        }
        List<Argument> arguments = new ArrayList<>();
        Location from = e.location(step.source());
        Location to = e.location(step.result());
        String parameters = OtherKernels.parameters(List.of(from, to), arguments);
        int group = target.group();
        String x = from.pointer();
        // Ints that compare as the elements do: NaN is the greatest, and the two zeros are equal.
        String key = step.source().ints()
                ? "X"
                : "(isnan(X) ? 0x7fc00000 : X == 0.0f ? 0 : (as_int(X) ^ ((as_int(X) >> 31) & 0x7fffffff)))";
        String source = Body.head(group) + parameters + ") {\n"
                + "    const uint at = get_global_id(0);\n"
                + "    if (at >= " + count + "u) return;\n"
                + "    const int i = at % " + width + "u;\n"
                + "    const int row = at - i;\n"
                + "    const int own = " + key.replace("X", x + "[o0 + at]") + ";\n"
                + "    int before = 0;\n"
                + "    for (int j = 0; j < " + width + "; j++) {\n"
                + "        const int other = " + key.replace("X", x + "[o0 + row + j]") + ";\n"
                + "        before += other " + (step.descending() ? ">" : "<") + " own || (other == own && j < i);\n"
                + "    }\n"
                + "    " + to.pointer() + "[o1 + row + before] = i;\n"
                + "}\n";
        return List.of(Launch.of(source, arguments, (count + group - 1) / group, group, 0));
    }

    /// An item has one row, and adds as the processor does.
    static List<Launch> sums(Step.RunningSums step, Layout e, Target target) {
        int width = e.get(step.width());
        long rows = e.get(step.rows());
        if (rows * width == 0) {
            return List.of();
        }
        List<Argument> arguments = new ArrayList<>();
        Location from = e.location(step.source());
        Location to = e.location(step.result());
        String parameters = OtherKernels.parameters(List.of(from, to), arguments);
        int group = target.group();
        String read = from.pointer() + "[o0 + at]";
        String written = to.pointer() + "[o1 + at]";
        String body = step.source().ints()
                ? "        sum += " + read + ";\n        " + written + " = sum;\n"
                : "        const float x = " + read + ";\n"
                        + "        const float next = sum + x;\n"
                        + "        const float added = next - sum;\n"
                        + "        const float lost = (sum - (next - added)) + (x - added);\n"
                        + "        rest += isfinite(next) ? lost : 0.0f;\n"
                        + "        sum = next;\n"
                        + "        " + written + " = sum + rest;\n";
        String source = Body.head(group) + parameters + ") {\n"
                + "    const int row = get_global_id(0);\n"
                + "    if (row >= " + rows + ") return;\n"
                + (step.source().ints() ? "    int sum = 0;\n" : "    float sum = 0.0f, rest = 0.0f;\n")
                + "    for (int i = 0; i < " + width + "; i++) {\n"
                + "        const int at = row * " + width + " + "
                + (step.backwards() ? "(" + (width - 1) + " - i)" : "i") + ";\n"
                + body
                + "    }\n"
                + "}\n";
        return List.of(Launch.of(source, arguments, (rows + group - 1) / group, group, 0));
    }
}
