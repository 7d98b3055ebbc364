package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// After the rehearsal no product makes objects, even if it is the first of its kind. In a process of its own, where no
/// other test has had anything compiled.
class RehearsalTest {
    private static final int SECONDS = 240;

    @Test
    void productsThatWereNeverRunAllocateNothing() throws IOException, InterruptedException {
        assumeTrue(Machine.vectors(), "there is no vector module");
        assumeTrue(AllocatedBytes.isKnown(), "nobody counts what a thread allocates");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                Rehearsed.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
            assertEquals("true true true true true 0", said.strip());
        } finally {
            process.destroyForcibly();
        }
    }

    /// Says whether each part has settled, and how many bytes one product of each kind then allocates in all.
    static final class Rehearsed {
        private static final int SIZE = 1 << 16;
        private static final int[] COLUMNS = {16, 29, 32, 48, 61, 64, 192};
        private static final int[] STEPS = {5, 32, 80, 400};

        private Rehearsed() {}

        public static void main(String[] arguments) {
            var rehearsal = new Rehearsal();
            var said = new StringBuilder();
            for (VectorPart part : VectorPart.values()) {
                said.append(rehearsal.settle(part)).append(' ');
            }
            var workspace = new Workspace();
            workspace.panel(SIZE);
            workspace.block(SIZE);
            workspace.tile(SIZE);
            float[] a = new float[SIZE];
            float[] b = new float[SIZE];
            float[] c = new float[SIZE];
            long bytes = 0;
            for (int kind = 0; kind < 8; kind++) {
                boolean transA = (kind & 1) != 0;
                boolean transB = (kind & 2) != 0;
                boolean accumulate = (kind & 4) != 0;
                for (int m = 1; m <= 13; m++) {
                    for (int n : COLUMNS) {
                        for (int k : STEPS) {
                            // B ends where its array ends.
                            int at = Math.max(0, SIZE - n * k);
                            if (n * k > SIZE) {
                                continue;
                            }
                            long before = AllocatedBytes.ofThisThread();
                            GemmTask task = workspace.inner.of(
                                    transA, transB, m, n, k, a, 0, transA ? m : k, b, at, transB ? k : n, c, 0, n,
                                    accumulate);
                            task.vectorBlock(workspace, 0, 0, 0, m, 0, n);
                            bytes += AllocatedBytes.ofThisThread() - before;
                        }
                    }
                }
            }
            System.out.println(said.append(bytes));
        }
    }
}
