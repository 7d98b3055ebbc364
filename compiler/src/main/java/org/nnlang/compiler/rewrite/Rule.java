package org.nnlang.compiler.rewrite;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Node;

/// One equation, read from left to right.
@FunctionalInterface
interface Rule {
    /// The right side for `node`, built with `to`; null where the left side does not match.
    @Nullable
    Node rewrite(Rewriter to, Node node);
}
