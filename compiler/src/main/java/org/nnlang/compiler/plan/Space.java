package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.nnlang.compiler.ir.Dim;

/// A loop's dimensions, brought to some outer ones and one inner one: neighbours that all accesses walk as one are merged.
///
/// @param axes of the original space, the runs that became outer dimensions
/// @param inner the run that became the columns; empty where there is one column
/// @param groups how many of the outer dimensions a combination of rows keeps
record Space(List<Dim> dims, List<List<Integer>> axes, List<Integer> inner, int groups) {

    /// Where merging must stop: axes before `groups` are groups, those from `inner` on must become the columns, unless
    /// every element stands for itself, when `free` lets the last run be those.
    record Shape(int groups, int inner, boolean free) {}

    /// Tries to merge.
    ///
    /// @param counted axes whose index is asked for, which stay alone
    /// @return null where the inner axes cannot be walked as one
    static @org.jspecify.annotations.Nullable Space merge(
            List<Dim> dims, Shape shape, Collection<Access> accesses, Collection<Integer> counted) {
        var runs = new ArrayList<List<Integer>>();
        int groupRuns = 0;
        int outerRuns = 0;
        for (int axis = 0; axis < dims.size(); axis++) {
            boolean starts = axis == 0 || axis == shape.groups() || !shape.free() && axis == shape.inner();
            boolean joins = !starts
                    && !counted.contains(axis)
                    && !counted.contains(axis - 1)
                    && continues(dims, axis, shape, accesses);
            if (joins) {
                runs.getLast().add(axis);
            } else {
                runs.add(new ArrayList<>(List.of(axis)));
                groupRuns += axis < shape.groups() ? 1 : 0;
                outerRuns += axis < shape.inner() ? 1 : 0;
            }
        }
        if (shape.free()) {
            List<Integer> inner = runs.isEmpty() ? List.of() : runs.removeLast();
            return new Space(dims, List.copyOf(runs), inner, 0);
        }
        if (runs.size() - outerRuns > 1) {
            return null;
        }
        List<Integer> inner = runs.size() > outerRuns ? runs.removeLast() : List.of();
        return new Space(dims, List.copyOf(runs), inner, groupRuns);
    }

    /// Whether `axis` goes on where the axis before it ends, for every access.
    private static boolean continues(List<Dim> dims, int axis, Shape shape, Collection<Access> accesses) {
        for (Access access : accesses) {
            boolean ignored = access.combined() && axis >= shape.groups() && axis < shape.inner();
            if (!ignored && !continues(dims, axis, access)) {
                return false;
            }
        }
        return true;
    }

    static boolean continues(List<Dim> dims, int axis, Access access) {
        Dim step = access.strides().get(axis).times(dims.get(axis));
        return access.strides().get(axis - 1).equals(step);
    }

    List<Dim> outer() {
        return axes.stream().map(this::size).toList();
    }

    Dim columns() {
        return size(inner);
    }

    private Dim size(List<Integer> run) {
        return Dim.product(run.stream().map(dims::get).toList());
    }

    List<Dim> outerStrides(Access access) {
        return axes.stream().map(run -> access.strides().get(run.getLast())).toList();
    }

    Dim columnStride(Access access) {
        return inner.isEmpty() ? Dim.ZERO : access.strides().get(inner.getLast());
    }

    /// The outer dimension that an axis became, or -1 for the columns.
    int dimension(int axis) {
        for (int dimension = 0; dimension < axes.size(); dimension++) {
            if (axes.get(dimension).contains(axis)) {
                return dimension;
            }
        }
        return -1;
    }
}
