/// What a trained model needs to run, and nothing else: no dependency beyond the JDK.
@NullMarked
package org.nnlang.runtime;

import org.jspecify.annotations.NullMarked;
