/// Compiled programs, kept from one process to the next. For the modules of this project; the API is [org.nnlang].
///
/// [org.nnlang.cache.PreparedTraining] is the way from a source to a training that can run: from the cache, where the same
/// was compiled before, or through the compiler, which then leaves it there. What decides is compared in full and not by a
/// hash: the compiler's jars, the JDK, the program, its settings, and every answer that the compiler got from its
/// [Sources][org.nnlang.compiler.source.Sources], asked again: imported files, and the headers of data. The compiler is pure,
/// so nothing else can matter.
@NullMarked
package org.nnlang.cache;

import org.jspecify.annotations.NullMarked;
