/// Source text and places in it.
@NullMarked
package org.nnlang.compiler.source;

import org.jspecify.annotations.NullMarked;
