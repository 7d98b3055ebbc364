package org.nnlang.runtime.program;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.kernel.HeldFactor;

/// A step with all its numbers and arrays at hand. Running it allocates nothing.
abstract class BoundStep {
    abstract void run();

    /// The fused loop in it, or null.
    @Nullable
    FusedLaunch loop() {
        return null;
    }

    /// The right operand of the product in it, packed once for many runs, or null.
    @Nullable
    HeldFactor held() {
        return null;
    }
}
