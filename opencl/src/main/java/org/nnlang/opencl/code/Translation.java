package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Step;

/// An image for certain sizes as OpenCL C.
///
/// @param kernels to be launched, in order; a step has one or more
/// @param target for which they were written
public record Translation(List<Kernel> kernels, Target target) {
    public Translation {
        kernels = List.copyOf(kernels);
    }

    /// A launch of a kernel.
    ///
    /// @param step the number of the image's step
    public record Kernel(Launch launch, int step) {}

    /// Translates an image.
    ///
    /// @param cuts where the segments are cut that it shares with others
    public static Translation of(Image image, Accelerator.Sizes sizes, Cuts cuts, Target target) {
        List<Kernel> kernels = new ArrayList<>();
        var layout = new Layout(image, sizes, cuts);
        for (int number = 0; number < image.steps().size(); number++) {
            for (Launch launch : launches(image, number, layout, target)) {
                kernels.add(new Kernel(launch, number));
            }
        }
        return new Translation(kernels, target);
    }

    /// The sources of its kernels, each once.
    public Set<String> sources() {
        Set<String> sources = new LinkedHashSet<>();
        kernels.forEach(kernel -> sources.add(kernel.launch().source()));
        return sources;
    }

    /// The name of a kernel in a program. None begins with another's: oclgrind takes local memory of `k10` for that of `k1`, too.
    public static String name(int number) {
        return "k" + number + "_";
    }

    /// One program with these kernels, which are called by their number.
    public String program(Collection<String> sources) {
        var text = new StringBuilder();
        int number = 0;
        for (String source : sources) {
            text.append(Launch.named(source, name(number++)));
        }
        String functions = Prelude.of(text.toString());
        SubGroup subGroup = target.subGroup();
        if (subGroup != null && text.indexOf("nn_across") >= 0) {
            functions += subGroup.functions();
        }
        TensorCores tensorCores = target.tensorCores();
        if (tensorCores != null && text.indexOf("nn_mma") >= 0) {
            functions += tensorCores.functions();
        } else {
            HalfTiles halves = target.halves();
            functions += halves != null && text.indexOf("nn_halves") >= 0 ? halves.functions() : "";
        }
        return functions + text;
    }

    private static List<Launch> launches(Image image, int number, Layout layout, Target target) {
        return switch (image.steps().get(number)) {
            case Step.Loop loop -> {
                List<Launch> all = new ArrayList<>();
                space(image, loop, layout).parts(layout).forEach(part -> all.addAll(loop(part, target)));
                yield all;
            }
            case Step.Product product -> {
                Step.Loop epilogue = product.epilogue();
                yield ProductKernel.of(
                        product, epilogue == null ? null : space(image, epilogue, layout), layout, target,
                        Tiling.forced());
            }
            case Step.GatherRows gather -> List.of(OtherKernels.gather(gather, number, layout, target));
            case Step.ScatterRows scatter -> List.of(OtherKernels.scatter(scatter, number, layout, target));
            case Step.Order order -> RowOrderKernels.order(order, layout, target);
            case Step.RunningSums sums -> RowOrderKernels.sums(sums, layout, target);
            case Step.Draw draw -> List.of(OtherKernels.draw(draw, layout, target));
            case Step.Move move -> List.of(OtherKernels.move(move, layout, target));
            case Step.Repeat _ -> List.of();
            case Step.Call call -> {
                Step.Loop epilogue = call.epilogue();
                yield LibraryKernels.of(
                        call, epilogue == null ? null : space(image, epilogue, layout), layout, target);
            }
            case Step.Clear clear -> List.of(OtherKernels.clear(clear, layout, target));
        };
    }

    private static Space space(Image image, Step.Loop loop, Layout layout) {
        FusedProgram program = image.programs().get(loop.program());
        return Space.of(program, loop, layout);
    }

    /// A loop by itself.
    static List<Launch> loop(Space space, Target target) {
        if (!space.program.isElementwise()) {
            return LongRowKernels.suits(space, target) ? LongRowKernels.of(space, target) : RowKernel.of(space, target);
        }
        return space.rows() * space.columns == 0 ? List.of() : List.of(ElementwiseKernel.of(space, target));
    }
}
