/// Trained models, ready to be asked.
@NullMarked
package org.nnlang.runtime.model;

import org.jspecify.annotations.NullMarked;
