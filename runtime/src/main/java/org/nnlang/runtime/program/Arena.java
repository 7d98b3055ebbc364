package org.nnlang.runtime.program;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Gives buffers their places: those that are never alive at once may share one. Larger buffers choose first, and
/// each takes the smallest gap that holds it between the neighbours it must not touch.
final class Arena {
    /// Floats in a cache line, to which places are rounded up.
    private static final long ALIGNMENT = 16;

    private Arena() {}

    /// @param sizes of all buffers, in elements
    /// @param chosen which of them to place, in this segment and array
    /// @param places receives their places
    /// @return how many elements the segment needs
    static long place(List<Buffer> buffers, long[] sizes, int[] chosen, long[] places) {
        Integer[] order = Arrays.stream(chosen).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.<Integer>comparingLong(b -> -sizes[b]).thenComparing(b -> b));
        // Kept sorted by place, so that gaps are found in one sweep.
        int[] placed = new int[order.length];
        int count = 0;
        long end = 0;
        for (int candidate : order) {
            long size = roundUp(sizes[candidate]);
            long best = -1;
            long bestGap = Long.MAX_VALUE;
            long free = 0;
            for (int i = 0; i < count; i++) {
                int other = placed[i];
                if (!meet(buffers.get(candidate), buffers.get(other))) {
                    continue;
                }
                long gap = places[other] - free;
                if (gap >= size && gap < bestGap) {
                    best = free;
                    bestGap = gap;
                }
                free = Math.max(free, places[other] + roundUp(sizes[other]));
            }
            places[candidate] = best >= 0 ? best : free;
            end = Math.max(end, places[candidate] + size);
            int at = count++;
            while (at > 0 && places[placed[at - 1]] > places[candidate]) {
                placed[at] = placed[at - 1];
                at--;
            }
            placed[at] = candidate;
        }
        return end;
    }

    private static boolean meet(Buffer a, Buffer b) {
        return a.first() <= b.last() && b.first() <= a.last();
    }

    private static long roundUp(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
