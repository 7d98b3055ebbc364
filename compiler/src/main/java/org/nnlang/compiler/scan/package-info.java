/// Loops in the IR: how the text of one round becomes a [org.nnlang.compiler.ir.Form.Scan].
@NullMarked
package org.nnlang.compiler.scan;

import org.jspecify.annotations.NullMarked;
