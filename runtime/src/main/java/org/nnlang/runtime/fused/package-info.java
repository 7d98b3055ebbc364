/// Fused loops: several elementwise operations, and the reductions they feed, in one pass over memory.
///
/// A [FusedProgram][org.nnlang.runtime.fused.FusedProgram] says what one loop nest computes. It is run by one of three
/// tiers that agree in every bit: a scalar one that needs no vector module, a *tile* tier that applies one
/// operation after another to short runs of elements with loops compiled once for all programs, and methods generated
/// for this one program, which are the fastest once the virtual machine has compiled them.
@NullMarked
package org.nnlang.runtime.fused;

import org.jspecify.annotations.NullMarked;
