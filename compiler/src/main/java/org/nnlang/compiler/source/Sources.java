package org.nnlang.compiler.source;

import java.util.Optional;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.operation.Operations;

/// What the compiler asks its caller for, since it does no IO itself: the text of other modules, and what data looks
/// like. A module asked for twice is the same one if its name is the same.
public interface Sources {
    /// The module of that dotted name, such as `std.layers.Dense`; empty where there is none. `std.prelude` imports
    /// what every program knows.
    Optional<SourceFile> module(String name);

    /// The file at `path`, as an import in `importer` spells it; empty where there is none.
    ///
    /// @throws org.nnlang.runtime.NnException NN0851 where it is there and can't be read, or a path cannot be spelt like that
    Optional<SourceFile> file(SourceFile importer, String path);

    /// Fields, types, shapes and counts of a data pipeline.
    ///
    /// @throws org.nnlang.runtime.NnException NN07xx where there is no such data or it is malformed
    DataHeader header(DataExpression expression);

    /// What a reader calls the place of a value that was set from outside: mistakes in it are shown there.
    default String placeOfSetting(String hyperparameter) {
        return "setting \"" + hyperparameter + "\"";
    }

    /// The operations of host code that programs may call.
    default Operations operations() {
        return Operations.NONE;
    }
}
