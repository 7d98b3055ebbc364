package org.nnlang.compiler.lower;

import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.source.Sources;
import org.nnlang.compiler.type.Modules;

/// What all elaborations of a program share.
///
/// @param modules what has been read
/// @param sources answers for data
public record Context(Modules modules, Sources sources, Diagnostics diagnostics) {}
