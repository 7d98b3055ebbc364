package org.nnlang.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C (and a polite kill) while work goes on: asks the work to come to an end, and holds the end of the process back
/// until it has.
final class Interrupt {
    private static final int PATIENCE_SECONDS = 30;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private Interrupt(Runnable request) {
        hook = new Thread(() -> {
            request.run();
            try {
                if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("nn: the work did not stop within " + PATIENCE_SECONDS + " s");
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Asks by `request`, which must return at once, from now on.
    static Interrupt of(Runnable request) {
        var interrupt = new Interrupt(request);
        Runtime.getRuntime().addShutdownHook(interrupt.hook);
        return interrupt;
    }

    /// The work has ended.
    void done() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending already, which is what the hook waited for.
        }
    }
}
