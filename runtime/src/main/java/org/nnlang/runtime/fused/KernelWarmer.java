package org.nnlang.runtime.fused;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Team;

/// Lets the virtual machine compile generated kernels on memory of their own, in the background, and switches a kernel
/// over when that has measured faster. The thread is a daemon of the lowest priority, starts with the first hot kernel,
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

    private record Request(TieredKernel kernel, int rows, int columns) {}

    /// Asks for a kernel to be warmed for about these sizes.
    synchronized void warm(TieredKernel kernel, int rows, int columns) {
        requests.add(new Request(kernel, rows, columns));
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
                compare(request.kernel, request.rows, request.columns);
            } catch (RuntimeException | LinkageError e) {
                // Generated code that can't run here is never switched to; the tiles go on.
                System.getLogger(KernelWarmer.class.getName())
                        .log(System.Logger.Level.DEBUG, "no generated code for " + request.kernel.program().name(), e);
            }
        }
    }

    /// Warms the generated code, measures both, and switches to the faster one.
    static void compare(TieredKernel kernel, int rows, int columns) {
        FusedProgram program = kernel.program();
        int width = Math.min(columns, WARMING_COLUMNS);
        try (Team self = Team.of(1)) {
            FusedWorkspace workspace = new FusedWorkspace(1);
            FusedLaunch even = launch(kernel.generated(), program, 2, width, workspace, self);
            FusedLaunch odd = launch(kernel.generated(), program, 1, width + TAIL, workspace, self);
            warm(even, odd);
            int measuredColumns = Math.min(columns, MEASURED_ELEMENTS);
            int measuredRows = Math.clamp(MEASURED_ELEMENTS / Math.max(1, measuredColumns), 1, Math.max(1, rows));
            FusedLaunch tiles = launch(kernel.tiles(), program, measuredRows, measuredColumns, workspace, self);
            FusedLaunch code = launch(kernel.generated(), program, measuredRows, measuredColumns, workspace, self);
            long tileNanos = Long.MAX_VALUE;
            long codeNanos = Long.MAX_VALUE;
            for (int i = 0; i < MEASUREMENTS; i++) {
                codeNanos = Math.min(codeNanos, time(code, 1));
                tileNanos = Math.min(tileNanos, time(tiles, 1));
            }
            kernel.use(codeNanos < MARGIN * tileNanos ? kernel.generated() : kernel.tiles());
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
