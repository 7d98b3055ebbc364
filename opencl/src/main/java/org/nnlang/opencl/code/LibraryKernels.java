package org.nnlang.opencl.code;

import java.util.List;
import org.nnlang.runtime.program.Step;

/// The library's kernels.
final class LibraryKernels {
    private LibraryKernels() {}

    static List<Launch> of(Step.Call call, Layout layout, Target target) {
        return switch (call.kernel()) {
            case ATTENTION -> AttentionKernels.forward(call, layout, target);
            case ATTENTION_GRADIENT -> AttentionKernels.backward(call, layout, target);
            case CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS -> ConvolutionKernels.of(call, layout, target);
            case MAX_POOL, MAX_POOL_GRADIENT, AVERAGE_POOL, AVERAGE_POOL_GRADIENT ->
                PoolingKernels.of(call, layout, target);
        };
    }
}
