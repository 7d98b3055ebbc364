/// The intermediate representation: a pure graph of interned tensor operations over symbolic dimensions.
@NullMarked
package org.nnlang.compiler.ir;

import org.jspecify.annotations.NullMarked;
