package org.nnlang.runtime.kernel;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// A fixed crew of threads, the caller among them, that runs indexed tasks.
///
/// A worker without work spins for about 50 µs and then parks, so that two kernels that follow each other closely
/// are dispatched in about 0.1 µs, where a pool costs 5 to 15. Nothing is allocated by a dispatch. The threads are
/// daemons, and go when the team is no longer reachable, so that [#close] may be forgotten.
///
/// Each worker first takes tasks from its own contiguous share and then from what others have left. So equal kernels
/// that follow each other find the same rows in the same core's cache, and yet nobody waits for a worker that the
/// operating system has put aside. A task must therefore give the same result whoever runs it; `worker` is there
/// for scratch memory alone.
///
/// One thread at a time may call [#run]. A call from inside a task runs its tasks there and then, one by one.
public final class Team implements AutoCloseable {
    /// The most tasks that one dispatch may have.
    public static final int MAX_TASKS = (1 << Crew.COUNT_BITS) - 1;

    private final Crew crew;
    private final Workspace[] workspaces;
    private final Cleaner.@Nullable Cleanable cleanable;

    /// One piece of work of a dispatch.
    @FunctionalInterface
    public interface Task {
        /// Does piece `index` as member `worker` (0 is the caller) of the team; both count from zero.
        void run(int index, int worker);
    }

    private Team(int threads) {
        crew = new Crew(threads);
        workspaces = new Workspace[threads];
        for (int worker = 0; worker < threads; worker++) {
            workspaces[worker] = new Workspace();
        }
        cleanable = threads == 1 ? null : Cleaning.CLEANER.register(this, crew::close);
        crew.start();
    }

    /// A team of `threads` members, the caller included; `of(1)` starts no thread at all.
    ///
    /// @throws IllegalArgumentException where `threads` is not positive
    public static Team of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a team needs at least one thread, not " + threads);
        }
        return new Team(threads);
    }

    /// How many members the team has, the caller included.
    public int threads() {
        return crew.threads;
    }

    /// Runs `task` for every index from 0 up to `tasks` and returns when all are done.
    ///
    /// Where a task throws, the others still run, and the first throwable is thrown here.
    ///
    /// @throws IllegalStateException where another thread is inside this method
    public void run(int tasks, Task task) {
        if (tasks > 1 && crew.threads > 1) {
            try {
                crew.dispatch(tasks, task);
            } finally {
                Reference.reachabilityFence(this);
            }
            return;
        }
        int worker = crew.workerOf(Thread.currentThread());
        for (int index = 0; index < tasks; index++) {
            task.run(index, worker);
        }
    }

    /// Ends the threads; the team runs nothing in parallel afterwards. Harmless when repeated.
    @Override
    public void close() {
        if (cleanable != null) {
            cleanable.clean();
        }
    }

    /// The member that runs this: inside a task the one it was given, else 0.
    int worker() {
        return crew.workerOf(Thread.currentThread());
    }

    /// Scratch memory that the kernels of this package keep for one member.
    Workspace workspace(int worker) {
        return workspaces[worker];
    }

    /// Apart, so that a team of one thread starts no cleaner's thread either.
    private static final class Cleaning {
        static final Cleaner CLEANER = Cleaner.create();
    }
}
