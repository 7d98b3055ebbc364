package org.nnlang.cli;

/// Runs a command twice in one process: as when nothing has been compiled yet, and as when all has. What the JVM sees of both
/// goes into the archive that `build/prepare` makes for later starts.
final class Rehearsal {
    private static final int TIMES = 2;

    private Rehearsal() {}

    /// Ends the process with the exit code of the first run that failed.
    public static void main(String[] arguments) {
        for (int run = 0; run < TIMES; run++) {
            int exit = Main.execute(arguments);
            if (exit != 0) {
                System.exit(exit);
            }
        }
        System.exit(0);
    }
}
