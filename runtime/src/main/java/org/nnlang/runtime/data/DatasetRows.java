package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.nnlang.runtime.tensor.Tensor;

/// Builds a [Dataset] from objects of the application, saying what each field takes from one:
///
/// ```java
/// Dataset flowers = Dataset.rows(garden.stream())
///         .floats("features", flower -> new float[] {flower.height(), flower.width()}, 2)
///         .className("label", Flower::species)
///         .build();
/// ```
///
/// The objects are walked through once, by [#build()], and not kept.
///
/// @param <T> what one example is made from
public final class DatasetRows<T> {
    private final Iterator<? extends T> rows;
    private final List<Function<DatasetColumns, Filler<T>>> fields = new ArrayList<>();

    /// Takes one row after the other, and then becomes a column.
    private interface Filler<T> extends Consumer<T> {
        void finish();
    }

    DatasetRows(Iterator<? extends T> rows) {
        this.rows = rows;
    }

    /// A field of `f32` with the elements of an array.
    ///
    /// @param shape of one example: `4` for f32[4], `28, 28` for f32[28, 28]
    public DatasetRows<T> floats(String name, Function<? super T, float[]> value, int... shape) {
        int size = Tensor.sizeOf(shape);
        fields.add(columns -> new Filler<>() {
            private float[] elements = new float[16 * size];
            private int count;

            @Override
            public void accept(T row) {
                float[] one = value.apply(row);
                check(name, one.length, size, count);
                elements = count * size == elements.length ? Arrays.copyOf(elements, grown(count, size)) : elements;
                System.arraycopy(one, 0, elements, count++ * size, size);
            }

            @Override
            public void finish() {
                columns.floats(name, Arrays.copyOf(elements, count * size), shape);
            }
        });
        return this;
    }

    /// A field of `f32` that is one number.
    public DatasetRows<T> number(String name, ToDoubleFunction<? super T> value) {
        return floats(name, row -> new float[] {(float) value.applyAsDouble(row)});
    }

    /// A field of `i32` with the elements of an array, such as the ids of words.
    ///
    /// @param shape of one example
    public DatasetRows<T> ints(String name, Function<? super T, int[]> value, int... shape) {
        int size = Tensor.sizeOf(shape);
        fields.add(columns -> new Filler<>() {
            private int[] elements = new int[16 * size];
            private int count;

            @Override
            public void accept(T row) {
                int[] one = value.apply(row);
                check(name, one.length, size, count);
                elements = count * size == elements.length ? Arrays.copyOf(elements, grown(count, size)) : elements;
                System.arraycopy(one, 0, elements, count++ * size, size);
            }

            @Override
            public void finish() {
                columns.ints(name, Arrays.copyOf(elements, count * size), shape);
            }
        });
        return this;
    }

    /// A class as an `i32`: 0, 1, …; the program's `data.classes` is the largest plus one.
    public DatasetRows<T> label(String name, ToIntFunction<? super T> value) {
        fields.add(columns -> new Filler<>() {
            private int[] classes = new int[16];
            private int count;

            @Override
            public void accept(T row) {
                classes = count == classes.length ? Arrays.copyOf(classes, grown(count, 1)) : classes;
                classes[count++] = value.applyAsInt(row);
            }

            @Override
            public void finish() {
                columns.labels(name, Arrays.copyOf(classes, count));
            }
        });
        return this;
    }

    /// A class by its name; names become an `i32`, numbered in their order, and are kept for predictions.
    public DatasetRows<T> className(String name, Function<? super T, String> value) {
        fields.add(columns -> new Filler<>() {
            private final List<String> classes = new ArrayList<>();

            @Override
            public void accept(T row) {
                classes.add(value.apply(row));
            }

            @Override
            public void finish() {
                columns.labels(name, classes);
            }
        });
        return this;
    }

    /// Walks through the rows. To be called once.
    ///
    /// @throws IllegalArgumentException where a row is null, or its array has not the field's size
    /// @throws IllegalStateException where there is no field
    public Dataset build() {
        var columns = new DatasetColumns();
        List<Filler<T>> fillers = fields.stream().map(field -> field.apply(columns)).toList();
        for (int example = 0; rows.hasNext(); example++) {
            T row = rows.next();
            if (row == null) {
                throw new IllegalArgumentException("example " + example + " is null");
            }
            fillers.forEach(filler -> filler.accept(row));
        }
        fillers.forEach(Filler::finish);
        return columns.build();
    }

    private static void check(String name, int length, int size, int example) {
        if (length != size) {
            throw new IllegalArgumentException("`" + name + "`: example " + example + " has " + length
                    + " elements, and its shape needs " + size);
        }
    }

    private static int grown(int count, int size) {
        return Math.multiplyExact(Math.max(16, Math.addExact(count, count >> 1)), size);
    }
}
