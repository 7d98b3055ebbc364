package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// What an output of a model says of each example.
sealed interface PredictedOutput {
    /// How many examples there are.
    int count();

    /// How many columns of a table it takes.
    int columns();

    /// Whether its only column is called like the output.
    boolean single();

    /// Writes one cell, empty where an example has fewer than others.
    void cell(int example, int column, StringBuilder row);

    /// Writes what it says of an example as JSON.
    void json(int example, StringBuilder text);

    /// All in one array, or null where there is none.
    default @Nullable Tensor array() {
        return null;
    }

    /// A tensor whose first axis counts the examples.
    ///
    /// @param classes what whole numbers stand for; empty where they are numbers
    record Whole(Tensor tensor, List<String> classes) implements PredictedOutput {
        public Whole {
            classes = List.copyOf(classes);
        }

        @Override
        public int count() {
            return tensor.dim(0);
        }

        @Override
        public int columns() {
            return count() == 0 ? 0 : tensor.size() / count();
        }

        @Override
        public boolean single() {
            return tensor.rank() == 1;
        }

        @Override
        public void cell(int example, int column, StringBuilder row) {
            element(tensor, classes, example * columns() + column, row);
        }

        @Override
        public void json(int example, StringBuilder text) {
            nested(tensor, classes, 1, example * columns(), text);
        }

        @Override
        public Tensor array() {
            return tensor;
        }
    }

    /// A tensor for each example, of sizes that differ.
    record Unequal(List<Tensor> tensors, List<String> classes) implements PredictedOutput {
        public Unequal {
            tensors = List.copyOf(tensors);
            classes = List.copyOf(classes);
        }

        @Override
        public int count() {
            return tensors.size();
        }

        @Override
        public int columns() {
            return tensors.stream().mapToInt(Tensor::size).max().orElse(0);
        }

        @Override
        public boolean single() {
            return false;
        }

        @Override
        public void cell(int example, int column, StringBuilder row) {
            Tensor tensor = tensors.get(example);
            if (column < tensor.size()) {
                element(tensor, classes, column, row);
            }
        }

        @Override
        public void json(int example, StringBuilder text) {
            nested(tensors.get(example), classes, 0, 0, text);
        }
    }

    /// A text for each example.
    record Texts(List<String> texts) implements PredictedOutput {
        public Texts {
            texts = List.copyOf(texts);
        }

        @Override
        public int count() {
            return texts.size();
        }

        @Override
        public int columns() {
            return 1;
        }

        @Override
        public boolean single() {
            return true;
        }

        @Override
        public void cell(int example, int column, StringBuilder row) {
            row.append(quoted(texts.get(example)));
        }

        @Override
        public void json(int example, StringBuilder text) {
            text.append(Json.of(texts.get(example)));
        }
    }

    /// One output of tensors, a list of one tensor for each example: an array where all have one shape.
    ///
    /// @param tensors without an axis of examples
    static PredictedOutput of(List<Tensor> tensors, List<String> classes) {
        if (tensors.isEmpty() || tensors.stream().anyMatch(tensor -> !sameShape(tensor, tensors.getFirst()))) {
            return new Unequal(tensors, classes);
        }
        Tensor first = tensors.getFirst();
        int[] shape = new int[first.rank() + 1];
        shape[0] = tensors.size();
        System.arraycopy(first.shape(), 0, shape, 1, first.rank());
        int size = first.size();
        if (first.dtype().isFloat()) {
            float[] all = new float[tensors.size() * size];
            for (int i = 0; i < tensors.size(); i++) {
                System.arraycopy(tensors.get(i).floats(), 0, all, i * size, size);
            }
            return new Whole(Tensor.of(all, shape), classes);
        }
        int[] all = new int[tensors.size() * size];
        for (int i = 0; i < tensors.size(); i++) {
            System.arraycopy(tensors.get(i).ints(), 0, all, i * size, size);
        }
        return new Whole(Tensor.of(first.dtype(), all, shape), classes);
    }

    private static boolean sameShape(Tensor one, Tensor other) {
        return Arrays.equals(one.shape(), other.shape());
    }

    private static int nested(Tensor tensor, List<String> classes, int axis, int from, StringBuilder text) {
        if (axis == tensor.rank()) {
            String name = className(tensor, classes, from);
            if (name != null) {
                text.append(Json.of(name));
            } else if (tensor.dtype() == DType.BOOL) {
                text.append(tensor.getInt(from) != 0);
            } else if (tensor.dtype().isFloat() && !Float.isFinite(tensor.get(from))) {
                text.append("null");
            } else {
                number(tensor, from, text);
            }
            return from + 1;
        }
        text.append('[');
        int at = from;
        for (int i = 0; i < tensor.dim(axis); i++) {
            text.append(i == 0 ? "" : ",");
            at = nested(tensor, classes, axis + 1, at, text);
        }
        text.append(']');
        return at;
    }

    /// Writes an element as a cell of a table has it.
    private static void element(Tensor tensor, List<String> classes, int position, StringBuilder row) {
        String name = className(tensor, classes, position);
        if (name == null) {
            number(tensor, position, row);
        } else {
            row.append(quoted(name));
        }
    }

    private static void number(Tensor tensor, int position, StringBuilder text) {
        if (tensor.dtype().isFloat()) {
            text.append(tensor.get(position));
        } else {
            text.append(tensor.getInt(position));
        }
    }

    /// The class that an element stands for, or null where it is a number.
    private static @Nullable String className(Tensor tensor, List<String> classes, int position) {
        int index = classes.isEmpty() || tensor.dtype().isFloat() ? -1 : tensor.getInt(position);
        return index >= 0 && index < classes.size() ? classes.get(index) : null;
    }

    /// A cell of a table.
    static String quoted(String text) {
        // Blanks around a cell would be lost, where it is read.
        boolean plain = !text.isEmpty() && text.strip().equals(text)
                && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
