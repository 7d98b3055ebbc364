package org.nnlang.runtime.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.AllocatedBytes;
import org.nnlang.runtime.kernel.BackgroundCompilation;
import org.nnlang.runtime.kernel.Team;

/// Lets the virtual machine compile kernels on memory of their own, in the background, and switches a program over to one
/// that has measured faster. The thread is a daemon of the lowest priority, starts with the first hot kernel,
/// and ends when none is left.
final class KernelWarmer {
    /// Calls after which C2 has been asked for the methods: they have loops of sixteen rounds or more, and 15,000 calls and rounds are enough.
    private static final int EAGER_CALLS = 1_200;

    private static final long MAX_WARMING_NANOS = 4_000_000_000L;
    private static final int BATCH = 50;

    /// Calls at a time behind those.
    private static final int PATIENT_BATCH = 10;

    /// A kernel counts as compiled when it makes no objects and takes less than this times the estimate; uncompiled vector code takes hundreds.
    private static final double COMPILED = 20;

    private static final double CALL_NANOS = 300;
    private static final double STEP_NANOS = 100;

    /// Enough for loops that C2 unrolls, and few enough for an interpreter that makes an object of each vector.
    private static final int WARMING_ELEMENTS = 256;
    private static final int TAIL = 5;
    private static final int MEASURED_ELEMENTS = 1 << 16;
    private static final int MEASUREMENTS = 15;
    private static final int MIN_MEASUREMENTS = 5;
    /// What the first measurements may take, more than the least number of them aside.
    private static final long MEASURING_NANOS = 30_000_000L;
    private static final long MAX_MEASURING_NANOS = 1_000_000_000L;
    /// A switch must be worth it.
    private static final double MARGIN = 0.97;

    /// That of all programs: C2 has two hands at most, and several that wait for it wait longer.
    static final KernelWarmer SHARED = new KernelWarmer();

    /// The matrix products need C2 first, and a short run has no use for anything else.
    private static final long START_NANOS = 2_000_000_000L;

    private final long created = System.nanoTime();
    private final List<Request> requests = new ArrayList<>();
    private boolean serving;

    private record Request(TieredKernel kernel, int rows, int columns) {}

    /// Asks for a kernel to be warmed, for about the sizes of `arguments`.
    synchronized void warm(TieredKernel kernel, FusedArguments arguments) {
        requests.add(new Request(kernel, arguments.rows(), arguments.columns()));
        if (!serving) {
            serving = true;
            BackgroundCompilation.start("nn-warmer", this::serve);
        }
    }

    /// The request of the program that most time has gone to, or null, and then this thread ends.
    private synchronized @Nullable Request next() {
        Request most = null;
        for (Request request : requests) {
            if (most == null || request.kernel.nanos() > most.kernel.nanos()) {
                most = request;
            }
        }
        if (most == null) {
            serving = false;
        } else {
            requests.remove(most);
        }
        return most;
    }

    private void serve() {
        long early = START_NANOS - (System.nanoTime() - created);
        if (early > 0) {
            LockSupport.parkNanos(early);
        }
        for (Request request = next(); request != null; request = next()) {
            FusedKernel candidate = request.kernel.candidate();
            boolean switched = false;
            try {
                switched = compare(request.kernel, candidate, request.rows, request.columns);
            } catch (RuntimeException | LinkageError e) {
                // Code that can't run here is never switched to; what runs goes on.
                System.getLogger(KernelWarmer.class.getName())
                        .log(System.Logger.Level.DEBUG, "no faster code for " + request.kernel.program().name(), e);
            }
            request.kernel.answered(candidate, switched);
        }
    }

