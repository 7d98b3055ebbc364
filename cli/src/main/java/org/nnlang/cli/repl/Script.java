package org.nnlang.cli.repl;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Predicate;
import org.nnlang.compiler.syntax.Words;

/// Lines that come without a person: each entry ends with the line that makes it complete, unless the next one goes on
/// with it.
public final class Script {
    private Script() {}

    /// Hands entries to `session` until it says false or the lines end. A next line is waited for only where one has to
    /// come.
    public static void run(BufferedReader lines, Predicate<String> session) throws IOException {
        String line = lines.readLine();
        while (line != null) {
            var entry = new StringBuilder(line);
            line = null;
            boolean command = entry.toString().startsWith(":");
            while (!command && (!Session.isComplete(entry.toString()) || lines.ready())) {
                line = lines.readLine();
                boolean more = line != null
                        && !line.startsWith(":")
                        && (!Session.isComplete(entry.toString()) || Words.goesOn(line));
                if (!more) {
                    break;
                }
                entry.append('\n').append(line);
                line = null;
            }
            if (!session.test(entry.toString())) {
                return;
            }
            if (line == null) {
                line = lines.readLine();
            }
        }
    }
}
