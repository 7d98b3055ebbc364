/// Event files as TensorBoard reads them.
@NullMarked
package org.nnlang.cli.tensorboard;

import org.jspecify.annotations.NullMarked;
