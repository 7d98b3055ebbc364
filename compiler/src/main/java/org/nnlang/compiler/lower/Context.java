package org.nnlang.compiler.lower;

import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.source.Sources;
import org.nnlang.compiler.type.Modules;

/// What all elaborations of a program share.
///
/// @param modules what has been read
/// @param sources answers for data
/// @param earlier what earlier entries of a session left behind
/// @param own     the operations of host code
/// @param types   takes what expressions are
public record Context(
        Modules modules, Sources sources, Diagnostics diagnostics, Earlier earlier, OwnOperations own, Types types) {
    /// Of a program whose types nobody asks for.
    public Context(
            Modules modules, Sources sources, Diagnostics diagnostics, Earlier earlier, OwnOperations own) {
        this(modules, sources, diagnostics, earlier, own, Types.IGNORED);
    }

    /// Of a program that is no entry of a session.
    public Context(Modules modules, Sources sources, Diagnostics diagnostics, OwnOperations own) {
        this(modules, sources, diagnostics, Earlier.NOTHING, own);
    }

    /// The same, with diagnostics of its own.
    Context reporting(Diagnostics others) {
        return new Context(modules, sources, others, earlier, own, types);
    }
}
