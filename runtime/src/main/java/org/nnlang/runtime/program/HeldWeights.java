package org.nnlang.runtime.program;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.HeldFactor;

/// The weights of a [Memory] that products multiply by from the right, each packed once for all instances and all their
/// runs, until somebody changes a variable.
final class HeldWeights {
    /// Rows of a product that packing its weights anew is a small part of: a hundredth or two.
    static final int MOST_ROWS = 1024;

    /// They may take this share of the heap: a model that fits without them must not fail with them.
    private static final int HEAP_SHARE = 4;

    private final Map<Key, HeldFactor> factors = new HashMap<>();
    private long bytes;

    /// A matrix as a product reads it.
    private record Key(Segment segment, int offset, int rowStride, boolean transposed, int k, int n) {}

    /// One of them, or null where all that are there already take enough of the heap.
    synchronized @Nullable HeldFactor of(
            Segment segment, int offset, int rowStride, boolean transposed, int k, int n) {
        return factors.computeIfAbsent(new Key(segment, offset, rowStride, transposed, k, n), _ -> {
            if (bytes + HeldFactor.bytes(k, n) > Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
                return null;
            }
            var factor = new HeldFactor(k, n);
            bytes += factor.bytes();
            return factor;
        });
    }

    /// Variables may have changed.
    synchronized void forget() {
        factors.values().forEach(HeldFactor::forget);
    }

    synchronized long bytes() {
        return bytes;
    }
}
