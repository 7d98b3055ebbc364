package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Lists of axis numbers.
public final class Axes {
    private Axes() {}

    /// `from`, …, `to` - 1.
    public static List<Integer> range(int from, int to) {
        var axes = new ArrayList<Integer>(Math.max(0, to - from));
        for (int axis = from; axis < to; axis++) {
            axes.add(axis);
        }
        return List.copyOf(axes);
    }

    /// The permutation that undoes `permutation`.
    public static List<Integer> inverse(List<Integer> permutation) {
        var inverse = new ArrayList<>(Collections.nCopies(permutation.size(), 0));
        for (int i = 0; i < permutation.size(); i++) {
            inverse.set(permutation.get(i), i);
        }
        return List.copyOf(inverse);
    }

    /// The axes of a tensor of rank `rank` that are not in `axes`, ascending.
    public static List<Integer> others(int rank, List<Integer> axes) {
        return range(0, rank).stream().filter(axis -> !axes.contains(axis)).toList();
    }

    /// One list after the other.
    public static List<Integer> concat(List<Integer> first, List<Integer> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    /// Whether every axis keeps its place.
    public static boolean isIdentity(List<Integer> permutation) {
        for (int i = 0; i < permutation.size(); i++) {
            if (permutation.get(i) != i) {
                return false;
            }
        }
        return true;
    }

    /// Whether they are different axes of a tensor of rank `rank`.
    public static boolean areDistinct(List<Integer> axes, int rank) {
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            if (axis < 0 || axis >= rank || axes.indexOf(axis) != i) {
                return false;
            }
        }
        return true;
    }

    /// Whether they are different axes of a tensor of rank `rank`, in ascending order.
    public static boolean areAscending(List<Integer> axes, int rank) {
        int last = -1;
        for (int axis : axes) {
            if (axis <= last || axis >= rank) {
                return false;
            }
            last = axis;
        }
        return true;
    }
}
