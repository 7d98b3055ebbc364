package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Numbers that tell contents apart, the same on every machine. They guard against mistakes, not against malice.
final class Fingerprint {
    private Fingerprint() {}

    static long of(byte[] values) {
        var sum = new CRC32C();
        sum.update(values);
        return mix(sum.getValue(), values.length);
    }

    static long of(int[] values, int from, int count) {
        var sum = new CRC32C();
        byte[] chunk = new byte[1 << 14];
        var words = ByteBuffer.wrap(chunk).asIntBuffer();
        for (int i = 0; i < count;) {
            int part = Math.min(count - i, chunk.length / Integer.BYTES);
            words.put(0, values, from + i, part);
            sum.update(chunk, 0, part * Integer.BYTES);
            i += part;
        }
        return mix(sum.getValue(), count);
    }

    static long of(float[] values, int from, int count) {
        var sum = new CRC32C();
        byte[] chunk = new byte[1 << 14];
        var words = ByteBuffer.wrap(chunk).asFloatBuffer();
        for (int i = 0; i < count;) {
            int part = Math.min(count - i, chunk.length / Float.BYTES);
            words.put(0, values, from + i, part);
            sum.update(chunk, 0, part * Float.BYTES);
            i += part;
        }
        return mix(sum.getValue(), count);
    }

    /// One number of two, whose order matters (the finaliser of SplitMix64: Steele, Lea & Flood, 2014).
    static long mix(long first, long second) {
        long z = first * 0x9e37_79b9_7f4a_7c15L + second;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
