/// From a model over a whole sequence to a procedure that computes one more position of it.
@NullMarked
package org.nnlang.compiler.incremental;

import org.jspecify.annotations.NullMarked;
