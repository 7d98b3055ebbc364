package org.nnlang.compiler.plan;

import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.ir.Node;

/// Something that has to be done, before its place in the order is known.
sealed interface Job {

    /// Computes a cluster.
    record Compute(Cluster cluster) implements Job {}

    /// Writes a node's elements, row by row, where an output is read or a variable or a gradient lies.
    ///
    /// @param what is written, for people
    record Write(Node node, Location target, String what) implements Job {}

    /// Keeps a variable's elements, as `node` sees them, until a `Write` of them, because the variable changes before.
    record Keep(Node node) implements Job {}
}
