package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;

/// What decides how fast something that is computed as a matrix product is with a certain [Tiling].
public sealed interface Shape permits ProductShape, ConvolutionShape {
    /// So many products of m × k by k × n.
    record Size(int m, int n, int k, long count) {
        double operations() {
            return (double) m * n * k * count;
        }
    }

    /// How large the product is.
    Size size();

    /// Floats of what kernels read in the segments for inputs and constants, and of what they leave in that for outputs, or read there.
    long[] floats();

    /// Kernels that compute it with a tiling. Their tensors are the only contents of the segments for inputs, constants and outputs.
    List<Launch> launches(Tiling tiling, Target target);

    /// The tilings worth measuring: the model's choice first, then others that it thinks not much slower. All cut k alike, hence
    /// they give the same bits.
    default List<Tiling> candidates(Target target) {
        Size size = size();
        return Tiling.candidates(size.m, size.n, size.k, size.count, target);
    }

    /// The model's choice.
    default Tiling best(Target target) {
        Size size = size();
        return Tiling.best(size.m, size.n, size.k, size.count, target);
    }

    /// The products and convolutions of an image, those that take longest first.
    static List<Shape> of(Image image, Accelerator.Sizes sizes) {
        var layout = new Layout(image, sizes, Cuts.NONE);
        Set<Shape> all = new LinkedHashSet<>();
        for (Step step : image.steps()) {
            Shape shape = step instanceof Step.Product product ? ProductShape.of(product, layout)
                    : step instanceof Step.Call call ? ConvolutionKernels.shape(call, layout)
                    : null;
            if (shape != null && shape.size().operations() > 0) {
                all.add(shape);
            }
        }
        List<Shape> sorted = new ArrayList<>(all);
        sorted.sort((a, b) -> Double.compare(b.size().operations(), a.size().operations()));
        return sorted;
    }

    /// The source of a program with kernels `k0`, `k1`, ….
    static String source(List<Launch> launches, Target target) {
        var text = new StringBuilder();
        for (int i = 0; i < launches.size(); i++) {
            text.append(launches.get(i).named("k" + i));
        }
        HalfTiles halves = target.halves();
        return Prelude.of(text.toString()) + (halves == null ? "" : halves.functions()) + text;
    }

    /// All sources that decide what a measurement means: where they differ, old measurements tell nothing.
    static String version(Target target) {
        var text = new StringBuilder();
        for (Tiling tiling : Tiling.ALL) {
            for (int form = 0; form < 4; form++) {
                var shape = new ProductShape(form % 2 == 1, form / 2 == 1, 512, 512, 512, 1);
                shape.launches(tiling, target).forEach(launch -> text.append(launch.source()));
            }
        }
        for (ConvolutionShape.Form form : ConvolutionShape.Form.values()) {
            for (int channels = 3; channels < 5; channels++) {
                var shape = new ConvolutionShape(
                        form, List.of(2, 9, 9, 2 * channels), List.of(3, 3, channels, 8), 4, 7,
                        List.of(2, 1, 1, 0, 1, 1));
                shape.launches(shape.best(target), target).forEach(launch -> text.append(launch.source()));
            }
        }
        return text.toString();
    }

    /// Where a tensor lies that is measured: that of [#floats] with this number.
    static Location location(int which) {
        return new Location(List.of(Segment.INPUTS, Segment.CONSTANTS, Segment.OUTPUTS).get(which), false, 0, 0, 0);
    }

    /// Reads what `toString` wrote, or null.
    static @Nullable Shape parse(String text) {
        try {
            Shape product = ProductShape.parse(text);
            return product != null ? product : ConvolutionShape.parse(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
