/// Operations that host code adds to the language: [Operation] is what to write, [Operations] finds them.
@NullMarked
package org.nnlang.runtime.operation;

import org.jspecify.annotations.NullMarked;
