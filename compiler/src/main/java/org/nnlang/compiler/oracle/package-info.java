/// What programs mean: a slow, plain interpreter of the IR in double precision, which everything else is held against.
@NullMarked
package org.nnlang.compiler.oracle;

import org.jspecify.annotations.NullMarked;
