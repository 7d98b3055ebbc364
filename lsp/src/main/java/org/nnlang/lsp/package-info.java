/// The language server. [LanguageServerProcess] speaks to an editor; [Analysis] looks at what is open, one text after the other, on a
/// thread of its own; the other classes each answer one kind of question from a [Snapshot], which never changes. Offsets become the
/// protocol's positions in [Positions] alone, and spans its locations in [Places] alone.
@NullMarked
package org.nnlang.lsp;

import org.jspecify.annotations.NullMarked;
