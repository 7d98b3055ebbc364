/// Measurements of kernels and of whole training steps.
@NullMarked
package org.nnlang.benchmarks;

import org.jspecify.annotations.NullMarked;
