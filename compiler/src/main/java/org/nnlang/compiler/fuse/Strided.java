package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.nnlang.compiler.ir.Dim;

/// Where the elements of a tensor lie: element (i₀, i₁, …) at `offset` + Σ iₖ · `strides[k]` of some piece of memory.
/// Moves are arithmetic on this, so that they cost nothing until an order of elements cannot be told this way.
public record Strided(Dim offset, List<Dim> dims, List<Dim> strides) {
    public Strided {
        dims = List.copyOf(dims);
        strides = List.copyOf(strides);
        if (dims.size() != strides.size()) {
            throw new IllegalArgumentException(dims + " with strides " + strides);
        }
    }

    /// All elements in a row, the last axis fastest.
    public static Strided rowMajor(List<Dim> dims) {
        return new Strided(Dim.ZERO, dims, rowMajorStrides(dims));
    }

    private static List<Dim> rowMajorStrides(List<Dim> dims) {
        var strides = new ArrayList<Dim>();
        Dim stride = Dim.ONE;
        for (int axis = dims.size() - 1; axis >= 0; axis--) {
            strides.add(stride);
            stride = stride.times(dims.get(axis));
        }
        Collections.reverse(strides);
        return strides;
    }

    /// Whether all elements lie in a row from the offset on, the last axis fastest.
    public boolean isContiguous() {
        Dim expected = Dim.ONE;
        for (int axis = dims.size() - 1; axis >= 0; axis--) {
            if (!dims.get(axis).isOne()) {
                if (!strides.get(axis).equals(expected)) {
                    return false;
                }
                expected = expected.times(dims.get(axis));
            }
        }
        return true;
    }

    /// Input axis i becomes result axis `axes[i]`; the other result axes repeat the elements.
    public Strided broadcast(List<Dim> result, List<Integer> axes) {
        var newStrides = new ArrayList<>(Collections.nCopies(result.size(), Dim.ZERO));
        for (int i = 0; i < axes.size(); i++) {
            newStrides.set(axes.get(i), strides.get(i));
        }
        return new Strided(offset, result, newStrides);
    }

    /// Result axis i is input axis `permutation[i]`.
    public Strided transpose(List<Integer> permutation) {
        return new Strided(
                offset,
                permutation.stream().map(dims::get).toList(),
                permutation.stream().map(strides::get).toList());
    }

    /// Per axis, elements from `starts` on, `steps` apart; `result` holds how many.
    public Strided slice(List<Dim> starts, List<Integer> steps, List<Dim> result) {
        Dim newOffset = offset;
        var newStrides = new ArrayList<Dim>();
        for (int axis = 0; axis < dims.size(); axis++) {
            newOffset = newOffset.plus(starts.get(axis).times(strides.get(axis)));
            newStrides.add(strides.get(axis).times(steps.get(axis)));
        }
        return new Strided(newOffset, result, newStrides);
    }

    /// The same elements in the same order under other dimensions, where strides can tell it.
    public Optional<Strided> reshape(List<Dim> result) {
        var newStrides = new ArrayList<Dim>();
        int from = 0;
        int to = 0;
        while (from < dims.size() || to < result.size()) {
            // The shortest runs of old and of new axes that hold equally many elements.
            Dim oldCount = Dim.ONE;
            Dim newCount = Dim.ONE;
            int fromEnd = from;
            int toEnd = to;
            do {
                boolean growOld = toEnd == result.size()
                        || fromEnd < dims.size() && !oldCount.equals(newCount) && isMultiple(newCount, oldCount)
                        || fromEnd < dims.size() && fromEnd == from;
                if (growOld) {
                    oldCount = oldCount.times(dims.get(fromEnd++));
                } else {
                    newCount = newCount.times(result.get(toEnd++));
                }
            } while (!oldCount.equals(newCount) && (fromEnd < dims.size() || toEnd < result.size()));
            if (!oldCount.equals(newCount)) {
                return Optional.empty();
            }
            Optional<Dim> stride = run(from, fromEnd);
            if (stride.isEmpty()) {
                return Optional.empty();
            }
            Dim unit = stride.get();
            for (Dim inner : rowMajorStrides(result.subList(to, toEnd))) {
                newStrides.add(inner.times(unit));
            }
            from = fromEnd;
            to = toEnd;
        }
        return Optional.of(new Strided(offset, result, newStrides));
    }

    /// The distance of neighbours in the run of axes `from` to `end` read as one axis, where there is one.
    public Optional<Dim> run(int from, int end) {
        Dim unit = Dim.ONE;
        Dim expected = Dim.ZERO;
        boolean first = true;
        for (int axis = end - 1; axis >= from; axis--) {
            if (dims.get(axis).isOne()) {
                continue;
            }
            if (first) {
                unit = strides.get(axis);
                first = false;
            } else if (!strides.get(axis).equals(expected)) {
                return Optional.empty();
            }
            expected = dims.get(axis).times(strides.get(axis));
        }
        return Optional.of(unit);
    }

    private static boolean isMultiple(Dim large, Dim small) {
        if (large.isConstant() && small.isConstant()) {
            return large.constant() > small.constant();
        }
        return large.dividedBy(small).filter(Dim::isWhole).isPresent();
    }
}
