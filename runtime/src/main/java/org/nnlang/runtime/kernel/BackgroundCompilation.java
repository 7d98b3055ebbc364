package org.nnlang.runtime.kernel;

import java.util.concurrent.locks.LockSupport;

/// How code is compiled that nobody waits for: a thread of its own runs it on memory of its own, until C2 has seen enough of it, and then
/// looks now and then whether it is through.
public final class BackgroundCompilation {
    /// How many times as long as a look takes is waited before the next: nobody knows when C2 is through, and whoever tries without
    /// pause takes a processor from it, or from the training itself.
    private static final int WAITING = 4;

    private static final long MIN_NANOS = 500_000;

    private BackgroundCompilation() {}

    /// Starts a thread of the lowest priority that keeps no process alive.
    @SuppressWarnings("ThreadPriorityCheck") // a hint is all it is: results do not depend on it
    public static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
    }

    /// Lets C2 have the processor for a while.
    ///
    /// @param nanos what the last look took
    public static void await(long nanos) {
        LockSupport.parkNanos(Math.max(MIN_NANOS, WAITING * nanos));
    }
}
