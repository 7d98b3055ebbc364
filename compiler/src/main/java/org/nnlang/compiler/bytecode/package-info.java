/// Fused programs as bytecode. Only this package knows ASM, and it names the Vector API's classes without linking them:
/// the compiler also runs where the incubator module is absent.
@NullMarked
package org.nnlang.compiler.bytecode;

import org.jspecify.annotations.NullMarked;
