package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;

/// A result that can't be written, and why.
final class Unwritable {
    private Unwritable() {}

    /// The error of a file or folder.
    static NnException of(Path path, IOException cause) {
        return of("`" + path + "`", Refusal.toWrite(path, cause), "name another place", cause);
    }

    /// The error of something that has no path.
    ///
    /// @param what it is, as the message begins
    static NnException of(String what, IOException cause, String help) {
        return of(what, Refusal.toWrite(cause), help, cause);
    }

    private static NnException of(String what, Refusal refusal, String elsewhere, IOException cause) {
        return new NnException(
                "NN0852", what + " can't be written: " + refusal.reason(), refusal.wayOr(elsewhere), cause);
    }
}
