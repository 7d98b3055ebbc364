package org.nnlang.runtime.program;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// Makes the large arrays, and says what to do where there is no room for one.
final class Heap {
    /// Virtual machines keep some indices for themselves.
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    private Heap() {}

    /// @throws NnException NN0815 where there is no room
    static float[] floats(long size) {
        try {
            return new float[length(size)];
        } catch (OutOfMemoryError e) {
            throw tooLarge(size, e);
        }
    }

    /// @throws NnException NN0815 where there is no room
    static int[] ints(long size) {
        try {
            return new int[length(size)];
        } catch (OutOfMemoryError e) {
            throw tooLarge(size, e);
        }
    }

    /// The length of an array.
    ///
    /// @throws NnException NN0815 where no array is that long
    static int length(long size) {
        if (size > LONGEST) {
            throw tooLarge(size, null);
        }
        return (int) size;
    }

    private static NnException tooLarge(long size, @Nullable OutOfMemoryError cause) {
        return new NnException(
                "NN0815",
                "an array of " + megabytes(size * Float.BYTES) + " does not fit: "
                        + (cause == null
                                ? "arrays of Java end at 8.6 GB"
                                : "the Java virtual machine may use "
                                        + megabytes(Runtime.getRuntime().maxMemory())
                                        + " in all"),
                "train with `--memory` and a limit, or with a smaller batch"
                        + (cause == null ? "" : ", or let the virtual machine use more: `NN_OPTS=-Xmx4g`"),
                cause);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", (bytes + 999_999) / 1_000_000);
    }
}
