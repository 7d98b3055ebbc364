/// Files of any content: how they are replaced, and what it means where a system refuses one.
@NullMarked
package org.nnlang.runtime.file;

import org.jspecify.annotations.NullMarked;
