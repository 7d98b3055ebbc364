/// Where programs and checkpoints come from: files, and the class path. For the modules of this project; the API is
/// [org.nnlang].
@NullMarked
package org.nnlang.files;

import org.jspecify.annotations.NullMarked;
