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

/// What decides how fast a matrix product is with a certain [Tiling].
///
/// @param leftTransposed whether the left matrix lies with neighbours along its rows of the result
/// @param count how many such products
public record ProductShape(boolean leftTransposed, boolean rightTransposed, int m, int n, int k, long count) {
    /// The products of an image, those that take longest first.
    public static List<ProductShape> of(Image image, Accelerator.Sizes sizes) {
        var layout = new Layout(image, sizes, Cuts.NONE);
        Set<ProductShape> all = new LinkedHashSet<>();
        for (Step step : image.steps()) {
            if (step instanceof Step.Product product) {
                ProductShape shape = of(product, layout);
                if (shape.operations() > 0) {
                    all.add(shape);
                }
            }
        }
        List<ProductShape> sorted = new ArrayList<>(all);
        sorted.sort((a, b) -> Double.compare(b.operations(), a.operations()));
        return sorted;
    }

    static ProductShape of(Step.Product product, Layout layout) {
        long count = layout.get(product.count());
        for (Step.Batch batch : product.outer()) {
            count *= layout.get(batch.size());
        }
        return new ProductShape(
                product.transA(), product.transB(), layout.get(product.m()), layout.get(product.n()),
                layout.get(product.k()), count);
    }

    private double operations() {
        return (double) m * n * k * count;
    }

    /// The tilings worth measuring: the model's choice first, then others that it thinks not much slower. All cut k alike, hence
    /// they give the same bits.
    public List<Tiling> candidates(Target target) {
        return Tiling.candidates(m, n, k, count, target);
    }

    /// Floats of the left matrices, the right ones and the results.
    public long[] floats() {
        return new long[] {count * m * k, count * k * n, count * m * n};
    }

    /// Kernels that compute it with a tiling. Their matrices are the only contents of the segments for inputs, constants and outputs.
    public List<Launch> launches(Tiling tiling, Target target) {
        return ProductKernel.of(this, tiling, target);
    }

    /// The source of a program with kernels `k0`, `k1`, ….
    public static String source(List<Launch> launches, Target target) {
        var text = new StringBuilder();
        for (int i = 0; i < launches.size(); i++) {
            text.append(launches.get(i).named("k" + i));
        }
        HalfTiles halves = target.halves();
        return Prelude.of(text.toString()) + (halves == null ? "" : halves.functions()) + text;
    }

    /// All sources that decide what a measurement means: where they differ, old measurements tell nothing.
    public static String version(Target target) {
        var text = new StringBuilder();
        for (Tiling tiling : Tiling.ALL) {
            for (int form = 0; form < 4; form++) {
                var shape = new ProductShape(form % 2 == 1, form / 2 == 1, 512, 512, 512, 1);
                shape.launches(tiling, target).forEach(launch -> text.append(launch.source()));
            }
        }
        return text.toString();
    }

    static Location location(int which) {
        return new Location(List.of(Segment.INPUTS, Segment.CONSTANTS, Segment.OUTPUTS).get(which), false, 0, 0, 0);
    }

    @Override
    public String toString() {
        return (leftTransposed ? "T" : "N") + (rightTransposed ? "T" : "N") + " " + m + " " + n + " " + k + " " + count;
    }

    /// Reads what [#toString] wrote, or null.
    public static @Nullable ProductShape parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 5 || !parts[0].matches("[NT]{2}")) {
            return null;
        }
        try {
            return new ProductShape(
                    parts[0].charAt(0) == 'T', parts[0].charAt(1) == 'T', Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]), Integer.parseInt(parts[3]), Long.parseLong(parts[4]));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
