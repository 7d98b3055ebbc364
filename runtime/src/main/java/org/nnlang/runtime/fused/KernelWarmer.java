package org.nnlang.runtime.fused;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Team;

/// Lets the virtual machine compile kernels on memory of their own, in the background, and switches a program over to one
/// that has measured faster. The thread is a daemon of the lowest priority, starts with the first hot kernel,
/// and ends when none is left.
final class KernelWarmer {
    /// Calls of a method after which C2 has been asked for it, whatever its loops did.
    private static final int MIN_CALLS = 6_000;

    private static final long MAX_WARMING_NANOS = 4_000_000_000L;
    private static final int BATCH = 100;
    /// A kernel counts as compiled when it runs this much faster than it once did.
    private static final double COMPILED_SPEEDUP = 10;

    private static final int WARMING_COLUMNS = 256;
    private static final int TAIL = 5;
    private static final int MEASURED_ELEMENTS = 1 << 16;
    private static final int MEASUREMENTS = 15;
    /// A switch must be worth it.
    private static final double MARGIN = 0.97;

    private final Queue<Request> requests = new ArrayDeque<>();
    private @Nullable Thread thread;

    private record Request(TieredKernel kernel, FusedKernel candidate, int rows, int columns) {}

    /// Asks for a kernel to be warmed, for about the sizes of `arguments`.
    @SuppressWarnings("ThreadPriorityCheck") // a hint is all it is: results do not depend on it
    synchronized void warm(TieredKernel kernel, FusedKernel candidate, FusedArguments arguments) {
        requests.add(new Request(kernel, candidate, arguments.rows(), arguments.columns()));
        if (thread == null) {
            Thread started = new Thread(this::serve, "nn-warmer");
            started.setDaemon(true);
            started.setPriority(Thread.MIN_PRIORITY);
            thread = started;
            started.start();
        }
    }

    private synchronized @Nullable Request next() {
        Request request = requests.poll();
        if (request == null) {
            thread = null;
        }
        return request;
    }

    private void serve() {
        for (Request request = next(); request != null; request = next()) {
            try {
                compare(request.kernel, request.candidate, request.rows, request.columns);
            } catch (RuntimeException | LinkageError e) {
                // Code that can't run here is never switched to; what runs goes on.
                System.getLogger(KernelWarmer.class.getName())
                        .log(System.Logger.Level.DEBUG, "no faster code for " + request.kernel.program().name(), e);
            }
        }
    }

    /// Warms the candidate, measures it and what runs now, and switches if that is slower.
    static void compare(TieredKernel kernel, FusedKernel candidate, int rows, int columns) {
        FusedProgram program = kernel.program();
        FusedKernel current = kernel.current();
        if (current == candidate) {
            return;
        }
        int width = Math.min(columns, WARMING_COLUMNS);
        try (Team self = Team.of(1)) {
            FusedWorkspace workspace = new FusedWorkspace(1);
            FusedLaunch even = launch(candidate, program, 2, width, workspace, self);
            FusedLaunch odd = launch(candidate, program, 1, width + TAIL, workspace, self);
            warm(even, odd);
            int measuredColumns = Math.min(columns, MEASURED_ELEMENTS);
            int measuredRows = Math.clamp(MEASURED_ELEMENTS / Math.max(1, measuredColumns), 1, Math.max(1, rows));
            FusedLaunch before = launch(current, program, measuredRows, measuredColumns, workspace, self);
            FusedLaunch after = launch(candidate, program, measuredRows, measuredColumns, workspace, self);
            long nanosBefore = Long.MAX_VALUE;
            long nanosAfter = Long.MAX_VALUE;
            for (int i = 0; i < MEASUREMENTS; i++) {
                nanosAfter = Math.min(nanosAfter, time(after, 1));
                nanosBefore = Math.min(nanosBefore, time(before, 1));
            }
            if (nanosAfter < MARGIN * nanosBefore) {
                kernel.use(candidate);
            }
        }
    }

    private static void warm(FusedLaunch even, FusedLaunch odd) {
        long start = System.nanoTime();
        long slowest = 0;
        long last = Long.MAX_VALUE;
        int calls = 0;
        while (System.nanoTime() - start < MAX_WARMING_NANOS
                && (calls < MIN_CALLS || last * COMPILED_SPEEDUP > slowest)) {
            last = time(even, BATCH) + time(odd, BATCH);
            slowest = Math.max(slowest, last);
            calls += 2 * BATCH;
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
