package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Builds a [Dataset] from arrays, one for each field, in the order in which a program's pattern names the fields:
///
/// ```java
/// Dataset flowers = Dataset.columns()
///         .floats("features", measurements, 4)        // f32[4], from a float[4 · n]
///         .labels("label", species)                   // i32, from a List<String> of n names
///         .build();
/// ```
///
/// Arrays are row-major, example after example, and are not copied: leave them alone while they are used.
public final class DatasetColumns {
    private final List<Field> fields = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();
    private final Map<String, Long> values = new LinkedHashMap<>();
    private int count = -1;

    DatasetColumns() {}

    /// A field of `f32`.
    ///
    /// @param name as the program's messages and a standardisation call it
    /// @param elements of all examples, one after the other
    /// @param shape of one example; none for a single number
    /// @throws IllegalArgumentException where the elements are no whole number of examples, or of another number than
    ///     those of the fields before
    public DatasetColumns floats(String name, float[] elements, int... shape) {
        return add(field(name, DType.F32, shape), new Column.Floats(elements, Tensor.sizeOf(shape)), elements.length);
    }

    /// A field `f32[n]`, from one array for each example; these are copied.
    ///
    /// @throws IllegalArgumentException where the arrays differ in length, or in number from the fields before
    public DatasetColumns floats(String name, float[][] examples) {
        int size = examples.length == 0 ? 0 : examples[0].length;
        float[] elements = new float[Math.multiplyExact(examples.length, size)];
        for (int i = 0; i < examples.length; i++) {
            if (examples[i].length != size) {
                throw new IllegalArgumentException("`" + name + "`: example " + i + " has " + examples[i].length
                        + " numbers, and example 0 has " + size);
            }
            System.arraycopy(examples[i], 0, elements, i * size, size);
        }
        return floats(name, elements, size);
    }

    /// A field of `i32`, such as the ids of words.
    ///
    /// @param shape of one example; none for a single number
    /// @throws IllegalArgumentException as for [#floats(String, float[], int...)]
    public DatasetColumns ints(String name, int[] elements, int... shape) {
        return add(field(name, DType.I32, shape), new Column.Ints(elements, Tensor.sizeOf(shape)), elements.length);
    }

    /// A field of `u8`, such as the pixels of images: 0 to 255.
    ///
    /// @param shape of one example; none for a single number
    /// @throws IllegalArgumentException as for [#floats(String, float[], int...)]
    public DatasetColumns bytes(String name, byte[] elements, int... shape) {
        return add(field(name, DType.U8, shape), new Column.Bytes(elements, Tensor.sizeOf(shape)), elements.length);
    }

    /// Classes as an `i32`: 0, 1, …; the program's `data.classes` is the largest plus one.
    ///
    /// @throws IllegalArgumentException where one is negative, or as for [#floats(String, float[], int...)]
    public DatasetColumns labels(String name, int[] classes) {
        int most = Arrays.stream(classes).max().orElse(-1);
        return labels(name, classes, most + 1, List.of());
    }

    /// Classes as an `i32`, with the names of all classes, class 0 first.
    ///
    /// @throws IllegalArgumentException where one has no name, or as for [#floats(String, float[], int...)]
    public DatasetColumns labels(String name, int[] classes, List<String> names) {
        return labels(name, classes, names.size(), names);
    }

    /// Classes by their names, one for each example; they become an `i32`, numbered in the order of the names.
    ///
    /// @throws IllegalArgumentException as for [#floats(String, float[], int...)]
    public DatasetColumns labels(String name, List<String> classes) {
        List<String> names = List.copyOf(new TreeSet<>(classes));
        var numbers = new LinkedHashMap<String, Integer>();
        names.forEach(known -> numbers.put(known, numbers.size()));
        return labels(name, classes.stream().mapToInt(numbers::get).toArray(), names);
    }

    /// The dataset.
    ///
    /// @throws IllegalStateException where there is no field
    public Dataset build() {
        if (fields.isEmpty()) {
            throw new IllegalStateException("a dataset needs a field");
        }
        return View.all(new DataHeader(fields, count, List.of(), values), new Table(fields, columns, count));
    }

    private DatasetColumns labels(String name, int[] classes, int most, List<String> names) {
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 0 || classes[i] >= most) {
                throw new IllegalArgumentException(
                        "`" + name + "`: the class of example " + i + " is " + classes[i]
                                + ", and there are classes 0 to "
                                + (most - 1));
            }
        }
        values.merge("classes", (long) most, Math::max);
        return add(new Field(name, DType.I32, List.of(), names, List.of()), new Column.Ints(classes, 1),
                classes.length);
    }

    private static Field field(String name, DType type, int[] shape) {
        return new Field(name, type, IntStream.of(shape).boxed().toList());
    }

    private DatasetColumns add(Field field, Column column, int elements) {
        int size = field.size();
        if (fields.stream().anyMatch(other -> other.name().equals(field.name()))) {
            throw new IllegalArgumentException("two fields `" + field.name() + "`");
        }
        if (size == 0 ? elements != 0 : elements % size != 0) {
            throw new IllegalArgumentException(
                    "`" + field + "` has " + size + " elements in an example, and the array of " + elements
                            + " holds no whole number of them");
        }
        int examples = size == 0 ? 0 : elements / size;
        if (count >= 0 && examples != count) {
            throw new IllegalArgumentException("`" + field.name() + "` has " + examples + " examples, and `"
                    + fields.getFirst().name() + "` has " + count);
        }
        count = examples;
        fields.add(field);
        columns.add(column);
        return this;
    }
}
