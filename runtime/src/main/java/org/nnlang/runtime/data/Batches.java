package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks through a dataset, epoch by epoch and batch by batch, in the dataset's order or, where it says so, in one
/// drawn from its seed and the number of the epoch alone. The last batch of an epoch may be smaller. A position can be
/// kept and returned to: what follows is the same.
///
/// Where a field has a free dimension, a batch holds examples of one bucket ([Buckets]), the last batch of each bucket may
/// be smaller, and in a shuffled epoch batches of all buckets come in random order.
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
    private final int @Nullable [] order;
    private final long seed;
    private final List<Shape> shapes = new ArrayList<>();
    private final List<int[]> sizes = new ArrayList<>();
    private final @Nullable Bucketed bucketed;
    private int epoch;
    private int from;
    private int to;
    private int consumed;
    private int done;

    /// The sizes that a batch may have: how many examples, and how long their free dimensions are, by name.
    public record Shape(int size, Map<String, Integer> lengths) {
        public Shape {
            lengths = Collections.unmodifiableMap(new LinkedHashMap<>(lengths));
        }
    }

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
        Long shuffle = data.shuffleSeed();
        this.order = shuffle == null ? null : new int[count];
        this.seed = shuffle == null ? 0 : shuffle;
        if (data.header().free().isEmpty() || count == 0) {
            bucketed = null;
            shapes(count, capacity).forEach(shape -> shape(shape.size(), shape.lengths()));
        } else {
            bucketed = new Bucketed(Buckets.of(data));
        }
        start(0);
    }

    /// The sizes that batches of so many examples have, where no dimension is free.
    ///
    /// @param capacity how many examples a full batch has
    public static List<Shape> shapes(int count, int capacity) {
        var shapes = new ArrayList<Shape>();
        if (count >= capacity) {
            shapes.add(new Shape(capacity, Map.of()));
        }
        if (count % capacity != 0) {
            shapes.add(new Shape(count % capacity, Map.of()));
        }
        return shapes;
    }

    private void shape(int size, Map<String, Integer> lengths) {
        shapes.add(new Shape(size, lengths));
        sizes.add(data.header().fields().stream()
                .mapToInt(field -> {
                    int elements = 1;
                    for (int axis = 0; axis < field.shape().size(); axis++) {
                        elements *= lengths.getOrDefault(
                                field.free(axis), field.shape().get(axis));
                    }
                    return elements;
                })
                .toArray());
    }

    /// The batches of an epoch of examples in buckets.
    private final class Bucketed {
        private final Buckets buckets;
        /// Examples bucket by bucket, in the order of the epoch within each.
        private final int[] examples = new int[count];
        private final int[] next;
        /// Each batch's first example, where it ends, and its shape.
        private final int[] starts;

        private final int[] ends;
        private final int[] shape;
        /// The batches in the order of the epoch.
        private final int[] sequence;

        Bucketed(Buckets buckets) {
            this.buckets = buckets;
            next = new int[buckets.count()];
            List<String> free = data.header().free();
            int batches = 0;
            for (int bucket = 0; bucket < next.length; bucket++) {
                batches += (int) (((long) buckets.examples(bucket) + capacity - 1) / capacity);
            }
            starts = new int[batches];
            ends = new int[batches];
            shape = new int[batches];
            sequence = new int[batches];
            int batch = 0;
            int first = 0;
            for (int bucket = 0; bucket < next.length; bucket++) {
                var lengths = new LinkedHashMap<String, Integer>();
                for (int d = 0; d < free.size(); d++) {
                    lengths.put(free.get(d), buckets.length(bucket, d));
                }
                int end = first + buckets.examples(bucket);
                if (end - first >= capacity) {
                    shape(capacity, lengths);
                }
                int whole = shapes.size() - 1;
                if ((end - first) % capacity != 0) {
                    shape((end - first) % capacity, lengths);
                }
                for (int at = first; at < end; batch++) {
                    int stop = (int) Math.min(end, (long) at + capacity);
                    starts[batch] = at;
                    ends[batch] = stop;
                    shape[batch] = stop - at == capacity ? whole : shapes.size() - 1;
                    at = stop;
                }
                first = end;
            }
        }

        void arrange() {
            int first = 0;
            for (int bucket = 0; bucket < next.length; bucket++) {
                next[bucket] = first;
                first += buckets.examples(bucket);
            }
            for (int i = 0; i < count; i++) {
                int example = order == null ? i : order[i];
                examples[next[buckets.bucketOf(example)]++] = example;
            }
            if (order == null) {
                Arrays.setAll(sequence, batch -> batch);
            } else {
                Permutation.fill(sequence, seed, Permutation.batches(epoch));
            }
        }
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
            throw noPlace(epoch, consumed);
        }
        this.epoch = epoch;
        this.consumed = 0;
        this.done = 0;
        if (order != null) {
            Permutation.fill(order, seed, epoch);
        }
        if (bucketed == null) {
            this.consumed = consumed;
            this.done = (int) (((long) consumed + capacity - 1) / capacity);
            from = consumed;
            to = consumed;
            return;
        }
        bucketed.arrange();
        from = 0;
        to = 0;
        while (this.consumed < consumed) {
            next();
        }
        if (this.consumed != consumed) {
            throw noPlace(epoch, consumed);
        }
    }

    private IllegalArgumentException noPlace(int epoch, int consumed) {
        return new IllegalArgumentException("place " + consumed + " of " + count + " in epoch " + epoch);
    }

    /// Goes to the next batch, and says whether there was one left in this epoch.
    public boolean next() {
        if (bucketed == null) {
            from = to;
            to = (int) Math.min(count, (long) from + capacity);
        } else if (done < bucketed.sequence.length) {
            int batch = bucketed.sequence[done];
            from = bucketed.starts[batch];
            to = bucketed.ends[batch];
        } else {
            from = to;
        }
        consumed += to - from;
        done += from < to ? 1 : 0;
        return from < to;
    }

    /// The epoch, counted from 0.
    public int epoch() {
        return epoch;
    }

    /// How many examples of this epoch the batches so far held, the current one among them.
    public int consumed() {
        return consumed;
    }

    /// How many batches of this epoch there were so far, the current one among them.
    public int done() {
        return done;
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
        return bucketed == null ? (int) (((long) count + capacity - 1) / capacity) : bucketed.sequence.length;
    }

    /// All shapes that batches have, in every epoch the same.
    public List<Shape> shapes() {
        return Collections.unmodifiableList(shapes);
    }

    /// Which of [#shapes] the current batch has.
    public int shape() {
        if (bucketed != null) {
            return bucketed.shape[bucketed.sequence[done - 1]];
        }
        return size() == capacity ? 0 : shapes.size() - 1;
    }

    /// Which example of the dataset stands at place `item` of the current batch.
    public int example(int item) {
        if (bucketed != null) {
            return bucketed.examples[from + item];
        }
        return order == null ? from + item : order[from + item];
    }

    /// Copies a field of the current batch, example after example, to the start of `destination`.
    public void read(int field, float[] destination) {
        read(field, destination, 0);
    }

    /// Copies a field of the current batch, example after example, to `destination[offset…]`.
    public void read(int field, float[] destination, int offset) {
        int size = sizes.get(shape())[field];
        for (int item = 0, at = offset; item < size(); item++, at += size) {
            data.read(example(item), field, size, epoch, destination, at);
        }
    }

    /// Copies a field of the current batch, example after example, to `destination[offset…]`.
    public void read(int field, int[] destination, int offset) {
        int size = sizes.get(shape())[field];
        for (int item = 0, at = offset; item < size(); item++, at += size) {
            data.read(example(item), field, size, epoch, destination, at);
        }
    }
}
