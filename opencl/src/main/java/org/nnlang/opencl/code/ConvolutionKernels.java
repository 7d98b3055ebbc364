package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Step;

/// The three bilinear functions of a convolution as products of matrices that are gathered while they are brought into local
/// memory, so that no patch is ever copied to memory (Chetlur et al., 2014). Groups of channels are a batch. A depthwise
/// convolution, whose products would have a single column, has kernels of its own.
final class ConvolutionKernels {
    private final Strided x;
    private final Strided weights;
    private final Strided y;
    private final Windows windows;
    private final @Nullable Space after;
    private final @Nullable Tiling tiling;
    private final Target target;
    private final ConvolutionShape shape;
    /// Channels of a group, and filters of one.
    private final int c;
    private final int filters;
    private final int m;
    private final int groups;

    private ConvolutionKernels(ConvolutionShape.Form form, Strided x, Strided weights, Strided y, List<Integer> moves,
            @Nullable Space after, @Nullable Tiling tiling, Target target) {
        this.x = x;
        this.weights = weights;
        this.y = y;
        this.after = after;
        this.tiling = tiling;
        this.target = target;
        windows = Windows.of(x, weights.dim(0), weights.dim(1), y, moves);
        c = weights.dim(2);
        m = weights.dim(3);
        groups = groups(x.dim(3), c);
        filters = m / groups;
        shape = new ConvolutionShape(form, dims(x), dims(weights), windows.r(), windows.s(), moves);
    }

    private static List<Integer> dims(Strided tensor) {
        return Arrays.stream(tensor.dims()).boxed().toList();
    }

    private static int groups(int channels, int ofGroup) {
        return ofGroup == 0 ? 1 : Math.max(1, channels / ofGroup);
    }

    private static ConvolutionKernels of(
            ConvolutionShape.Form form, Step.Call call, @Nullable Space after, Layout layout, @Nullable Tiling tiling,
            Target target) {
        List<Step.Tensor> tensors = new ArrayList<>(call.operands());
        call.results().forEach(result -> tensors.add(result.tensor()));
        Strided[] all = Strided.all(tensors, layout);
        int[] order = switch (form) {
            case FORWARD -> new int[] {0, 1, 2};
            case INPUT -> new int[] {2, 1, 0};
            case WEIGHTS -> new int[] {0, 2, 1};
        };
        return new ConvolutionKernels(
                form, all[order[0]], all[order[1]], all[order[2]], call.attributes(), after, tiling, target);
    }

    /// @param after the space of the call's epilogue, or null
    static List<Launch> of(Step.Call call, @Nullable Space after, Layout layout, Target target) {
        var form = Objects.requireNonNull(ConvolutionShape.Form.of(call.kernel()));
        ConvolutionKernels kernels = of(form, call, after, layout, Tiling.forced(), target);
        if (!kernels.isDepthwise()) {
            return kernels.product();
        }
        return LibraryKernels.followed(switch (form) {
            case FORWARD -> kernels.depthwise().forward();
            case INPUT -> kernels.depthwise().input();
            case WEIGHTS -> kernels.depthwise().weights();
        }, after, target);
    }

    /// A convolution by itself, to be measured.
    static List<Launch> of(ConvolutionShape shape, Tiling tiling, Target target) {
        int[] y = {shape.image().getFirst(), shape.down(), shape.right(), shape.weights().get(3)};
        return new ConvolutionKernels(
                shape.form(), dense(0, shape.image().stream().mapToInt(Integer::intValue).toArray()),
                dense(1, shape.weights().stream().mapToInt(Integer::intValue).toArray()), dense(2, y), shape.moves(),
                null, tiling, target).product();
    }

    private static Strided dense(int which, int[] dims) {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        return new Strided(Shape.location(which), "o" + which, true, dims, strides);
    }

    /// What decides how fast a call is, or null where it is no product.
    static @Nullable ConvolutionShape shape(Step.Call call, Layout layout) {
        ConvolutionShape.Form form = ConvolutionShape.Form.of(call.kernel());
        if (form == null) {
            return null;
        }
        ConvolutionKernels kernels = of(form, call, null, layout, null, ANY);
        return kernels.isDepthwise() ? null : kernels.shape;
    }

    /// A device of which nothing is asked.
    private static final Target ANY = new Target(1, 1, 0, false);

    /// How large the product is.
    static Shape.Size size(ConvolutionShape shape) {
        int c = shape.weights().get(2);
        int groups = groups(shape.image().get(3), c);
        int filters = shape.weights().get(3) / groups;
        int window = shape.weights().get(0) * shape.weights().get(1);
        int pixels = shape.image().get(0) * shape.down() * shape.right();
        return switch (shape.form()) {
            case FORWARD -> new Shape.Size(pixels, filters, window * c, groups);
            case WEIGHTS -> new Shape.Size(window * c, filters, pixels, groups);
            case INPUT -> new Shape.Size(
                    shape.image().get(0) * shape.image().get(1) * shape.image().get(2), c, window * filters, groups);
        };
    }

    private List<Launch> product() {
        return switch (shape.form()) {
            case FORWARD -> forward();
            case INPUT -> input();
            case WEIGHTS -> weights();
        };
    }

