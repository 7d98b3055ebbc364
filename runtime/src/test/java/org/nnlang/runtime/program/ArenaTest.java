package org.nnlang.runtime.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ArenaTest {
    private static Buffer buffer(int first, int last) {
        return new Buffer("b", Segment.ARENA, false, 0, -1, first, last);
    }

    /// Each buffer takes the smallest gap between all that it must not touch, found by looking at each of them.
    private static long slowly(List<Buffer> buffers, long[] sizes, Comparator<Integer> first, long[] places) {
        Integer[] order = IntStream.range(0, sizes.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, first.thenComparing(b -> b));
        var placed = new ArrayList<Integer>();
        long end = 0;
        for (int candidate : order) {
            long size = (sizes[candidate] + 15) / 16 * 16;
            long best = -1;
            long bestGap = Long.MAX_VALUE;
            long free = 0;
            for (int other : placed) {
                Buffer a = buffers.get(candidate);
                Buffer b = buffers.get(other);
                if (a.first() <= b.last() && b.first() <= a.last()) {
                    long gap = places[other] - free;
                    if (gap >= size && gap < bestGap) {
                        best = free;
                        bestGap = gap;
                    }
                    free = Math.max(free, places[other] + (sizes[other] + 15) / 16 * 16);
                }
            }
            places[candidate] = best >= 0 ? best : free;
            end = Math.max(end, places[candidate] + size);
            placed.add(candidate);
            placed.sort(Comparator.comparingLong(b -> places[b]));
        }
        return end;
    }

    @Test
    void placesAreThoseThatLookingAtEachNeighbourFinds() {
        var random = new Random(7);
        for (int round = 0; round < 400; round++) {
            int count = 1 + random.nextInt(60);
            var buffers = new ArrayList<Buffer>();
            long[] sizes = new long[count];
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(40);
                buffers.add(buffer(first, first + random.nextInt(random.nextBoolean() ? 4 : 40)));
                sizes[i] = 1L + random.nextInt(random.nextBoolean() ? 20 : 300);
            }
            int[] all = IntStream.range(0, count).toArray();
            long[] places = new long[count];
            long end = Arena.place(buffers, sizes, all, Arena.WHOLE, places);
            long bound = Arena.most(buffers, sizes, all);
            assertTrue(bound <= end);
            // Other orders are tried until one leaves little unused; the best so far is taken.
            long best = Long.MAX_VALUE;
            long[] expected = {};
            for (Comparator<Integer> order : Arena.orders(buffers, sizes)) {
                long[] found = new long[count];
                long tried = slowly(buffers, sizes, order, found);
                if (tried < best) {
                    best = tried;
                    expected = found;
                }
                if (best <= bound + bound / 50) {
                    break;
                }
            }
            assertEquals(best, end);
            assertArrayEquals(expected, places);
        }
    }

    /// Those that are alive at once are apart, and none crosses from one piece to the next but those that are larger than a piece.
    @Test
    void noBufferCrossesFromPieceToPiece() {
        var random = new Random(8);
        int crossing = 0;
        for (int round = 0; round < 200; round++) {
            int count = 1 + random.nextInt(40);
            var buffers = new ArrayList<Buffer>();
            long[] sizes = new long[count];
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(20);
                buffers.add(buffer(first, first + random.nextInt(20)));
                sizes[i] = 1L + random.nextInt(300);
            }
            long piece = 16L * (10 + random.nextInt(20));
            long[] places = new long[count];
            int[] all = IntStream.range(0, count).toArray();
            long end = Arena.place(buffers, sizes, all, piece, places);
            long[] whole = new long[count];
            Arena.place(buffers, sizes, all, Arena.WHOLE, whole);
            for (int i = 0; i < count; i++) {
                assertTrue(places[i] + sizes[i] <= end);
                assertTrue(sizes[i] > piece || places[i] / piece == (places[i] + sizes[i] - 1) / piece);
                crossing += whole[i] / piece != (whole[i] + sizes[i] - 1) / piece ? 1 : 0;
                for (int j = 0; j < i; j++) {
                    boolean together = buffers.get(i).first() <= buffers.get(j).last()
                            && buffers.get(j).first() <= buffers.get(i).last();
                    assertTrue(!together || places[i] + sizes[i] <= places[j] || places[j] + sizes[j] <= places[i]);
                }
            }
        }
        assertTrue(crossing > 100);
    }

    @Test
    void nothingNeedsNoRoom() {
        assertEquals(0, Arena.place(List.of(), new long[0], new int[0], Arena.WHOLE, new long[0]));
        assertEquals(0, Arena.place(List.of(buffer(0, 3)), new long[1], new int[] {0}, Arena.WHOLE, new long[1]));
    }

    /// Values of a deep network, each wanted again by the backward pass: half a billion pairs are alive at once.
    @Test
    void aDeepNetworkIsPlacedWithoutLookingAtEachPair() {
        int count = 60_000;
        var buffers = new ArrayList<Buffer>();
        long[] sizes = new long[count];
        for (int i = 0; i < count; i++) {
            buffers.add(buffer(i, 2 * count - i));
            sizes[i] = 16 + 16L * (i % 5);
        }
        long[] places = new long[count];
        long end = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> Arena.place(buffers, sizes, IntStream.range(0, count).toArray(), Arena.WHOLE, places));
        assertEquals(Arrays.stream(sizes).sum(), end);
        assertTrue(Arrays.stream(places).max().orElseThrow() < end);
    }
}
