/// Where the standard library's files are found.
@NullMarked
package org.nnlang.stdlib;

import org.jspecify.annotations.NullMarked;
