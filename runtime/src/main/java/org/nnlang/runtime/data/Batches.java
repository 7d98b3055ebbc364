package org.nnlang.runtime.data;

import org.jspecify.annotations.Nullable;

/// Walks through a dataset, epoch by epoch and batch by batch, in the dataset's order or, where it says so, in one
/// drawn from its seed and the number of the epoch alone. The last batch of an epoch may be smaller. A position can be
/// kept and returned to: what follows is the same.
///
/// ```java
/// var batches = new Batches(dataset, 128);
/// batches.start(epoch);
/// while (batches.next()) {
///     batches.read(image, images);
///     …
/// }
/// ```
///
/// No method allocates after construction. Not safe for several threads.
public final class Batches {
    private final Dataset data;
    private final int capacity;
    private final int count;
    private final int[] sizes;
    private final int @Nullable [] order;
    private final long seed;
    private int epoch;
    private int from;
    private int to;

    /// Stands before the first batch of epoch 0.
    ///
    /// @throws IllegalArgumentException unless a batch holds at least one example
    public Batches(Dataset data, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a batch of " + capacity);
        }
        this.data = data;
        this.capacity = capacity;
        this.count = data.count();
        this.sizes = data.header().fields().stream()
                .mapToInt(DataHeader.Field::size)
                .toArray();
        Long shuffle = data.shuffleSeed();
        this.order = shuffle == null ? null : new int[count];
        this.seed = shuffle == null ? 0 : shuffle;
        start(0);
    }

    /// The dataset walked through.
    public Dataset data() {
        return data;
    }

    /// Stands before the first batch of an epoch, counted from 0.
    public void start(int epoch) {
        restore(epoch, 0);
    }

    /// Stands before the example that comes at place `consumed` of an epoch: the position of which [#epoch] and
    /// [#consumed] told.
    ///
    /// @throws IllegalArgumentException where an epoch has no such place
    public void restore(int epoch, int consumed) {
        if (epoch < 0 || consumed < 0 || consumed > count) {
            throw new IllegalArgumentException("place " + consumed + " of " + count + " in epoch " + epoch);
        }
        this.epoch = epoch;
        this.from = consumed;
        this.to = consumed;
        if (order != null) {
            Permutation.fill(order, seed, epoch);
        }
    }

    /// Goes to the next batch, and says whether there was one left in this epoch.
    public boolean next() {
        from = to;
        to = (int) Math.min(count, (long) from + capacity);
        return from < to;
    }

    /// The epoch, counted from 0.
    public int epoch() {
        return epoch;
    }

    /// How many examples of this epoch the batches so far held, the current one among them.
    public int consumed() {
        return to;
    }

    /// The number of examples in the current batch.
    public int size() {
        return to - from;
    }

    /// The most examples that a batch holds.
    public int capacity() {
        return capacity;
    }

    /// The number of batches in an epoch.
    public int perEpoch() {
        return (int) (((long) count + capacity - 1) / capacity);
    }

    /// Which example of the dataset stands at place `item` of the current batch.
    public int example(int item) {
        return order == null ? from + item : order[from + item];
    }

    /// Copies a field of the current batch, example after example, to the start of `destination`.
    public void read(int field, float[] destination) {
        read(field, destination, 0);
    }

    /// Copies a field of the current batch, example after example, to `destination[offset…]`.
    public void read(int field, float[] destination, int offset) {
        int size = sizes[field];
        for (int item = 0, at = offset; item < size(); item++, at += size) {
            data.read(example(item), field, destination, at);
        }
    }

    /// Copies a field of the current batch, example after example, to `destination[offset…]`.
    public void read(int field, int[] destination, int offset) {
        int size = sizes[field];
        for (int item = 0, at = offset; item < size(); item++, at += size) {
            data.read(example(item), field, destination, at);
        }
    }
}
