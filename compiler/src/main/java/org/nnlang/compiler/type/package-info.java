/// Names and what they stand for: modules, their imports and declarations, and the check that every name in a body is
/// known, before any value is computed.
@NullMarked
package org.nnlang.compiler.type;

import org.jspecify.annotations.NullMarked;
