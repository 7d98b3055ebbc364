package org.nnlang.compiler.diagnostic;

import java.util.Locale;

/// How bad a diagnostic is: with an error nothing is compiled; a warning changes nothing.
public enum Severity {
    ERROR,
    WARNING;

    /// The word that readers and tools see.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
