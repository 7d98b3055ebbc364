package org.nnlang.cli;

import java.util.ArrayList;
import java.util.List;

/// Runs commands in one process, each twice: as when nothing has been compiled yet, and as when all has. What the JVM sees of
/// both goes into the archive that `build/prepare` makes for later starts.
final class Rehearsal {
    /// Stands between two commands.
    private static final String THEN = "--then";

    private static final int TIMES = 2;

    private Rehearsal() {}

    /// Ends the process with the exit code of the first run that failed.
    public static void main(String[] arguments) {
        List<List<String>> commands = new ArrayList<>();
        commands.add(new ArrayList<>());
        for (String argument : arguments) {
            if (argument.equals(THEN)) {
                commands.add(new ArrayList<>());
            } else {
                commands.getLast().add(argument);
            }
        }
        for (List<String> command : commands) {
            for (int run = 0; run < TIMES; run++) {
                int exit = Main.execute(command.toArray(String[]::new));
                if (exit != 0) {
                    System.exit(exit);
                }
            }
        }
        System.exit(0);
    }
}
