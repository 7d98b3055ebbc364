/// The way from text to programs: which stages there are and in which order they run.
@NullMarked
package org.nnlang.compiler.pipeline;

import org.jspecify.annotations.NullMarked;
