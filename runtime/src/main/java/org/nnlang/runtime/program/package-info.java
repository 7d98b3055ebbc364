/// Compiled programs at run time: what the compiler hands over ([Image][org.nnlang.runtime.program.Image] and a class),
/// the memory of a model's variables, and an [Instance][org.nnlang.runtime.program.Instance] bound to sizes that runs.
@NullMarked
package org.nnlang.runtime.program;

import org.jspecify.annotations.NullMarked;
