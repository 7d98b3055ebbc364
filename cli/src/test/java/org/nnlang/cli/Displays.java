package org.nnlang.cli;

import java.io.PrintStream;
import org.nnlang.runtime.train.TrainingListener;

/// How commands show trainings.
public final class Displays {
    private Displays() {}

    /// One line an epoch.
    public static TrainingListener lines(PrintStream out) {
        return new TextDisplay(out, false);
    }
}
