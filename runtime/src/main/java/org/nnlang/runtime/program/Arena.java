package org.nnlang.runtime.program;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives buffers their places: those that are never alive at once may share one. One after the other takes the smallest
/// gap that holds it between the neighbours it must not touch. Which chooses first decides how well that goes, so several orders are tried
/// where the first leaves much unused, and the best is taken.
///
/// What is occupied is kept in a tree over time, as ranges that grow together where they touch. A deep network keeps
/// thousands of buffers alive at once, which are a few ranges: so a place is found without looking at each of them.
final class Arena {
    /// Floats in a cache line, to which places are rounded up.
    static final int ALIGNMENT = 16;

    /// One piece for all.
    static final long WHOLE = Long.MAX_VALUE / ALIGNMENT * ALIGNMENT;

    /// An order that leaves less than this part unused is not improved on.
    private static final int GOOD = 50;

    /// The tree's leaves: steps at which a buffer begins or ends, in order.
    private final int[] times;

    /// A power of two; node n has the children 2n and 2n + 1, and leaf i is node `leaves + i`.
    private final int leaves;

    /// What lies somewhere during all of a node's time, for buffers that are as long as the node and no longer.
    private final @Nullable Ranges[] throughout;

    /// What lies somewhere at any time of a node, but for what lies there throughout a larger one.
    private final @Nullable Ranges[] ever;

    private final Ranges met = new Ranges();

    private final long piece;

    private Arena(int[] times, long piece) {
        this.times = times;
        this.piece = piece;
        leaves = Integer.highestOneBit(Math.max(1, 2 * times.length - 1));
        throughout = new Ranges[2 * leaves];
        ever = new Ranges[2 * leaves];
    }

    /// @param sizes of all buffers, in elements
    /// @param chosen which of them to place, in this segment and array
    /// @param piece a multiple of the alignment; no buffer crosses a multiple of it, unless it is larger
    /// @param places receives their places
    /// @return how many elements the segment needs
    static long place(List<Buffer> buffers, long[] sizes, int[] chosen, long piece, long[] places) {
        int[] times = new int[2 * chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            times[2 * i] = buffers.get(chosen[i]).first();
            times[2 * i + 1] = buffers.get(chosen[i]).last();
        }
        times = distinct(times);
        long enough = most(buffers, sizes, chosen, times);
        enough += enough / GOOD;
        long best = Long.MAX_VALUE;
        long[] candidate = new long[places.length];
        for (Comparator<Integer> order : orders(buffers, sizes)) {
            Integer[] sorted = Arrays.stream(chosen).boxed().toArray(Integer[]::new);
            Arrays.sort(sorted, order.thenComparing(b -> b));
            long end = place(buffers, sizes, sorted, new Arena(times, piece), candidate);
            if (end < best) {
                best = end;
                for (int buffer : chosen) {
                    places[buffer] = candidate[buffer];
                }
            }
            if (best <= enough) {
                break;
            }
        }
        return best;
    }

    /// The orders in which buffers may choose, in the order in which they are tried.
    static List<Comparator<Integer>> orders(List<Buffer> buffers, long[] sizes) {
        return List.of(
                Comparator.comparingLong(b -> -sizes[b]),
                Comparator.<Integer>comparingDouble(b -> -(double) sizes[b] * duration(buffers.get(b))),
                Comparator.comparingLong(b -> -duration(buffers.get(b))),
                Comparator.<Integer>comparingInt(b -> buffers.get(b).first()).thenComparingLong(b -> -sizes[b]),
                Comparator.<Integer>comparingInt(b -> -buffers.get(b).last()).thenComparingLong(b -> -sizes[b]));
    }

    private static long duration(Buffer buffer) {
        return (long) buffer.last() - buffer.first() + 1;
    }

    private static long place(List<Buffer> buffers, long[] sizes, Integer[] order, Arena arena, long[] places) {
        long end = 0;
        for (int candidate : order) {
            Buffer buffer = buffers.get(candidate);
            long size = roundUp(sizes[candidate]);
            int first = arena.leaf(buffer.first());
            int last = Math.max(first, arena.leaf(buffer.last()));
            long place = arena.free(first, last, size);
            if (size > 0) {
                arena.occupy(first, last, place, place + size);
            }
            places[candidate] = place;
            end = Math.max(end, place + size);
        }
        return end;
    }

    /// The most elements that are alive at one time, each buffer filling its cache lines: no placement needs fewer.
    static long most(List<Buffer> buffers, long[] sizes, int[] chosen) {
        int[] times = new int[2 * chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            times[2 * i] = buffers.get(chosen[i]).first();
            times[2 * i + 1] = buffers.get(chosen[i]).last();
        }
        return most(buffers, sizes, chosen, distinct(times));
    }

    private static long most(List<Buffer> buffers, long[] sizes, int[] chosen, int[] times) {
        long[] change = new long[times.length + 1];
        for (int each : chosen) {
            Buffer buffer = buffers.get(each);
            long size = roundUp(sizes[each]);
            int first = Arrays.binarySearch(times, buffer.first());
            int last = Math.max(first, Arrays.binarySearch(times, buffer.last()));
            change[first] += size;
            change[last + 1] -= size;
        }
        long most = 0;
        long now = 0;
        for (long each : change) {
            now += each;
            most = Math.max(most, now);
        }
        return most;
    }

    private static int[] distinct(int[] values) {
        Arrays.sort(values);
        int count = 0;
        for (int value : values) {
            if (count == 0 || values[count - 1] != value) {
                values[count++] = value;
            }
        }
        return Arrays.copyOf(values, count);
    }

    private int leaf(int time) {
        return leaves + Arrays.binarySearch(times, time);
    }

    private long free(int first, int last, long size) {
        met.clear();
        int left = first;
        for (int right = last; left <= right; left >>= 1, right >>= 1) {
            if ((left & 1) == 1) {
                meet(ever[left++]);
            }
            if ((right & 1) == 0) {
                meet(ever[right--]);
            }
        }
        for (int node = first; node > 0; node >>= 1) {
            meet(throughout[node]);
        }
        for (int node = last; node > 0; node >>= 1) {
            meet(throughout[node]);
        }
        return met.smallestGap(size, piece);
    }

    private void meet(@Nullable Ranges ranges) {
        if (ranges != null) {
            met.addAll(ranges);
        }
    }

    private void occupy(int first, int last, long from, long to) {
        for (int node = first; node > 0; node >>= 1) {
            add(ever, node, from, to);
        }
        for (int node = last; node > 0; node >>= 1) {
            add(ever, node, from, to);
        }
        int left = first;
        for (int right = last; left <= right; left >>= 1, right >>= 1) {
            if ((left & 1) == 1) {
                add(ever, left, from, to);
                add(throughout, left++, from, to);
            }
            if ((right & 1) == 0) {
                add(ever, right, from, to);
                add(throughout, right--, from, to);
            }
        }
    }

    private static void add(@Nullable Ranges[] ranges, int node, long from, long to) {
        Ranges there = ranges[node];
        if (there == null) {
            there = new Ranges();
            ranges[node] = there;
        }
        there.add(from, to);
    }

    private static long roundUp(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
