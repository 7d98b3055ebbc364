/// Simplification: rewrites that keep a procedure's meaning and never cost more.
@NullMarked
package org.nnlang.compiler.rewrite;

import org.jspecify.annotations.NullMarked;
