/// Sequences that a model writes by itself, one position after the other.
@NullMarked
package org.nnlang.runtime.generate;

import org.jspecify.annotations.NullMarked;