    /// Warms the candidate, measures it and what runs now, and switches if that is slower; returns whether.
    static boolean compare(TieredKernel kernel, FusedKernel candidate, int rows, int columns) {
        FusedProgram program = kernel.program();
        FusedKernel current = kernel.current();
        if (current == candidate) {
            return true;
        }
        int width = Math.min(columns, WARMING_ELEMENTS);
        int evenRows = Math.max(2, WARMING_ELEMENTS / Math.max(1, width));
        int oddRows = Math.max(1, WARMING_ELEMENTS / (width + TAIL));
        try (Team self = Team.of(1)) {
            FusedWorkspace workspace = new FusedWorkspace(1);
            FusedLaunch even = launch(candidate, program, evenRows, width, workspace, self);
            FusedLaunch odd = launch(candidate, program, oddRows, width + TAIL, workspace, self);
            int elements = evenRows * width + oddRows * (width + TAIL);
            double estimate = 2 * CALL_NANOS + STEP_NANOS * program.instructions().size()
                    + program.elementCost() * elements;
            warm(even, odd, estimate);
            int measuredColumns = Math.min(columns, MEASURED_ELEMENTS);
            int measuredRows = Math.clamp(MEASURED_ELEMENTS / Math.max(1, measuredColumns), 1, Math.max(1, rows));
            FusedLaunch before = launch(current, program, measuredRows, measuredColumns, workspace, self);
            FusedLaunch after = launch(candidate, program, measuredRows, measuredColumns, workspace, self);
            long nanosBefore = Long.MAX_VALUE;
            long nanosAfter = Long.MAX_VALUE;
            long start = System.nanoTime();
            for (int i = 0; i < MIN_MEASUREMENTS
                    || i < MEASUREMENTS && System.nanoTime() - start < MEASURING_NANOS; i++) {
                nanosAfter = Math.min(nanosAfter, time(after, 1));
                nanosBefore = Math.min(nanosBefore, time(before, 1));
            }
            // Other sizes than it was compiled for may send a kernel back to the interpreter once more: have patience.
            long allocated = AllocatedBytes.ofThisThread();
            long took = time(after, 1);
            while ((AllocatedBytes.ofThisThread() != allocated || nanosAfter >= MARGIN * nanosBefore)
                    && System.nanoTime() - start < MAX_MEASURING_NANOS) {
                BackgroundCompilation.await(took);
                allocated = AllocatedBytes.ofThisThread();
                took = time(after, 1);
                nanosAfter = Math.min(nanosAfter, took);
            }
            boolean faster = nanosAfter < MARGIN * nanosBefore;
            if (faster) {
                kernel.use(candidate);
            }
            return faster;
        }
    }

    private static void warm(FusedLaunch even, FusedLaunch odd, double estimate) {
        long start = System.nanoTime();
        long took = 0;
        for (int calls = 0; took < MAX_WARMING_NANOS;) {
            boolean eager = calls < EAGER_CALLS;
            int batch = eager ? BATCH : PATIENT_BATCH;
            long allocated = AllocatedBytes.ofThisThread();
            long nanos = time(even, batch) + time(odd, batch);
            // A loop that is called once in a step and not compiled would make objects of vectors for many steps.
            if (!eager && nanos < COMPILED * batch * estimate && AllocatedBytes.ofThisThread() == allocated) {
                return;
            }
            if (!eager) {
                BackgroundCompilation.await(nanos);
            }
            calls += 2 * batch;
            took = System.nanoTime() - start;
        }
    }

    private static long time(FusedLaunch launch, int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            launch.run();
        }
        return System.nanoTime() - start;
    }

    /// A program on memory of its own, `rows` by `columns`, with every operand dense.
    private static FusedLaunch launch(
            FusedKernel kernel, FusedProgram program, int rows, int columns, FusedWorkspace workspace, Team team) {
        int[] outer = new int[program.outerRank()];
        Arrays.fill(outer, 1);
        if (outer.length > 0) {
            outer[outer.length - 1] = rows;
        }
        int[] sizes = new int[program.sizes()];
        Arrays.fill(sizes, columns);
        FusedArguments arguments = new FusedArguments(program, outer, columns, sizes).keepColumns();
        int length = outer.length == 0 ? columns : rows * columns;
        for (int operand = 0; operand < program.operands().size(); operand++) {
            boolean one = program.operands().get(operand).columns() == Columns.ONE_VALUE;
            int[] strides = new int[outer.length];
            if (outer.length > 0) {
                strides[outer.length - 1] = one ? 1 : columns;
            }
            if (program.operands().get(operand).type().isFloat()) {
                float[] memory = new float[Math.max(length, 1)];
                for (int i = 0; i < memory.length; i++) {
                    memory[i] = 0.5f + i % 32 / 64f;
                }
                arguments.bind(operand, memory, 0, strides, 1);
            } else {
                int[] memory = new int[Math.max(length, 1)];
                for (int i = 0; i < memory.length; i++) {
                    memory[i] = i & 1;
                }
                arguments.bind(operand, memory, 0, strides, 1);
            }
        }
        return new FusedLaunch(kernel, arguments, workspace, team);
    }
}
