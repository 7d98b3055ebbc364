/// JSON as values: a strict reader and a writer whose output depends on nothing but the value.
@NullMarked
package org.nnlang.runtime.json;

import org.jspecify.annotations.NullMarked;
