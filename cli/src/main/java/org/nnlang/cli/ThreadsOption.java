package org.nnlang.cli;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Team;
import picocli.CommandLine.TypeConversionException;

/// `--threads`: how many compute.
final class ThreadsOption {
    /// More than this no machine has, and each has a stack: a slip of the finger must not exhaust memory.
    private static final int MOST = 1024;

    private final int otherwise;
    private final Given<@Nullable Integer> threads;

    /// @param otherwise how many there are unless given
    /// @param unlessGiven the same in words
    private ThreadsOption(Usage usage, int otherwise, String unlessGiven) {
        this.otherwise = otherwise;
        threads = usage.option(Integer.class, "--threads", "N",
                "Threads to compute with; " + unlessGiven + ", unless given. Results do not depend on it.",
                option -> option.converters(ThreadsOption::count));
    }

    /// As many as there are processors, unless given.
    static ThreadsOption all(Usage usage) {
        return new ThreadsOption(usage, Runtime.getRuntime().availableProcessors(), "as many as there are processors");
    }

    /// One, unless given: for work whose pieces are too small to share.
    static ThreadsOption one(Usage usage) {
        return new ThreadsOption(usage, 1, "1");
    }

    /// How many.
    int count() {
        Integer given = threads.get();
        return given == null ? otherwise : given;
    }

    /// The threads, to be closed by the caller.
    Team team() {
        return Team.of(count());
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= MOST) {
                return count;
            }
        } catch (NumberFormatException _) {
            // The same answer.
        }
        throw new TypeConversionException("`" + text + "` is no number of threads: write one from 1 to " + MOST);
    }
}
