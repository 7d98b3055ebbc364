package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The dimensions of a tensor, outermost first; none for a scalar.
public record Shape(List<Dim> dims) {
    /// How many elements a tensor has at most, as far as its dimensions are known. It is more than any memory holds, and so little that
    /// the number of operations of a product of two such matrices fits a `long`.
    private static final long MOST = 1L << 41;

    public static final Shape SCALAR = new Shape(List.of());

    /// @throws ArithmeticException where there are more elements than any memory holds
    public Shape {
        dims = List.copyOf(dims);
        long known = 1;
        for (Dim dim : dims) {
            long size = dim.isConstant() ? Math.max(1, dim.constant()) : 1;
            if (size > MOST / known) {
                throw new ArithmeticException("a tensor of more than 2^41 elements");
            }
            known *= size;
        }
    }

    public static Shape of(Dim... dims) {
        return dims.length == 0 ? SCALAR : new Shape(List.of(dims));
    }

    /// A shape known now.
    public static Shape of(long... dims) {
        var list = new ArrayList<Dim>(dims.length);
        for (long dim : dims) {
            list.add(Dim.of(dim));
        }
        return new Shape(list);
    }

    public int rank() {
        return dims.size();
    }

    public Dim dim(int axis) {
        return dims.get(axis);
    }

    public boolean isScalar() {
        return dims.isEmpty();
    }

    /// How many elements it has.
    public Dim size() {
        return Dim.product(dims);
    }

    /// Whether every dimension is known now.
    public boolean isConstant() {
        for (var dim : dims) {
            if (!dim.isConstant()) {
                return false;
            }
        }
        return true;
    }

    /// The shape with the dimension at `axis` replaced.
    public Shape with(int axis, Dim dim) {
        var changed = new ArrayList<>(dims);
        changed.set(axis, dim);
        return new Shape(changed);
    }

    /// The shape without the given axes.
    public Shape without(List<Integer> axes) {
        var kept = new ArrayList<Dim>(dims.size());
        for (int axis = 0; axis < dims.size(); axis++) {
            if (!axes.contains(axis)) {
                kept.add(dims.get(axis));
            }
        }
        return new Shape(kept);
    }

    /// These dimensions followed by those of `inner`.
    public Shape followedBy(Shape inner) {
        var all = new ArrayList<>(dims);
        all.addAll(inner.dims);
        return new Shape(all);
    }

    /// The dimensions from axis `from` (inclusive) to `to` (exclusive).
    public Shape part(int from, int to) {
        return new Shape(dims.subList(from, to));
    }

    public Shape substitute(Function<String, Dim> replacement) {
        return new Shape(dims.stream().map(dim -> dim.substitute(replacement)).toList());
    }

    /// `[b, 128]`.
    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
