package org.nnlang.runtime.program;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/// Where the buffers of an image lie for given sizes, and how large the arrays are that hold them. Nothing is allocated
/// for it.
final class Layout {
    private final Image image;
    private final long[] sizes;

    /// Of each buffer, in its segment.
    final long[] places;

    /// Of each segment that is an instance's own, in elements.
    final long[] floats = new long[Segment.COUNT];

    final long[] ints = new long[Segment.COUNT];

    Layout(Image image, long[] symbols) {
        this(image, symbols, Arena.WHOLE);
    }

    /// @param piece of the arena, in elements: no buffer crosses a multiple of it, unless it is larger
    Layout(Image image, long[] symbols, long piece) {
        this.image = image;
        List<Buffer> buffers = image.buffers();
        sizes = new long[buffers.size()];
        places = new long[buffers.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = image.extents().get(buffers.get(i).size()).evaluate(symbols);
            places[i] = Math.max(buffers.get(i).offset(), 0);
        }
        for (Segment segment : Segment.values()) {
            if (segment.isShared()) {
                continue;
            }
            if (segment == Segment.CONSTANTS) {
                floats[segment.ordinal()] = image.constants().size();
                ints[segment.ordinal()] = image.intConstants().size();
                continue;
            }
            long most = segment == Segment.ARENA ? piece : Arena.WHOLE;
            floats[segment.ordinal()] = Arena.place(buffers, sizes, chosen(segment, b -> !b.ints()), most, places);
            ints[segment.ordinal()] = Arena.place(buffers, sizes, chosen(segment, Buffer::ints), most, places);
        }
    }

    /// The most elements of the arena that are alive at one time: no placement needs fewer.
    long mostAlive() {
        return Arena.most(image.buffers(), sizes, chosen(Segment.ARENA, _ -> true));
    }

    private int[] chosen(Segment segment, Predicate<Buffer> test) {
        List<Buffer> buffers = image.buffers();
        int[] chosen = new int[buffers.size()];
        int count = 0;
        for (int i = 0; i < chosen.length; i++) {
            Buffer buffer = buffers.get(i);
            if (buffer.segment() == segment && buffer.isPlacedAtBinding() && test.test(buffer)) {
                chosen[count++] = i;
            }
        }
        return Arrays.copyOf(chosen, count);
    }
}
