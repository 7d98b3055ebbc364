/// The `nn` command: one class per subcommand, and what they share.
@NullMarked
package org.nnlang.cli;

import org.jspecify.annotations.NullMarked;
