/// Curves and graphs as SVG, and pages that hold them: text that a browser shows without anything else.
@NullMarked
package org.nnlang.cli.picture;

import org.jspecify.annotations.NullMarked;
