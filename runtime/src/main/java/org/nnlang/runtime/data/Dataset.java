package org.nnlang.runtime.data;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Examples held in memory, each made of the fields of the header. Reading allocates nothing and is safe from several
/// threads. As in a tensor, the elements of `f32` are floats and all others ints; ints can be read as floats, too.
///
/// [#columns()] and [#rows(Iterable)] make one; or implement it, to train from a source of your own.
public interface Dataset {

    /// What the examples are made of; its count is known.
    DataHeader header();

    /// How many examples there are.
    default int count() {
        return header().count();
    }

    /// Copies a field of one example to `destination[offset…]`.
    void read(int example, int field, float[] destination, int offset);

    /// Copies a field of one example to `destination[offset…]`.
    ///
    /// @throws IllegalArgumentException for an f32 field
    void read(int example, int field, int[] destination, int offset);

    /// Copies a field of one example as a batch of an epoch has it: a sequence filled up to `size` elements, random
    /// changes drawn for the epoch. Others are copied as they are.
    default void read(int example, int field, int size, int epoch, float[] destination, int offset) {
        read(example, field, destination, offset);
    }

    /// Copies a field of one example as a batch of an epoch has it.
    ///
    /// @throws IllegalArgumentException for an f32 field
    default void read(int example, int field, int size, int epoch, int[] destination, int offset) {
        read(example, field, destination, offset);
    }

    /// How long a field with a free dimension is in an example.
    default int length(int example, int field) {
        return header().fields().get(field).size();
    }

    /// Into how many buckets of similar length the examples are sorted at most.
    default int buckets() {
        return 1;
    }

    /// A number that depends on all examples and their order, by which a run that is resumed knows its data again.
    default long fingerprint() {
        return 0;
    }

    /// The seed from which the order of each epoch is drawn, or null where examples stay in their order.
    default @Nullable Long shuffleSeed() {
        return null;
    }

    /// What was taken from training data and applied to these examples; a checkpoint keeps it, to treat later examples
    /// in the same way.
    default List<Fitted> fitted() {
        return List.of();
    }

    /// A dataset from arrays, one for each field.
    static DatasetColumns columns() {
        return new DatasetColumns();
    }

    /// A dataset from objects, each of which becomes one example.
    static <T> DatasetRows<T> rows(Iterable<? extends T> rows) {
        return new DatasetRows<>(rows.iterator());
    }

    /// A dataset from objects, each of which becomes one example.
    ///
    /// @param rows is walked through once, in its order, and not closed
    static <T> DatasetRows<T> rows(Stream<? extends T> rows) {
        return new DatasetRows<>(rows.iterator());
    }
}
