package org.nnlang.cli;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The gradients of attention and of all that is built around it.
class TransformerGradientsTest {
    /// @param expression a loss of `x: f32[2, 3, 4]`, `y: f32[2, 5, 4]`, which are trained, and of masks
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "sum(attention(x, y, y) ^ 2)",
        "sum(attention(x, x, x, causal = true) ^ 2)",
        "sum(attention(x, y, 2 * y, keys) ^ 2)",
        "sum(attention(x, x, x, bool(ones([3, 3])), causal = true) ^ 2)",
        "sum(rotary(x) * x ^ 2)",
        "sum(SinusoidalPositions()(x) ^ 3)",
        "sum(GroupNorm(groups = 2)(x) ^ 3)"})
    void itsGradientIsItsSlope(String expression) {
        SlopeCheck.check("""
                param x: f32[2, 3, 4] ~ normal()
                param y: f32[2, 5, 4] ~ normal()
                val keys = bool(i32([[[1, 1, 0, 1, 0]], [[0, 0, 0, 0, 0]]]))
                """, expression);
    }
}
