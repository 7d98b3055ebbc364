/// What is wrong with a program, as data with a stable code, and the ways to show it.
@NullMarked
package org.nnlang.compiler.diagnostic;

import org.jspecify.annotations.NullMarked;
