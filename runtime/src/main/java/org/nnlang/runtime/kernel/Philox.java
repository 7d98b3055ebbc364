package org.nnlang.runtime.kernel;

import org.jspecify.annotations.Nullable;

/// Random numbers that are a pure function of where they stand: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, *Parallel
/// random numbers: as easy as 1, 2, 3*, 2011).
///
/// Element e of a draw is word e mod 4 of the block whose counter is (e / 4, iteration, step, 0), under the key (seed,
/// stream). So any part of a draw can be computed by itself, on any thread, and a run that is resumed at a step draws
/// what it would have drawn.
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long LOW = 0xFFFFFFFFL;

    /// 2⁻²⁴: a float holds 24 bits, so each uniform number is exact and below 1.
    private static final float UNIT = 0x1p-24f;

    /// Elements of one task.
    private static final int CHUNK = 8192;

    /// Pairs of normal numbers made at once, in scratch memory that stays in the first-level cache.
    private static final int PAIRS = 512;

    /// Floats of scratch memory that normal numbers take.
    static final int SCRATCH = 4 * PAIRS;

    private static final float TWO_PI = 6.2831855f;

    private Philox() {}

    /// The 64 bits of Philox's key. Streams of one seed never share a key, and neither do seeds of one stream.
    public static long key(long seed, long stream) {
        return mix(mix(seed) ^ stream);
    }

    /// Stafford's variant 13 of the finalizer of MurmurHash3: a bijection that leaves no pattern of small seeds.
    private static long mix(long bits) {
        bits = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ bits >>> 27) * 0x94D049BB133111EBL;
        return bits ^ bits >>> 31;
    }

    /// Fills `n` floats with uniform numbers in [0, 1): the upper 24 bits of each word, times 2⁻²⁴.
    ///
    /// @param iteration the unrolled or scanned iteration the draw stands in
    /// @param step the training step
    public static void uniform(Team team, long key, int iteration, int step, float[] out, int offset, int n) {
        VectorTier.draw(n);
        RandomTask task = team.workspace(team.worker()).random;
        task.set(false, key, iteration, step, out, offset, n);
        team.run((n + CHUNK - 1) / CHUNK, task);
        task.release();
    }

    /// Fills `n` floats with normal numbers of mean 0 and variance 1, by Box and Muller's method: elements 2i and 2i + 1
    /// are √(-2 log u) times cosine and sine of 2πv, where u in (0, 1] and v in [0, 1) come from words 2i and 2i + 1.
    ///
    /// @param iteration the unrolled or scanned iteration the draw stands in
    /// @param step the training step
    public static void normal(Team team, long key, int iteration, int step, float[] out, int offset, int n) {
        VectorTier.draw(n);
        RandomTask task = team.workspace(team.worker()).random;
        task.set(true, key, iteration, step, out, offset, n);
        task.team = team;
        team.run((n + CHUNK - 1) / CHUNK, task);
        task.release();
    }

    /// One draw's arguments and the part of it that a task makes.
    static final class RandomTask implements Team.Task {
        private static final float[] NONE = {};

        private boolean normal;
        private boolean vectors;
        private long key;
        private int iteration;
        private int step;
        private float[] out = NONE;
        private int offset;
        private int n;
        private @Nullable Team team;

        private void set(boolean normal, long key, int iteration, int step, float[] out, int offset, int n) {
            this.normal = normal;
            this.vectors = VectorPart.DRAWS.vectors();
            this.key = key;
            this.iteration = iteration;
            this.step = step;
            this.out = out;
            this.offset = offset;
            this.n = n;
        }

        private void release() {
            out = NONE;
            team = null;
        }

        @Override
        public void run(int index, int worker) {
            int first = index * CHUNK;
            int count = Math.min(CHUNK, n - first);
            Team owner = team;
            if (normal && owner != null) {
                float[] scratch = owner.workspace(worker).tile(SCRATCH);
                for (int done = 0; done < count; done += 2 * PAIRS) {
                    normals(vectors, key, iteration, step, first + done, out, offset + first + done,
                            Math.min(2 * PAIRS, count - done), scratch);
                }
            } else {
                uniforms(vectors, key, iteration, step, first, out, offset + first, count);
            }
        }
    }

    /// Elements `first`, a multiple of four, to `first + n`.
    static void uniforms(
            boolean vectors, long key, int iteration, int step, int first, float[] out, int offset, int n) {
        int whole = n & ~3;
        int done = vectors ? VectorPhilox.uniforms(key, iteration, step, first, out, offset, n) : 0;
        for (int i = done; i < whole; i += 4) {
            // The ten rounds stand here, not in a method that would have to return four words.
            int key0 = (int) key;
            int key1 = (int) (key >>> 32);
            int c0 = (first + i) >>> 2;
            int c1 = iteration;
            int c2 = step;
            int c3 = 0;
            for (int round = 0; round < 10; round++) {
                long product0 = (MULTIPLIER_0 & LOW) * (c0 & LOW);
                long product1 = (MULTIPLIER_1 & LOW) * (c2 & LOW);
                c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
                c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
                c1 = (int) product1;
                c3 = (int) product0;
                key0 += WEYL_0;
                key1 += WEYL_1;
            }
            out[offset + i] = (c0 >>> 8) * UNIT;
            out[offset + i + 1] = (c1 >>> 8) * UNIT;
            out[offset + i + 2] = (c2 >>> 8) * UNIT;
            out[offset + i + 3] = (c3 >>> 8) * UNIT;
        }
        for (int i = whole; i < n; i++) {
            out[offset + i] = (word(key, iteration, step, first + i) >>> 8) * UNIT;
        }
    }

    /// At most 2 · PAIRS elements from `first`, a multiple of four.
    static void normals(boolean vectors, long key, int iteration, int step, int first, float[] out, int offset, int n,
            float[] scratch) {
        int pairs = (n + 1) / 2;
        uniforms(vectors, key, iteration, step, first, scratch, 0, 2 * pairs);
        if (!vectors) {
            boxMuller(scratch, out, offset, n);
            return;
        }
        int sines = 2 * PAIRS;
        int radii = 3 * PAIRS;
        // Split into u and v. The draw of u is 1 - u, which is never zero; v goes to the front, behind the reading.
        for (int i = 0; i < pairs; i++) {
            scratch[radii + i] = 1f - scratch[2 * i];
            scratch[i] = scratch[2 * i + 1] * TWO_PI;
        }
        VectorMath.log(scratch, radii, scratch, radii, pairs);
        VectorMath.sin(scratch, 0, scratch, sines, pairs);
        VectorMath.cos(scratch, 0, scratch, 0, pairs);
        for (int i = 0; i < pairs; i++) {
            scratch[radii + i] = (float) Math.sqrt(-2f * scratch[radii + i]);
        }
        for (int i = 0; i < n / 2; i++) {
            out[offset + 2 * i] = scratch[radii + i] * scratch[i];
            out[offset + 2 * i + 1] = scratch[radii + i] * scratch[sines + i];
        }
        if (n % 2 != 0) {
            out[offset + n - 1] = scratch[radii + pairs - 1] * scratch[pairs - 1];
        }
    }

    /// Makes `n` normal numbers of as many uniform ones.
    private static void boxMuller(float[] uniform, float[] out, int offset, int n) {
        for (int i = 0; i < n; i += 2) {
            float radius = (float) Math.sqrt(-2f * Scalars.log(1f - uniform[i]));
            float angle = uniform[i + 1] * TWO_PI;
            out[offset + i] = radius * Scalars.cos(angle);
            if (i + 1 < n) {
                out[offset + i + 1] = radius * Scalars.sin(angle);
            }
        }
    }

    /// The random word of one element.
    static int word(long key, int iteration, int step, int element) {
        int key0 = (int) key;
        int key1 = (int) (key >>> 32);
        int c0 = element >>> 2;
        int c1 = iteration;
        int c2 = step;
        int c3 = 0;
        for (int round = 0; round < 10; round++) {
            long product0 = (MULTIPLIER_0 & LOW) * (c0 & LOW);
            long product1 = (MULTIPLIER_1 & LOW) * (c2 & LOW);
            c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
            c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
            c1 = (int) product1;
            c3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        return switch (element & 3) {
            case 0 -> c0;
            case 1 -> c1;
            case 2 -> c2;
            default -> c3;
        };
    }
}
