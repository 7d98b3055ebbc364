/// Checkpoints: named tensors and texts in a safetensors file that is whole at any moment.
@NullMarked
package org.nnlang.runtime.checkpoint;

import org.jspecify.annotations.NullMarked;
