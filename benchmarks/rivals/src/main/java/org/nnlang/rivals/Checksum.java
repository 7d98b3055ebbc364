package org.nnlang.rivals;

import java.nio.FloatBuffer;
import org.bytedeco.pytorch.Tensor;

/// The checksum of [org.nnlang.benchmarks.race.Checksums], of what is not an array.
final class Checksum {
    private Checksum() {}

    static double of(Tensor values) {
        FloatBuffer buffer = values.contiguous().createBuffer();
        float[] copy = new float[buffer.remaining()];
        buffer.get(copy);
        return org.nnlang.benchmarks.race.Checksums.of(copy, 0, copy.length);
    }
}
