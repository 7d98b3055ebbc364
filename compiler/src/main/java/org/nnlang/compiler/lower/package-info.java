/// Elaboration: declarations are inlined, compile-time values are computed, tensors become IR. What comes out is a
/// [TrainingProgram], a [ModelProgram] or a [TestProgram].
@NullMarked
package org.nnlang.compiler.lower;

import org.jspecify.annotations.NullMarked;
