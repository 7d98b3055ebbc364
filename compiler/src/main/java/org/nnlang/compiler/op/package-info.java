/// The table of elementwise operations: what each means, its gradient, where to test it.
@NullMarked
package org.nnlang.compiler.op;

import org.jspecify.annotations.NullMarked;
