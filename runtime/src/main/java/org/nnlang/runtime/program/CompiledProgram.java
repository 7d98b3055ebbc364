package org.nnlang.runtime.program;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.GeneratedKernels;

/// A procedure as code: runs the steps of its [Image] in order. The compiler makes a class for each procedure; without
/// one, [#interpreted] does the same.
public interface CompiledProgram {
    /// Runs all steps once.
    void run(Frame frame);

    /// Code for the image's fused loops, or null where there is none. Asked for only where the virtual machine has vectors.
    default @Nullable GeneratedKernels kernels() {
        return null;
    }

    /// Runs the steps one by one as the image lists them.
    static CompiledProgram interpreted() {
        return frame -> frame.run(0, frame.steps());
    }
}
