package org.nnlang.runtime.program;

import java.util.Arrays;

/// Numbers from 0 on, as ranges in order that neither overlap nor touch.
final class Ranges {
    private long[] starts = new long[2];
    private long[] ends = new long[2];
    private int count;

    /// Adds the numbers from `from` up to `to`.
    void add(long from, long to) {
        // The first range that ends at `from` or later, and the first that begins behind `to`: those between become one.
        int first = firstNotBelow(ends, from);
        int behind = firstNotBelow(starts, to + 1);
        if (first < behind) {
            starts[first] = Math.min(starts[first], from);
            ends[first] = Math.max(ends[behind - 1], to);
            move(behind, first + 1);
        } else {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            move(first, first + 1);
            starts[first] = from;
            ends[first] = to;
        }
    }

    /// The ranges from index `from` on begin at index `to`.
    private void move(int from, int to) {
        System.arraycopy(starts, from, starts, to, count - from);
        System.arraycopy(ends, from, ends, to, count - from);
        count += to - from;
    }

    private int firstNotBelow(long[] sorted, long value) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    void addAll(Ranges other) {
        for (int i = 0; i < other.count; i++) {
            add(other.starts[i], other.ends[i]);
        }
    }

    void clear() {
        count = 0;
    }

    /// Where `size` numbers lie in the smallest gap that holds them, the first of equal ones; behind all where there is none.
    ///
    /// @param piece they cross no multiple of it, unless they are more than that
    long smallestGap(long size, long piece) {
        long best = -1;
        long bestGap = Long.MAX_VALUE;
        long free = 0;
        for (int i = 0; i < count; i++) {
            long gap = starts[i] - free;
            long place = within(free, size, piece);
            if (starts[i] - place >= size && gap < bestGap) {
                best = place;
                bestGap = gap;
            }
            free = ends[i];
        }
        return best >= 0 ? best : within(free, size, piece);
    }

    /// The first place from `free` on where no multiple of `piece` is crossed.
    private static long within(long free, long size, long piece) {
        long inside = free % piece;
        return inside == 0 || size <= piece - inside ? free : free - inside + piece;
    }
}