    private boolean isDepthwise() {
        return c == 1 && filters == 1 && groups > 1;
    }

    private DepthwiseKernels depthwise() {
        return new DepthwiseKernels(x, weights, y, windows, target);
    }

    private ProductKernel.Side gathered(Strided tensor, boolean alongK, int stride, String function) {
        return new ProductKernel.Side(tensor.place(), tensor.startsAligned(), alongK, 0, stride, function);
    }

    private static ProductKernel.Side rows(Strided tensor, int pitch, int stride) {
        return new ProductKernel.Side(tensor.place(), tensor.startsAligned(), false, pitch, stride, null);
    }

    private int pixels() {
        return windows.images() * windows.r() * windows.s();
    }

    private int patch() {
        return windows.p() * windows.q() * c;
    }

    /// Pixels by patches, times the weights.
    private List<Launch> forward() {
        return ProductKernel.gathered(
                shape, tiling, gathered(x, true, c, "KERNEL_patch"),
                rows(weights, m, filters), rows(y, m, filters), patches("pixel", "element"), after, target);
    }

    /// Patches by pixels, times the result's gradient.
    private List<Launch> weights() {
        return ProductKernel.gathered(
                shape, tiling, gathered(x, false, c, "KERNEL_patch"),
                rows(y, m, filters), rows(weights, m, filters), patches("element", "pixel"), after, target);
    }

    /// What pixels of the images were seen by, times the weights.
    private List<Launch> input() {
        int elements = windows.p() * windows.q() * filters;
        int inputs = windows.images() * windows.h() * windows.w();
        String functions = function(
                "seen", "pixel", "element", y.startsAligned() && fours(filters, m),
                "    if (pixel >= " + inputs + " || element >= " + elements + ") return ZERO;\n"
                        + "    const int filter = element % FILTERS, place = element / FILTERS;\n"
                        + "    const int row = pixel / " + windows.w() + " % " + windows.h() + ", column = pixel % "
                        + windows.w() + ";\n"
                        + windows.pixel("row", "place / " + windows.q(), "column", "place % " + windows.q())
                        + "    if (!hit) return ZERO;\n"
                        + "    const int at = ((pixel / " + (long) windows.w() * windows.h() + " * " + windows.r()
                        + " + y) * " + windows.s() + " + x) * " + m + " + filter;\n")
                + function(
                        "weights", "channel", "element", weights.startsAligned() && fours(filters, m),
                        "    if (channel >= " + c + " || element >= " + elements + ") return ZERO;\n"
                                + "    const int at = (element / FILTERS * " + c + " + channel) * " + m
                                + " + element % FILTERS;\n");
        return ProductKernel.gathered(
                shape, tiling, gathered(y, true, filters, "KERNEL_seen"),
                gathered(weights, true, filters, "KERNEL_weights"), rows(x, windows.n(), c),
                functions.replace("FILTERS", "" + Math.max(1, filters)), after, target);
    }

    /// Whether each group of channels, of `all`, has whole fours of them.
    private static boolean fours(int each, int all) {
        return each % 4 == 0 && all % 4 == 0;
    }

    /// Four neighbouring elements of the patch of a pixel.
    private String patches(String first, String second) {
        return function(
                "patch", first, second, x.startsAligned() && fours(c, windows.n()),
                "    if (pixel >= " + pixels() + " || element >= " + patch() + ") return ZERO;\n"
                        + "    const int channel = element % CHANNELS, place = element / CHANNELS;\n"
                        + "    const int row = "
                        + windows.row("pixel / " + windows.s() + " % " + windows.r(), "place / " + windows.q())
                        + ", column = " + windows.column("pixel % " + windows.s(), "place % " + windows.q()) + ";\n"
                        + "    if (!" + windows.inside("row", "column") + ") return ZERO;\n"
                        + "    const int at = ((pixel / " + (long) windows.r() * windows.s() + " * " + windows.h()
                        + " + row) * " + windows.w() + " + column) * " + windows.n() + " + channel;\n")
                .replace("CHANNELS", "" + Math.max(1, c));
    }

    /// A function that reads four neighbours along `element`, at once or one by one.
    ///
    /// @param find returns `ZERO` for what lies outside, and defines `at` for the rest
    private static String function(String name, String first, String second, boolean fours, String find) {
        String parameters = "(__global const float* from, const int " + first + ", const int " + second + ") {\n";
        if (fours) {
            return "static inline float4 KERNEL_" + name + parameters + find.replace("ZERO", "(float4)(0.0f)")
                    + "    return *(__global const float4*)(from + at);\n}\n";
        }
        String one = "KERNEL_" + name + "1(from, " + first + ", " + second + ")";
        var all = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            all.append(i == 0 ? "" : ", ").append(one.replace("element", "element + " + i));
        }
        return "static inline float KERNEL_" + name + "1" + parameters + find.replace("ZERO", "0.0f")
                + "    return from[at];\n}\n"
                + "static inline float4 KERNEL_" + name + parameters + "    return (float4)(" + all + ");\n}\n";
    }
}
