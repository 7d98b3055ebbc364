package org.nnlang.opencl.code;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Step;

/// A matrix product.
///
/// @param leftTransposed whether the left matrix lies with neighbours along its rows of the result
/// @param count how many such products
record ProductShape(boolean leftTransposed, boolean rightTransposed, int m, int n, int k, long count)
        implements Shape {
    static ProductShape of(Step.Product product, Layout layout) {
        long count = layout.get(product.count());
        for (Step.Batch batch : product.outer()) {
            count *= layout.get(batch.size());
        }
        return new ProductShape(
                product.transA(), product.transB(), layout.get(product.m()), layout.get(product.n()),
                layout.get(product.k()), count);
    }

    @Override
    public Size size() {
        return new Size(m, n, k, count);
    }

    @Override
    public long[] floats() {
        return new long[] {count * m * k, count * k * n, count * m * n};
    }

    @Override
    public List<Launch> launches(Tiling tiling, Target target) {
        return ProductKernel.of(this, tiling, target);
    }

    @Override
    public String toString() {
        return (leftTransposed ? "T" : "N") + (rightTransposed ? "T" : "N") + " " + m + " " + n + " " + k + " " + count;
    }

    /// Reads what [#toString] wrote, or null.
    static @Nullable ProductShape parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 5 || !parts[0].matches("[NT]{2}")) {
            return null;
        }
        return new ProductShape(
                parts[0].charAt(0) == 'T', parts[0].charAt(1) == 'T', Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]), Integer.parseInt(parts[3]), Long.parseLong(parts[4]));
    }
}
