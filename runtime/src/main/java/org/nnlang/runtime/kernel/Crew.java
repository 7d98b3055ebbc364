package org.nnlang.runtime.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The threads behind a [Team] and what they share. The threads hold the crew and not the team, so that a team
/// nobody uses any more can be collected and its threads ended.
///
/// Each member's share of a dispatch is one word: the dispatch's number, the next index, and the end. Taking a task
/// is a compare-and-set on that word, which fails if the dispatch is over, so a worker that wakes too late can never
/// run a task of one dispatch in the name of another.
final class Crew {
    static final int COUNT_BITS = 20;

    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    /// Longs between two members' words, so that each has its own pair of cache lines.
    private static final int STRIDE = 16;

    private static final long SPIN_NANOS = 50_000;
    /// Reading the clock costs some 25 ns, so it is read only once in this many turns.
    private static final int SPIN_TURNS = 64;

    final int threads;
    private final AtomicLongArray shares;
    private final Worker[] workers;
    private final AtomicInteger pending = new AtomicInteger();

    private Team.@Nullable Task task;
    private volatile int dispatches;
    private volatile boolean closed;
    private volatile @Nullable Thread dispatcher;
    private volatile boolean dispatcherParked;
    private volatile @Nullable Throwable failure;

    Crew(int threads) {
        this.threads = threads;
        shares = new AtomicLongArray((threads + 1) * STRIDE);
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(this, i + 1);
        }
    }

    void start() {
        for (Worker worker : workers) {
            worker.start();
        }
    }

    void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    /// The member that a thread is: its own number in this crew, else 0.
    int workerOf(Thread thread) {
        return thread instanceof Worker worker && worker.crew == this ? worker.index : 0;
    }

    void dispatch(int tasks, Team.Task newTask) {
        Thread current = Thread.currentThread();
        int self = workerOf(current);
        if (self != 0 || dispatcher == current || closed) {
            for (int index = 0; index < tasks; index++) {
                newTask.run(index, self);
            }
            return;
        }
        if (tasks > Team.MAX_TASKS) {
            throw new IllegalArgumentException(tasks + " tasks; at most " + Team.MAX_TASKS + " fit one dispatch");
        }
        claim(current);
        try {
            pending.set(tasks);
            task = newTask;
            int number = dispatches + 1;
            int members = Math.min(threads, tasks);
            for (int member = 0; member < members; member++) {
                long start = (long) member * tasks / members;
                long end = (long) (member + 1) * tasks / members;
                shares.setRelease(place(member), word(number, start, end));
            }
            dispatches = number; // volatile: what workers wait for
            for (int member = 1; member < members; member++) {
                Worker worker = workers[member - 1];
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            work(0);
            await();
            task = null;
            Throwable thrown = failure;
            if (thrown != null) {
                failure = null;
                Crew.<RuntimeException>rethrow(thrown);
            }
        } finally {
            dispatcher = null;
        }
    }

    private synchronized void claim(Thread current) {
        if (dispatcher != null) {
            throw new IllegalStateException("this team is already at work for thread " + dispatcher);
        }
        dispatcher = current;
    }

    /// Takes and runs tasks, from member `self`'s own share first, until none is left to take.
    private void work(int self) {
        int member = self;
        for (int visited = 0; visited < threads; visited++) {
            int index;
            while ((index = take(member)) >= 0) {
                try {
                    current().run(index, self);
                } catch (Throwable thrown) {
                    failure = thrown;
                }
                if (pending.decrementAndGet() == 0 && dispatcherParked) {
                    LockSupport.unpark(dispatcher);
                }
            }
            member = member + 1 == threads ? 0 : member + 1;
        }
    }

    /// The task of the dispatch in which an index has just been taken; it can't change before that index is done.
    private Team.Task current() {
        Team.Task current = task;
        if (current == null) {
            throw new AssertionError("an index was taken of a dispatch that is over");
        }
        return current;
    }

    /// Takes the next index of a member's share, or -1 where it is used up.
    private int take(int member) {
        int place = place(member);
        while (true) {
            long word = shares.get(place);
            long next = word >>> COUNT_BITS & COUNT_MASK;
            if (next >= (word & COUNT_MASK)) {
                return -1;
            }
            if (shares.compareAndSet(place, word, word + (1L << COUNT_BITS))) {
                return (int) next;
            }
        }
    }

    private void await() {
        if (pending.get() == 0) {
            return;
        }
        long start = System.nanoTime();
        for (int turn = 1; pending.get() != 0; turn++) {
            Thread.onSpinWait();
            if (turn % SPIN_TURNS == 0 && System.nanoTime() - start > SPIN_NANOS) {
                dispatcherParked = true;
                while (pending.get() != 0) {
                    LockSupport.park(this);
                }
                dispatcherParked = false;
                return;
            }
        }
    }

    /// What a thread of the crew does all its life.
    private void serve(Worker worker) {
        int seen = 0;
        while (!closed) {
            int number = dispatches;
            if (number != seen) {
                seen = number;
                work(worker.index);
            } else {
                rest(worker, seen);
            }
        }
    }

    /// Returns soon after the dispatch number has left `seen`, or the crew was closed.
    private void rest(Worker worker, int seen) {
        long start = System.nanoTime();
        for (int turn = 1; dispatches == seen; turn++) {
            Thread.onSpinWait();
            if (turn % SPIN_TURNS == 0 && System.nanoTime() - start > SPIN_NANOS) {
                worker.parked = true;
                // Either this sees the new number, or the dispatcher, which writes it first, sees the flag.
                while (dispatches == seen && !closed) {
                    LockSupport.park(this);
                }
                worker.parked = false;
                return;
            }
        }
    }

    /// Own words start one stride in: the array's header shares the first line with its length, which all read.
    private static int place(int member) {
        return (member + 1) * STRIDE;
    }

    private static long word(int number, long next, long end) {
        return (long) number << 2 * COUNT_BITS | next << COUNT_BITS | end;
    }

    /// Throws anything unchanged: tasks declare no checked exceptions, so `T` is what javac believes and no more.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /// A member other than the caller.
    private static final class Worker extends Thread {
        final Crew crew;
        final int index;
        volatile boolean parked;

        Worker(Crew crew, int index) {
            super("nn-worker-" + index);
            this.crew = crew;
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            crew.serve(this);
        }
    }
}
