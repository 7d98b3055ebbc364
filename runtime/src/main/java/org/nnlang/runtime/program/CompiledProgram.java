package org.nnlang.runtime.program;

/// A procedure as code: runs the steps of its [Image] in order. The compiler makes a class for each procedure; without
/// one, [#interpreted] does the same.
@FunctionalInterface
public interface CompiledProgram {
    /// Runs all steps once.
    void run(Frame frame);

    /// Runs the steps one by one as the image lists them.
    static CompiledProgram interpreted() {
        return frame -> {
            int steps = frame.steps();
            for (int step = 0; step < steps; step++) {
                frame.run(step);
            }
        };
    }
}
