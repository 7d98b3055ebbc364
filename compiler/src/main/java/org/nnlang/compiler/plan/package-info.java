/// From clusters to a program: every cluster becomes a step, every value that leaves one gets memory, and the result
/// is the [Image][org.nnlang.runtime.program.Image] that the runtime binds to sizes.
@NullMarked
package org.nnlang.compiler.plan;

import org.jspecify.annotations.NullMarked;
