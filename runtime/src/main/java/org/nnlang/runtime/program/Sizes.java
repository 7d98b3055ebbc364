package org.nnlang.runtime.program;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds what the free dimensions of a program are.
public final class Sizes {
    private Sizes() {}

    /// The sizes that the shapes of inputs tell: from `4·n = 28` it follows that n is 7. A dimension that no shape tells is
    /// absent; whether all shapes fit is for the caller to check.
    ///
    /// @param shapes of some inputs, by name
    public static Map<String, Integer> of(Image image, Map<String, int[]> shapes) {
        @Nullable
        Long[] symbols = new Long[image.symbols().size()];
        for (Port port : image.inputs()) {
            int[] shape = shapes.get(port.name());
            if (shape != null && shape.length == port.shape().size()) {
                for (int axis = 0; axis < shape.length; axis++) {
                    solve(image.extents().get(port.shape().get(axis)), shape[axis], symbols);
                }
            }
        }
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (int i = 0; i < symbols.length; i++) {
            Long value = symbols[i];
            if (value != null) {
                sizes.put(image.symbols().get(i), Math.toIntExact(value));
            }
        }
        return sizes;
    }

    /// Finds the one unknown symbol of a linear extent; leaves any other alone.
    private static void solve(Extent extent, int size, @Nullable Long[] symbols) {
        long rest = size;
        Extent.@Nullable Term unknown = null;
        for (Extent.Term term : extent.terms()) {
            if (term.symbols().isEmpty()) {
                rest -= term.numerator() / term.denominator();
            } else if (term.symbols().size() == 1 && unknown == null) {
                unknown = term;
            } else {
                return;
            }
        }
        if (unknown != null && symbols[unknown.symbols().getFirst()] == null) {
            long scaled = rest * unknown.denominator();
            if (scaled % unknown.numerator() == 0) {
                symbols[unknown.symbols().getFirst()] = scaled / unknown.numerator();
            }
        }
    }
}
