/// The terminal around a session: lines that can be edited, colours, completion, history. All that knows JLine.
@NullMarked
package org.nnlang.cli.terminal;

import org.jspecify.annotations.NullMarked;
