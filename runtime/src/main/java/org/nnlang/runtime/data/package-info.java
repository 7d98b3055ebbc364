/// Data, from a file to batches in a program's inputs.
///
/// A program names its data as a [DataExpression]: a reader (`csv`, `idx`, `npy`, `chars`) and operations on it. A
/// [DataSources] answers for one: first with a [DataHeader], which a compiler needs for shapes, then with a [Dataset],
/// which [Batches] walks through, epoch after epoch, in an order that depends on the seed alone.
@NullMarked
package org.nnlang.runtime.data;

import org.jspecify.annotations.NullMarked;
