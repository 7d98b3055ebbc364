package org.nnlang.cli;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The gradients of layers that slide a window along a sequence.
class SequencePoolingGradientsTest {
    /// @param expression a loss of `x: f32[2, 7, 4]`, which is trained
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "sum(MaxPool1D(3, stride = 2, padding = \"same\")(x) ^ 2)",
        "sum(AveragePool1D(3, stride = 2, padding = \"same\")(x) ^ 2)",
        "sum(AveragePool1D()(Conv1D(3, 2, tanh)(x)) ^ 2)"})
    void itsGradientIsItsSlope(String expression) {
        SlopeCheck.check("param x: f32[2, 7, 4] ~ normal()\n", expression);
    }
}
