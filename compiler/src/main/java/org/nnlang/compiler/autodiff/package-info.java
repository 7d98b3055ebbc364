/// Reverse-mode differentiation, graph to graph.
@NullMarked
package org.nnlang.compiler.autodiff;

import org.jspecify.annotations.NullMarked;
