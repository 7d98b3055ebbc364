package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Products against a plain statement of the numeric contract, bit for bit.
class GemmTest {
    private static final int[] SIDES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 33, 48, 50, 64, 70};
    private static final int[] STEPS = {0, 1, 2, 15, 16, 17, 63, 64, 100, 383, 384, 385, 800};

    @BeforeEach
    void runVectors() {
        VectorTier.use(true);
    }

    @AfterEach
    void startAgainOnPlainLoops() {
        VectorTier.use(Machine.startsWithVectors());
    }

    /// The contract of [Gemm], one element at a time.
    private static void reference(Product p, float[] c) {
        for (int item = 0; item < p.count; item++) {
            for (int i = 0; i < p.m; i++) {
                for (int j = 0; j < p.n; j++) {
                    int at = p.cOff + item * p.cStride + i * p.ldc + j;
                    if (p.k == 0 && !p.accumulate) {
                        c[at] = 0f;
                    }
                    for (int from = 0; from < p.k; from += 384) {
                        float sum = 0f;
                        for (int s = from; s < Math.min(p.k, from + 384); s++) {
                            float x = p.a[p.aOff + item * p.aStride + (p.transA ? s * p.lda + i : i * p.lda + s)];
                            float y = p.b[p.bOff + item * p.bStride + (p.transB ? j * p.ldb + s : s * p.ldb + j)];
                            sum = Math.fma(x, y, sum);
                        }
                        c[at] = from == 0 && !p.accumulate ? sum : c[at] + sum;
                    }
                }
            }
        }
    }

    /// A product with operands of random numbers, exactly as long as needed, so that an overrun shows.
    private static final class Product {
        final boolean transA;
        final boolean transB;
        final boolean accumulate;
        final int m;
        final int n;
        final int k;
        final int count;
        final int lda;
        final int ldb;
        final int ldc;
        final int aOff;
        final int bOff;
        final int cOff;
        final int aStride;
        final int bStride;
        final int cStride;
        final float[] a;
        final float[] b;
        final float[] c;

        Product(Random random, int m, int n, int k, int count, boolean padded) {
            this(random, m, n, k, count, padded, 0);
        }

        /// @param apart how far rows of B lie apart at least
        Product(Random random, int m, int n, int k, int count, boolean padded, int apart) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.count = count;
            transA = random.nextBoolean();
            transB = random.nextBoolean();
            accumulate = random.nextBoolean();
            int pad = padded ? 1 + random.nextInt(5) : 0;
            lda = (transA ? m : k) + pad;
            ldb = Math.max(apart, (transB ? k : n) + pad);
            ldc = n + pad;
            aOff = pad;
            bOff = 2 * pad;
            cOff = 3 * pad;
            aStride = random.nextInt(4) == 0 ? 0 : (transA ? k : m) * lda + pad;
            bStride = random.nextInt(4) == 0 ? 0 : (transB ? n : k) * ldb + pad;
            cStride = m * ldc + (random.nextBoolean() ? pad : 0);
            a = random(random, aOff + aStride * (count - 1) + (transA ? k : m) * lda - pad);
            b = random(random, bOff + bStride * (count - 1) + (transB ? n : k) * ldb - (ldb == apart ? 0 : pad));
            c = random(random, cOff + cStride * (count - 1) + m * ldc - pad);
        }

        private static float[] random(Random random, int size) {
            float[] values = new float[Math.max(0, size)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        float[] run(Team team) {
            float[] result = c.clone();
            AtomicIntegerArray visits = new AtomicIntegerArray(count * m * n);
            Epilogue epilogue = (row, rows, col, cols, worker) -> {
                assertTrue(worker < team.threads());
                for (int i = row; i < row + rows; i++) {
                    for (int j = col; j < col + cols; j++) {
                        visits.incrementAndGet(i * n + j);
                        // Finished: what is here now is what will be here in the end, times two.
                        result[cOff + i / m * cStride + i % m * ldc + j] *= 2f;
                    }
                }
            };
            Gemm.batched(
                    team, transA, transB, m, n, k, a, aOff, lda, aStride, b, bOff, ldb, bStride, result, cOff, ldc,
                    cStride,
                    count, accumulate, epilogue);
            for (int i = 0; i < visits.length(); i++) {
                assertEquals(1, visits.get(i), () -> "visits of one element of " + this);
            }
            return result;
        }

        void check(Team team) {
            float[] expected = c.clone();
            reference(this, expected);
            for (int item = 0; item < count; item++) {
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        expected[cOff + item * cStride + i * ldc + j] *= 2f;
                    }
                }
            }
            float[] result = run(team);
            for (int i = 0; i < c.length; i++) {
                int at = i;
                assertEquals(
                        Float.floatToIntBits(expected[i]),
                        Float.floatToIntBits(result[i]),
                        () -> this + " with " + team.threads() + " threads at " + at);
            }
        }

        @Override
        public String toString() {
            return "m=%d n=%d k=%d count=%d transA=%b transB=%b accumulate=%b".formatted(m, n, k, count, transA, transB,
                    accumulate);
        }
    }

    private static int pick(Random random, int[] from) {
        return from[random.nextInt(from.length)];
    }

    @Test
    void everyShapeHasTheBitsOfTheContract() {
        Random random = new Random(1);
        try (Team one = Team.of(1);
                Team three = Team.of(3)) {
            for (int round = 0; round < 1500; round++) {
                int m = pick(random, SIDES);
                int n = pick(random, SIDES);
                int k = pick(random, STEPS);
                new Product(random, m, n, k, 1, random.nextBoolean()).check(round % 3 == 0 ? three : one);
            }
        }
    }

    @Test
    void largeProductsArePackedAndCutIntoTheSameBits() {
        Random random = new Random(2);
        try (Team one = Team.of(1);
                Team four = Team.of(4)) {
            for (int round = 0; round < 12; round++) {
                int m = 100 + random.nextInt(500);
                int n = 100 + random.nextInt(500);
                int k = 60 + random.nextInt(500);
                Product product = new Product(random, m, n, k, 1, random.nextBoolean());
                product.check(one);
                product.check(four);
            }
            for (int round = 0; round < 4; round++) {
                new Product(random, 70, 1024, 70, 1, false).check(four);
                new Product(random, 1, 3000, 70, 1, false).check(four);
                new Product(random, 3000, 1, 70, 1, false).check(four);
            }
        }
    }

    /// A transposed A is turned in squares, with what is left of rows and steps beside them.
    @Test
    void transposedLeftSidesAreTurnedIntoTheSameBits() {
        Random random = new Random(6);
        int[] steps = {64, 71, 80, 384, 393, 770};
        try (Team one = Team.of(1);
                Team three = Team.of(3)) {
            int turned = 0;
            while (turned < 24) {
                Product product = new Product(
                        random, 1 + random.nextInt(230), 96 + random.nextInt(60), steps[turned % steps.length], 1,
                        random.nextBoolean());
                if (product.transA) {
                    product.check(turned % 2 == 0 ? one : three);
                    turned++;
                }
            }
        }
    }

    /// Sums in sixteen and eight registers, and what is left beside them, on either side of the product.
    @Test
    void oneRowOfManyColumnsHasTheSameBits() {
        Random random = new Random(8);
        int[] steps = {1, 7, 8, 384, 385, 784};
        try (Team one = Team.of(1);
                Team two = Team.of(2)) {
            for (int round = 0; round < 48; round++) {
                int n = round % 3 == 0 ? 128 * (1 + random.nextInt(4)) : 60 + random.nextInt(600);
                int k = steps[round % steps.length];
                boolean column = round % 4 == 3;
                new Product(random, column ? n : 1, column ? 1 : n, k, 1, random.nextBoolean()).check(
                        round % 2 == 0 ? one : two);
            }
        }
    }

    /// As the columns of one head of an attention lie.
    @Test
    void fewColumnsOfManyHaveTheSameBits() {
        Random random = new Random(7);
        try (Team one = Team.of(1)) {
            for (int round = 0; round < 40; round++) {
                new Product(random, 50 + random.nextInt(90), 1 + random.nextInt(70), 20 + random.nextInt(110), 1,
                        random.nextBoolean(), 256).check(one);
            }
        }
    }

    /// Each row of B begins a page: a few rows go to all panels before the next few.
    @Test
    void rowsAPageApartArePackedIntoTheSameBits() {
        Random random = new Random(9);
        int[] steps = {61, 64, 71, 384, 391, 500};
        try (Team one = Team.of(1);
                Team three = Team.of(3)) {
            for (int round = 0; round < 24; round++) {
                int rows = round % 2 == 0 ? 60 + random.nextInt(60) : 300 + random.nextInt(30);
                new Product(random, rows, 1 + random.nextInt(round % 4 == 0 ? 700 : 120), steps[round % steps.length],
                        1, random.nextBoolean(), round % 2 == 0 ? 1024 : 1100).check(round % 3 == 0 ? three : one);
            }
        }
    }

    @Test
    void blocksOfALargeResultMeetSeveralBlocksOfSteps() {
        Random random = new Random(6);
        try (Team one = Team.of(1)) {
            for (int round = 0; round < 3; round++) {
                int n = 385 + random.nextInt(100);
                new Product(random, 700 + random.nextInt(100), n, 1540 + random.nextInt(100), 1, round == 2).check(one);
            }
            Product product = new Product(random, 701, 400, 900, 1, true);
            checkHeld(product, one, new HeldFactor(product.k, product.n));
        }
    }

    @Test
    void batchesCountRowsOnAndShareAnOperandOfStrideZero() {
        Random random = new Random(3);
        try (Team one = Team.of(1);
                Team two = Team.of(2)) {
            for (int round = 0; round < 200; round++) {
                int m = pick(random, SIDES);
                int n = pick(random, SIDES);
                Product product = new Product(random, m, n, 1 + random.nextInt(60), 1 + random.nextInt(5),
                        random.nextBoolean());
                VectorTier.use(true);
                product.check(one);
                product.check(two);
                VectorTier.use(false);
                product.check(two);
            }
        }
    }

    @Test
    void aHeldFactorGivesTheSameBitsUntilItIsForgotten() {
        Random random = new Random(5);
        int[] columns = {2, 40, 49, 64, 100, 112, 200, 256, 352, 700, 1024, 1300};
        try (Team one = Team.of(1);
                Team two = Team.of(2);
                Team three = Team.of(3)) {
            Team[] teams = {one, two, three};
            for (int round = 0; round < 90; round++) {
                Product product = new Product(
                        random, 2 + random.nextInt(60), columns[round % columns.length], 1 + random.nextInt(500), 1,
                        random.nextBoolean());
                var held = new HeldFactor(product.k, product.n);
                Team team = teams[round % 5 % 3];
                VectorTier.use(round % 7 != 6);
                checkHeld(product, team, held);
                product.a[product.aOff] += 1;
                // As the first left it, also for a team that would cut it otherwise.
                checkHeld(product, teams[round % 3], held);
                product.b[product.bOff] += 1;
                held.forget();
                checkHeld(product, team, held);
            }
        }
    }

    private static void checkHeld(Product p, Team team, HeldFactor held) {
        float[] expected = p.c.clone();
        reference(p, expected);
        float[] result = p.c.clone();
        Gemm.batched(
                team, p.transA, p.transB, p.m, p.n, p.k, p.a, p.aOff, p.lda, 0, p.b, p.bOff, p.ldb, 0, held, result,
                p.cOff, p.ldc, 0, 1, p.accumulate, null);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(result[i]), p::toString);
        }
    }

    @Test
    void scalarProductsHaveTheSameBits() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            Product product = new Product(
                    random, pick(random, SIDES), pick(random, SIDES), pick(random, STEPS), 1, random.nextBoolean());
            float[] expected = product.c.clone();
            reference(product, expected);
            float[] result = product.c.clone();
            GemmTask task = new GemmTask();
            task.transA = product.transA;
            task.transB = product.transB;
            task.m = product.m;
            task.n = product.n;
            task.k = product.k;
            task.a = product.a;
            task.aOff = product.aOff;
            task.lda = product.lda;
            task.b = product.b;
            task.bOff = product.bOff;
            task.ldb = product.ldb;
            task.c = result;
            task.cOff = product.cOff;
            task.ldc = product.ldc;
            task.accumulate = product.accumulate;
            ScalarGemm.block(task, new Workspace(), 0, 0, 0, product.m, 0, product.n);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(result[i]), product::toString);
            }
        }
    }

    @Test
    void operandsThatDoNotFitAreRefused() {
        try (Team team = Team.of(1)) {
            float[] six = new float[6];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Gemm.multiply(team, false, false, 2, 2, 3, six, 1, 3, six, 0, 2, new float[4], 0, 2, false,
                            null));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Gemm.multiply(team, false, false, 2, 2, 3, six, 0, 3, six, 0, 2, new float[3], 0, 2, false,
                            null));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Gemm.multiply(team, false, false, 2, 2, 3, six, 0, 2, six, 0, 2, new float[4], 0, 2, false,
                            null));
        }
    }

    @Test
    void aProductAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        float[] a = new float[128 * 128];
        float[] b = new float[128 * 128];
        float[] c = new float[128 * 128];
        float[] sums = new float[2];
        Epilogue epilogue = (row, rows, col, cols, worker) -> sums[worker] += rows * cols;
        try (Team team = Team.of(2)) {
            // Interpreted vector code allocates; every path has to be compiled first, however busy the machine is.
            for (int round = 0; round < 100; round++) {
                threads.getCurrentThreadAllocatedBytes();
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    boolean transA = (i & 1) != 0;
                    boolean transB = (i & 2) != 0;
                    int n = i % 8 < 4 ? 37 : 128;
                    Gemm.multiply(team, transA, transB, 32, n, 32, a, 0, 128, b, 0, 128, c, 0, 128, false, epilogue);
                }
                if (threads.getCurrentThreadAllocatedBytes() == before) {
                    return;
                }
            }
            throw new AssertionError("products still allocate after thousands");
        }
    }
}
