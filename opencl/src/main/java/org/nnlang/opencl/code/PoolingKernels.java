package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.program.Step;

/// The greatest element or the mean of what a window sees of each channel, and the gradients. A work item has one element of
/// the result; neighbouring ones have neighbouring channels. A gradient is gathered from the windows that see the element, in
/// the order in which the processor adds them, so the bits are the same.
final class PoolingKernels {
    private final Target target;
    private final Strided[] all;
    private final Strided x;
    private final Strided y;
    private final Windows windows;
    private final boolean counts;

    private PoolingKernels(Step.Call call, Layout layout, Target target) {
        this.target = target;
        List<Step.Tensor> tensors = new ArrayList<>(call.operands());
        call.results().forEach(result -> tensors.add(result.tensor()));
        all = Strided.all(tensors, layout);
        boolean back = call.kernel() == LibraryKernel.MAX_POOL_GRADIENT
                || call.kernel() == LibraryKernel.AVERAGE_POOL_GRADIENT;
        x = back ? all[all.length - 1] : all[0];
        y = back ? all[all.length - 2] : all[1];
        List<Integer> attributes = call.attributes();
        windows = Windows.of(x, attributes.get(0), attributes.get(1), y, attributes.subList(2, 8));
        counts = attributes.size() > 8 && attributes.get(8) != 0;
    }

    static List<Launch> of(Step.Call call, Layout layout, Target target) {
        var kernels = new PoolingKernels(call, layout, target);
        long images = (long) kernels.windows.images() * kernels.windows.n();
        long pixels = images * kernels.windows.r() * kernels.windows.s();
        long elements = images * kernels.windows.h() * kernels.windows.w();
        List<Launch> launches = new ArrayList<>();
        switch (call.kernel()) {
            case MAX_POOL -> kernels.add(launches, pixels, true, 0, kernels.greatest(false));
            case MAX_POOL_GRADIENT -> {
                kernels.add(launches, pixels, true, pixels, kernels.greatest(true));
                kernels.add(launches, elements, false, pixels, kernels.gathered(true));
            }
            case AVERAGE_POOL -> kernels.add(launches, pixels, true, 0, kernels.mean());
            case AVERAGE_POOL_GRADIENT -> kernels.add(launches, elements, false, 0, kernels.gathered(false));
            case ATTENTION, ATTENTION_GRADIENT, CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS ->
                throw new IllegalArgumentException(call.kernel().label());
        }
        return launches;
    }

    /// A kernel with one work item for each element of the result or its gradient, or of the images.
    private void add(List<Launch> launches, long items, boolean atPixels, long scratch, String body) {
        if (items == 0) {
            return;
        }
        List<Argument> arguments = new ArrayList<>();
        String parameters = OtherKernels.parameters(Arrays.stream(all).map(Strided::place).toList(), arguments);
        if (scratch > 0) {
            parameters += ", __global float* sf";
            arguments.add(new Argument.Scratch());
        }
        int group = target.group();
        int height = atPixels ? windows.r() : windows.h();
        int width = atPixels ? windows.s() : windows.w();
        String source = Body.head(group) + parameters + ") {\n"
                + "    const uint at = get_global_id(0);\n"
                + "    if (at >= " + items + "u) return;\n"
                + "    const int channel = at % " + windows.n() + "u;\n"
                + "    const uint place = at / " + windows.n() + "u;\n"
                + "    const int column = place % " + width + "u, row = place / " + width + "u % " + height + "u;\n"
                + "    const int image = place / " + (long) height * width + "u;\n"
                + body
                + "}\n";
        launches.add(Launch.of(source, arguments, (items + group - 1) / group, group, scratch));
    }

    /// What a place of the window of pixel (row, column) sees, as the body of a loop.
    private String eachPlace(String what) {
        return "    for (int i = 0; i < " + windows.p() + "; i++) for (int j = 0; j < " + windows.q() + "; j++) {\n"
                + "        const int seenRow = " + windows.row("row", "i") + ", seenColumn = "
                + windows.column("column", "j") + ";\n"
                + "        if (" + windows.inside("seenRow", "seenColumn") + ") {\n"
                + what
                + "        }\n    }\n";
    }

    private String seen() {
        return all[0].pointer() + "[o0 + ((image * " + windows.h() + " + seenRow) * " + windows.w()
                + " + seenColumn) * "
                + windows.n() + " + channel]";
    }

    /// The greatest element; or, for the gradient, which place of the window is the first to have it.
    private String greatest(boolean winner) {
        String found = "    float best = -INFINITY;\n"
                + eachPlace("            const float value = " + seen() + ";\n"
                        + "            best = value > best || value != value ? value : best;\n");
        if (!winner) {
            return found + "    " + y.pointer() + "[" + y.start() + " + at] = best;\n";
        }
        return found + "    int first = -1;\n"
                + eachPlace(
                        "            if (first < 0 && " + seen() + " == best) first = i * " + windows.q() + " + j;\n")
                + "    sf[at] = first;\n";
    }

    private String mean() {
        String number = Integer.toString(windows.p() * windows.q());
        return "    float sum = 0.0f;\n"
                + (counts ? "" : "    int count = 0;\n")
                + eachPlace("            sum += " + seen() + ";\n" + (counts ? "" : "            count++;\n"))
                + "    " + y.pointer() + "[" + y.start() + " + at] = sum * (1.0f / (float)"
                + (counts ? number : "count")
                + ");\n";
    }

    /// The sum of what the windows give that see an element. A pixel further down sees it with a row of its window further up.
    private String gathered(boolean greatest) {
        String at = "((image * " + windows.r() + " + y) * " + windows.s() + " + x) * " + windows.n() + " + channel";
        String g = y.pointer() + "[" + y.start() + " + " + at + "]";
        String share;
        if (greatest) {
            share = "            if (sf[" + at + "] == (float)(i * " + windows.q() + " + j)) sum += " + g + ";\n";
        } else if (counts) {
            share = "            sum += " + g + " * (1.0f / " + windows.p() * windows.q() + ".0f);\n";
        } else {
            share = "            int count = 0;\n"
                    + "            for (int a = 0; a < " + windows.p() + "; a++) for (int b = 0; b < " + windows.q()
                    + "; b++) count += "
                    + windows.inside(windows.row("y", "a"), windows.column("x", "b")) + " ? 1 : 0;\n"
                    + "            sum += " + g + " * (1.0f / (float)count);\n";
        }
        return "    float sum = 0.0f;\n"
                + "    for (int i = " + (windows.p() - 1) + "; i >= 0; i--) for (int j = " + (windows.q() - 1)
                + "; j >= 0; j--) {\n"
                + windows.pixel("row", "i", "column", "j")
                + "        if (hit) {\n" + share + "        }\n    }\n"
                + "    " + x.pointer() + "[" + x.start() + " + at] = sum;\n";
    }
}
