/// Runs a compiled training: epochs and batches, validation, early stopping, checkpoints and resuming.
@NullMarked
package org.nnlang.runtime.train;

import org.jspecify.annotations.NullMarked;
