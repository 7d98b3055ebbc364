package org.nnlang.runtime.kernel;

/// How fast a team can read and write memory that is in no cache.
public final class MemoryBandwidth {
    /// Larger than the caches of a core, and of most machines.
    private static final int FLOATS = 1 << 24;

    private static final int ROUNDS = 5;

    private MemoryBandwidth() {}

    /// Measures it in bytes a second: copies, of which every byte counts twice. Takes some tenths of a second and 128 MB.
    public static double measure(Team team) {
        float[] source = new float[FLOATS];
        float[] target = new float[FLOATS];
        int parts = 4 * team.threads();
        int length = FLOATS / parts;
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            team.run(parts,
                    (index, worker) -> System.arraycopy(source, index * length, target, index * length, length));
            best = Math.max(best, 2.0 * Float.BYTES * parts * length / (System.nanoTime() - start));
        }
        return best * 1e9;
    }
}
