package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Step;

/// The library's kernels.
final class LibraryKernels {
    private LibraryKernels() {}

    /// @param after the space of the call's epilogue, or null
    static List<Launch> of(Step.Call call, @Nullable Space after, Layout layout, Target target) {
        return switch (call.kernel()) {
            case ATTENTION -> followed(AttentionKernels.forward(call, layout, target), after, target);
            case ATTENTION_GRADIENT -> followed(AttentionKernels.backward(call, layout, target), after, target);
            case CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS ->
                ConvolutionKernels.of(call, after, layout, target);
            case MAX_POOL, MAX_POOL_GRADIENT, AVERAGE_POOL, AVERAGE_POOL_GRADIENT ->
                followed(PoolingKernels.of(call, layout, target), after, target);
        };
    }

    /// Kernels, and what follows them as a loop of its own.
    static List<Launch> followed(List<Launch> kernels, @Nullable Space after, Target target) {
        if (after == null) {
            return kernels;
        }
        List<Launch> all = new ArrayList<>(kernels);
        all.addAll(Translation.loop(after, target));
        return all;
    }
}
