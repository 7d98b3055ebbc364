package org.nnlang.cli.repl;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Tensors as a person reads them: numbers of one kind, in columns, and of a large tensor its corners.
final class TensorText {
    /// Along each axis as many elements are shown; of more, half as many at either end.
    private static final int MOST_COLUMNS = 10;

    private static final int MOST_ROWS = 8;
    private static final int EDGE = 3;

    /// With more lines than that only the first and the last matrix are shown.
    private static final int MOST_LINES = 24;

    private static final int MOST_DECIMALS = 4;

    private final Tensor tensor;
    private final IntFunction<String> number;
    private final StringBuilder text = new StringBuilder();
    private final boolean crowded;
    private int width;

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        long lines = 1;
        for (int axis = 0; axis < tensor.rank() - 1; axis++) {
            lines *= Math.min(tensor.dim(axis), MOST_ROWS);
        }
        this.crowded = lines > MOST_LINES;
        this.number = numbers(tensor);
    }

    /// The elements, in brackets as the language writes lists; in lines where there are rows.
    static String of(Tensor tensor) {
        if (tensor.rank() == 0) {
            return scalar(tensor);
        }
        if (tensor.size() == 0) {
            return "[]";
        }
        var text = new TensorText(tensor);
        text.measure(0, 0);
        text.write(0, 0, 0);
        return text.text.toString();
    }

    private static String scalar(Tensor tensor) {
        if (tensor.dtype() != DType.F32) {
            return integer(tensor, 0);
        }
        float value = tensor.get(0);
        return Float.isFinite(value) ? Float.toString(value).toLowerCase(Locale.ROOT) : special(value);
    }

    private static String special(float value) {
        return Float.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }

    private static String integer(Tensor tensor, int place) {
        int value = tensor.getInt(place);
        return tensor.dtype() == DType.BOOL ? Boolean.toString(value != 0) : Integer.toString(value);
    }

    /// Floats have as many decimals as they need, up to four, all of them the same; very large and very small ones are
    /// written with an exponent.
    private static IntFunction<String> numbers(Tensor tensor) {
        if (tensor.dtype() != DType.F32) {
            return place -> integer(tensor, place);
        }
        double largest = 0;
        double smallest = Double.MAX_VALUE;
        int decimals = 1;
        for (int i = 0; i < tensor.size(); i++) {
            double size = Math.abs(tensor.get(i));
            if (Double.isFinite(size) && size > 0) {
                largest = Math.max(largest, size);
                smallest = Math.min(smallest, size);
                while (decimals < MOST_DECIMALS && !isWhole(size * Math.pow(10, decimals))) {
                    decimals++;
                }
            }
        }
        boolean exponent =
                largest >= 1e6 || largest > 0 && largest < 1e-2 || decimals == MOST_DECIMALS && smallest < 1e-4
                        && largest < 1;
        String format = exponent ? "%.3e" : "%." + decimals + "f";
        return place -> {
            float value = tensor.get(place);
            return Float.isFinite(value) ? String.format(Locale.ROOT, format, value) : special(value);
        };
    }

    private static boolean isWhole(double value) {
        return Math.abs(value - Math.rint(value)) < 1e-5 * Math.max(1, Math.abs(value));
    }

    /// The places along an axis that are shown; -1 stands for those that are left out.
    private int[] shown(int axis) {
        int size = tensor.dim(axis);
        int most = axis == tensor.rank() - 1 ? MOST_COLUMNS : MOST_ROWS;
        int edge = EDGE;
        if (crowded && axis < tensor.rank() - 2) {
            most = 2;
            edge = 1;
        }
        if (size <= most) {
            int[] all = new int[size];
            Arrays.setAll(all, i -> i);
            return all;
        }
        int[] edges = new int[2 * edge + 1];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = i < edge ? i : i == edge ? -1 : size - edges.length + i;
        }
        return edges;
    }

    private void measure(int axis, int offset) {
        for (int place : shown(axis)) {
            if (place < 0) {
                continue;
            }
            int at = offset * tensor.dim(axis) + place;
            if (axis == tensor.rank() - 1) {
                width = Math.max(width, number.apply(at).length());
            } else {
                measure(axis + 1, at);
            }
        }
    }

    private void write(int axis, int offset, int indent) {
        boolean last = axis == tensor.rank() - 1;
        text.append('[');
        boolean first = true;
        for (int place : shown(axis)) {
            if (!first) {
                text.append(',');
                if (last) {
                    text.append(' ');
                } else {
                    // Matrices have a line between them.
                    text.repeat("\n", axis == tensor.rank() - 2 ? 1 : 2).repeat(' ', indent + 1);
                }
            }
            first = false;
            if (place < 0) {
                text.append('…');
            } else if (last) {
                String element = number.apply(offset * tensor.dim(axis) + place);
                text.repeat(' ', tensor.rank() == 1 ? 0 : width - element.length()).append(element);
            } else {
                write(axis + 1, offset * tensor.dim(axis) + place, indent + 1);
            }
        }
        text.append(']');
    }
}
