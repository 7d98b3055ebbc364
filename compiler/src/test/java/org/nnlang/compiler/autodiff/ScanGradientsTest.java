package org.nnlang.compiler.autodiff;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.autodiff.Loops.Loop;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.oracle.GradientCheck;

/// Loops have gradients, and these have, too.
class ScanGradientsTest {
    static List<Loop> loops() {
        return Loops.all();
    }

    @ParameterizedTest
    @MethodSource("loops")
    void gradientsAreThoseOfCentralDifferences(Loop loop) {
        // What passes through a stopped gradient has none, which differences do not know.
        int order = loop.name().equals("stopped") ? 0 : 2;
        for (int length : new int[] {1, 3}) {
            if (order > 0) {
                GradientCheck.check(loop.graph(), loop.total(), loop.inputs(), loop.bindings(length), order);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void gradientsAreWellFormed(Loop loop) {
        Verifier.verify("gradient", loop.graph(), loop.withGradients());
    }
}
