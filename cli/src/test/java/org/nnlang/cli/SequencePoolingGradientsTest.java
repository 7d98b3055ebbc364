package org.nnlang.cli;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/// The gradients of layers that slide a window along a sequence.
class SequencePoolingGradientsTest {
    /// Losses of `x: f32[2, 7, 4]`, which is trained.
    @TestFactory
    Stream<DynamicContainer> gradientsAreSlopes() {
        return SlopeCheck.of("param x: f32[2, 7, 4] ~ normal()", """
                sum(MaxPool1D(3, stride = 2, padding = "same")(x) ^ 2)
                sum(AveragePool1D(3, stride = 2, padding = "same")(x) ^ 2)
                sum(AveragePool1D()(Conv1D(3, 2, tanh)(x)) ^ 2)
                """);
    }
}
