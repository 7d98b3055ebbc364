package org.nnlang.compiler.pipeline;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What another thread computes: on a deeper stack, or while this one goes on with something else.
final class Work<T> {
    private final Thread thread;
    private @Nullable T result;
    private @Nullable RuntimeException exception;
    private @Nullable Error error;

    private Work(String name, long stackBytes, Supplier<T> work) {
        thread = new Thread(
                null,
                () -> {
                    try {
                        result = work.get();
                    } catch (RuntimeException e) {
                        exception = e;
                    } catch (Error e) {
                        error = e;
                    }
                },
                name,
                stackBytes);
    }

    /// Begins with something.
    ///
    /// @param stackBytes of the thread, 0 for what is usual
    static <T> Work<T> begin(String name, long stackBytes, Supplier<T> work) {
        var begun = new Work<T>(name, stackBytes, work);
        begun.thread.start();
        return begun;
    }

    /// Waits for what came of it. An interrupt doesn't break it off; it is there again afterwards.
    ///
    /// @throws RuntimeException whatever was thrown there
    @SuppressWarnings("NullAway") // null only where the work itself gives null, as its type then says
    T result() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (error != null) {
            throw error;
        }
        if (exception != null) {
            throw exception;
        }
        return result;
    }
}
