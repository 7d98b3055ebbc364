/// The session of `nn repl` without a terminal: text in, answers out. What is entered goes the way of every program, from
/// text to compiled class; a [Session][org.nnlang.cli.repl.Session] keeps what lasts from one entry to the next.
@NullMarked
package org.nnlang.cli.repl;

import org.jspecify.annotations.NullMarked;
