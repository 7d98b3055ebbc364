package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Numbers taken from training data, one for each element of a field: a missing value (NaN) becomes `fill`, then each
/// value becomes `(value - mean) / deviation`. Parts that do not apply are null.
@SuppressWarnings("ArrayRecordComponent") // compared by contents
public record Fitted(String field, float @Nullable [] fill, float @Nullable [] mean, float @Nullable [] deviation) {

    /// Applies these numbers to `values[offset…]`, which holds one example of the field.
    public void apply(float[] values, int offset) {
        if (fill != null) {
            for (int i = 0; i < fill.length; i++) {
                if (Float.isNaN(values[offset + i])) {
                    values[offset + i] = fill[i];
                }
            }
        }
        if (mean != null && deviation != null) {
            for (int i = 0; i < mean.length; i++) {
                values[offset + i] = (values[offset + i] - mean[i]) / deviation[i];
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fitted that
                && field.equals(that.field)
                && Arrays.equals(fill, that.fill)
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(deviation, that.deviation);
    }

    @Override
    public int hashCode() {
        return Objects.hash(field, Arrays.hashCode(fill), Arrays.hashCode(mean), Arrays.hashCode(deviation));
    }
}
