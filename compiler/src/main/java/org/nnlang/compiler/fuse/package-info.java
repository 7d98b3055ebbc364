/// Which nodes of a procedure run together: elementwise chains, the reductions they feed, what follows a matrix
/// product, and the updates of all parameters as one loop. What comes out are [clusters][org.nnlang.compiler.fuse.Cluster]
/// in an order in which they can run.
@NullMarked
package org.nnlang.compiler.fuse;

import org.jspecify.annotations.NullMarked;
