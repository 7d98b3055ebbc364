package org.nnlang.compiler.pipeline;

import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;

/// Whether a fix does what it promises: the file is looked at as it would be.
public final class Mending {
    private Mending() {}

    /// The file as a fix leaves it.
    public static SourceFile apply(Fix fix) {
        return new SourceFile(fix.file().name(), fix.text());
    }

    /// Whether a mistake is gone after a fix, and no mistake in the syntax has come. Other mistakes may show that this one
    /// hid.
    ///
    /// @param before  all that is wrong with the file that the fix changes
    /// @param sources what the file imports
    public static boolean mends(Fix fix, Diagnostic mistake, Diagnostics before, Sources sources) {
        Diagnostics after = FrontEnd.check(apply(fix), sources).diagnostics();
        return after.sorted().stream().noneMatch(each -> remains(mistake, each, fix) || isNewSyntax(each, before, fix));
    }

    private static boolean remains(Diagnostic mistake, Diagnostic after, Fix fix) {
        int start = fix.after(mistake.primary().start());
        int end = fix.after(mistake.primary().end());
        int found = after.primary().start();
        return after.code() == mistake.code() && after.primary().file().name().equals(fix.file().name())
                && (found == start || start < found && found < end);
    }

    private static boolean isNewSyntax(Diagnostic after, Diagnostics before, Fix fix) {
        return after.code().isSyntax() && after.primary().file().name().equals(fix.file().name())
                && before.sorted().stream().noneMatch(known -> known.primary().file() == fix.file()
                        && known.code() == after.code()
                        && fix.after(known.primary().start()) == after.primary().start());
    }
}
