/// Tensors: typed, shaped arrays at the border between a program and its caller.
@NullMarked
package org.nnlang.runtime.tensor;

import org.jspecify.annotations.NullMarked;
