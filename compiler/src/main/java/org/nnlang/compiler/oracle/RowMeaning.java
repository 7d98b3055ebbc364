package org.nnlang.compiler.oracle;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.nnlang.compiler.ir.Form;

/// What rows become, in double precision.
final class RowMeaning {
    private RowMeaning() {}

    /// @param width elements of a row
    static double[] apply(Form.RowKind kind, double[] x, int width) {
        var result = new double[x.length];
        for (int start = 0; start < x.length; start += width) {
            switch (kind) {
                case ASCENDING -> order(x, start, width, false, result);
                case DESCENDING -> order(x, start, width, true, result);
                case SUMS -> {
                    double sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += x[start + i];
                        result[start + i] = sum;
                    }
                }
                case SUMS_BACKWARDS -> {
                    double sum = 0;
                    for (int i = width - 1; i >= 0; i--) {
                        sum += x[start + i];
                        result[start + i] = sum;
                    }
                }
            }
        }
        return result;
    }

    private static void order(double[] x, int start, int width, boolean descending, double[] result) {
        // Adding 0 makes the two zeros one; NaN is the greatest, as for Double.compare.
        Comparator<Integer> order = Comparator.comparingDouble(i -> x[start + i] + 0.0);
        var sorted = IntStream.range(0, width).boxed().sorted(descending ? order.reversed() : order).toList();
        for (int i = 0; i < width; i++) {
            result[start + i] = sorted.get(i);
        }
    }
}
