package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;

/// A convolution in which each channel has one filter of its own. Work items that are neighbours have neighbouring channels.
final class DepthwiseKernels {
    /// Channels of a group that adds up the gradient of weights.
    private static final int LANES = 32;

    private final Strided x;
    private final Strided weights;
    private final Strided y;
    private final Windows windows;
    private final Target target;
    private final int n;

    DepthwiseKernels(Strided x, Strided weights, Strided y, Windows windows, Target target) {
        this.x = x;
        this.weights = weights;
        this.y = y;
        this.windows = windows;
        this.target = target;
        n = windows.n();
    }

    /// The result: a work item has one element and looks through its window.
    List<Launch> forward() {
        return each(
                (long) windows.images() * windows.r() * windows.s() * n, windows.r(), windows.s(), y,
                window("    const int seenRow = " + windows.row("row", "i") + ", seenColumn = "
                        + windows.column("column", "j") + ";\n"
                        + "    if (" + windows.inside("seenRow", "seenColumn") + ") sum = fma(" + x.pointer() + "["
                        + x.start() + " + ((image * " + windows.h() + " + seenRow) * " + windows.w()
                        + " + seenColumn) * " + n + " + channel], " + weight() + ", sum);\n"));
    }

    /// The gradient by the images: a work item looks through the pixels whose windows see its element.
    List<Launch> input() {
        return each(
                (long) windows.images() * windows.h() * windows.w() * n, windows.h(), windows.w(), x,
                window(windows.pixel("row", "i", "column", "j")
                        + "    if (hit) sum = fma(" + y.pointer() + "[" + y.start() + " + ((image * " + windows.r()
                        + " + y) * " + windows.s() + " + x) * " + n + " + channel], " + weight() + ", sum);\n"));
    }

    private String window(String what) {
        return "    float sum = 0.0f;\n    for (int i = 0; i < " + windows.p() + "; i++) for (int j = 0; j < "
                + windows.q() + "; j++) {\n" + what + "    }\n";
    }

    private String weight() {
        return weights.place().read(
                weights.start() + " + (i * " + windows.q() + " + j) * " + n + " + channel");
    }

    /// Parameters by the names that the tensors have, whose order is not the kernel's.
    private String parameters(List<Argument> arguments) {
        var pointers = new ArrayList<String>();
        for (Strided tensor : List.of(x, weights, y)) {
            String parameter = tensor.place().parameter();
            if (!pointers.contains(parameter)) {
                pointers.add(parameter);
                arguments.add(tensor.place().memory());
            }
        }
        for (Strided tensor : List.of(x, weights, y)) {
            pointers.add("const int " + tensor.start());
            arguments.add(tensor.place().offset());
        }
        return String.join(", ", pointers);
    }

    private List<Launch> each(long items, int height, int width, Strided result, String sum) {
        if (items == 0) {
            return List.of();
        }
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(arguments);
        int group = target.group();
        String source = Body.head(group) + parameters + ") {\n"
                + "    const uint at = get_global_id(0);\n"
                + "    if (at >= " + items + "u) return;\n"
                + "    const int channel = at % " + n + "u;\n"
                + "    const uint place = at / " + n + "u;\n"
                + "    const int column = place % " + width + "u, row = place / " + width + "u % " + height + "u;\n"
                + "    const int image = place / " + (long) height * width + "u;\n"
                + sum
                + "    " + result.pointer() + "[" + result.start() + " + at] = sum;\n"
                + "}\n";
        return List.of(Launch.of(source, arguments, (items + group - 1) / group, group, 0));
    }

    /// The gradient by the weights: a group has some channels of one place of the window, and its strips of work items a part of
    /// the pixels each. Where that makes too few groups, several share the pixels, and a second kernel adds up.
    List<Launch> weights() {
        int lanes = Math.min(LANES, target.group());
        int strips = target.group() / lanes;
        int places = windows.p() * windows.q();
        if (places == 0 || n == 0) {
            return List.of();
        }
        int blocks = (n + lanes - 1) / lanes;
        int pixels = windows.images() * windows.r() * windows.s();
        int splits = Math.clamp(4L * target.units() / ((long) blocks * places), 1,
                Math.clamp(pixels / (16L * strips), 1, 64));
        int share = (pixels + splits - 1) / splits;
        List<Argument> arguments = new ArrayList<>();
        String parameters = parameters(arguments) + (splits == 1 ? "" : ", __global float* sf");
        if (splits > 1) {
            arguments.add(new Argument.Scratch());
        }
        String to = weights.pointer() + "[" + weights.start() + " + ";
        String source = Body.head(lanes * strips) + parameters + ") {\n"
                + "    __local float sums[" + lanes * strips + "];\n"
                + "    const int item = get_local_id(0), channel = get_group_id(0) * " + lanes + " + item % " + lanes
                + ";\n"
                + "    const int place = get_group_id(1), split = get_group_id(2);\n"
                + "    float sum = 0.0f;\n"
                + "    if (channel < " + n + ") for (int pixel = split * " + share + " + item / " + lanes
                + "; pixel < min((split + 1) * " + share + ", " + pixels + "); pixel += " + strips + ") {\n"
                + "        const int seenRow = "
                + windows.row("pixel / " + windows.s() + " % " + windows.r(), "place / " + windows.q())
                + ", seenColumn = " + windows.column("pixel % " + windows.s(), "place % " + windows.q()) + ";\n"
                + "        if (" + windows.inside("seenRow", "seenColumn") + ") sum = fma(" + x.pointer() + "["
                + x.start() + " + ((pixel / " + Math.max(1, windows.r() * windows.s()) + " * " + windows.h()
                + " + seenRow) * " + windows.w() + " + seenColumn) * " + n + " + channel], " + y.pointer() + "["
                + y.start() + " + pixel * " + n + " + channel], sum);\n"
                + "    }\n"
                + "    sums[item] = sum;\n"
                + "    barrier(CLK_LOCAL_MEM_FENCE);\n"
                + "    if (item < " + lanes + " && channel < " + n + ") {\n"
                + "        for (int strip = 1; strip < " + strips + "; strip++) sum += sums[strip * " + lanes
                + " + item];\n"
                + "        " + (splits == 1 ? to + "place * " + n : "sf[(split * " + places + " + place) * " + n)
                + " + channel] = sum;\n"
                + "    }\n}\n";
        List<Launch> launches = new ArrayList<>();
        launches.add(Launch.of(
                source, arguments, blocks, places, splits, lanes * strips, splits == 1
                        ? 0
                        : (long) splits * places * n));
        if (splits > 1) {
            int group = target.group();
            long count = (long) places * n;
            launches.add(Launch.of(
                    Body.head(group) + parameters + ") {\n"
                            + "    const int at = get_global_id(0);\n"
                            + "    if (at >= " + count + ") return;\n"
                            + "    float sum = 0.0f;\n"
                            + "    for (int split = 0; split < " + splits + "; split++) sum += sf[split * " + count
                            + " + at];\n"
                            + "    " + to + "at] = sum;\n}\n",
                    arguments, (count + group - 1) / group, group, 0));
        }
        return launches;
    }
}
