/// Java source that makes a compiled model a class with methods for its inputs and outputs.
@NullMarked
package org.nnlang.compiler.binding;

import org.jspecify.annotations.NullMarked;
