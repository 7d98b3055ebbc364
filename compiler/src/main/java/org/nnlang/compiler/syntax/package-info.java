/// From text to an abstract syntax tree. The tree is records under sealed interfaces; [Parser] makes it.
/// Nothing outside this package sees the parser generator's types.
@NullMarked
package org.nnlang.compiler.syntax;

import org.jspecify.annotations.NullMarked;
