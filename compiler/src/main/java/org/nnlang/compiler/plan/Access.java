package org.nnlang.compiler.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.tensor.DType;

/// How a loop walks through memory: element (i₀, i₁, …) of its space is at `offset` + Σ iₖ · `strides[k]`.
///
/// @param base whose memory it is, or null where `fixed` says that
/// @param fixed memory that belongs to no node
/// @param combined whether it receives rows combined, so that the strides of those axes mean nothing
record Access(
        @Nullable Node base, @Nullable Location fixed, DType dtype, Dim offset, List<Dim> strides, boolean written,
        boolean combined) {
    Access {
        strides = List.copyOf(strides);
    }
}
