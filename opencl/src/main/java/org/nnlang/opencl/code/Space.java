package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Instruction;
import org.nnlang.runtime.fused.Operand;
import org.nnlang.runtime.program.Step;

/// A loop's program with everything known: sizes, strides and offsets.
final class Space {
    final FusedProgram program;
    final int[] outer;
    final int columns;
    final List<Access> accesses;
    final int[] sizes;

    /// How an operand is reached, from `at` on: element (d0, d1, …; c) lies Σ di · stride_i + c · columnStride behind it.
    record Access(Operand operand, Location at, boolean startsAligned, int[] strides, int columnStride) {
        /// Whether four neighbouring columns can be read at once.
        boolean isAligned() {
            boolean aligned = columnStride == 1 && startsAligned;
            for (int stride : strides) {
                aligned &= stride % 4 == 0;
            }
            return aligned;
        }

        String pointer() {
            return at.pointer();
        }
    }

    private Space(FusedProgram program, int[] outer, int columns, List<Access> accesses, int[] sizes) {
        this.program = program;
        this.outer = outer;
        this.columns = columns;
        this.accesses = List.copyOf(accesses);
        this.sizes = sizes;
    }

    static Space of(FusedProgram program, Step.Loop loop, Layout layout) {
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < loop.operands().size(); i++) {
            Step.Binding binding = loop.operands().get(i);
            Operand operand = program.operands().get(i);
            accesses.add(new Access(
                    operand,
                    layout.location(binding.place()),
                    layout.isAligned(binding.place()),
                    layout.all(binding.outerStrides()),
                    operand.columns() == Columns.ONE_VALUE ? 0
                            : operand.columns() == Columns.CONTIGUOUS ? 1
                            : layout.get(binding.columnStride())));
        }
        return new Space(
                program, layout.all(loop.outer()), layout.get(loop.columns()), accesses, layout.all(loop.sizes()));
    }

    /// The same loop in parts of which each reaches into one buffer of every segment. Only what updates several variables at once
    /// needs more than one: a loop over flat memory without reductions.
    List<Space> parts(Layout layout) {
        var cuts = new TreeSet<Integer>();
        if (outer.length == 0 || rows() == 1) {
            for (Access access : accesses) {
                if (access.columnStride == 1) {
                    cuts.addAll(layout.cuts(access.at, columns));
                }
            }
        }
        if (cuts.isEmpty()) {
            return List.of(this);
        }
        boolean separate = program.isElementwise() && !usesIndices() && program.instructions().stream()
                .noneMatch(each -> each instanceof Instruction.Store(int operand, _)
                        && program.operands().get(operand).columns() == Columns.ONE_VALUE);
        if (!separate) {
            throw new IllegalStateException("more than an update of each element in flat memory");
        }
        cuts.add(columns);
        List<Space> parts = new ArrayList<>();
        int from = 0;
        for (int to : cuts) {
            int first = from;
            List<Access> moved = accesses.stream()
                    .map(access -> access.columnStride == 0
                            ? access
                            : new Access(
                                    access.operand, layout.behind(access.at, first * access.columnStride),
                                    layout.isAligned(access.at, first * access.columnStride), access.strides,
                                    access.columnStride))
                    .toList();
            parts.add(new Space(program, outer, to - first, moved, sizes));
            from = to;
        }
        return parts;
    }

    long rows() {
        long rows = 1;
        for (int size : outer) {
            rows *= size;
        }
        return rows;
    }

    boolean usesIndices() {
        return program.instructions().stream()
                .anyMatch(i -> i instanceof Instruction.ColumnIndex || i instanceof Instruction.OuterIndex);
    }

    /// The same elements with fewer dimensions: neighbours that lie in memory as one are merged, and with `intoColumns`
    /// also the last outer one with the columns. Only for a program that asks for no index and keeps no groups.
    Space merged(boolean intoColumns) {
        if (usesIndices() || program.groups() > 0) {
            return this;
        }
        List<int[]> dimensions = new ArrayList<>();
        for (int d = 0; d < outer.length; d++) {
            if (outer[d] == 1) {
                continue;
            }
            int[] entry = new int[accesses.size() + 1];
            entry[0] = outer[d];
            for (int i = 0; i < accesses.size(); i++) {
                entry[i + 1] = accesses.get(i).strides[d];
            }
            int[] before = dimensions.isEmpty() ? null : dimensions.getLast();
            if (before != null && continues(before, entry)) {
                entry[0] *= before[0];
                dimensions.removeLast();
            }
            dimensions.add(entry);
        }
        int width = columns;
        while (intoColumns && !dimensions.isEmpty()) {
            int[] last = dimensions.getLast();
            boolean joins = true;
            for (int i = 0; i < accesses.size(); i++) {
                joins &= last[i + 1] == (long) accesses.get(i).columnStride * width;
            }
            if (!joins) {
                break;
            }
            width *= last[0];
            dimensions.removeLast();
        }
        int[] sizesLeft = dimensions.stream().mapToInt(entry -> entry[0]).toArray();
        List<Access> left = new ArrayList<>();
        for (int i = 0; i < accesses.size(); i++) {
            int operand = i;
            Access access = accesses.get(i);
            left.add(new Access(
                    access.operand, access.at, access.startsAligned,
                    dimensions.stream().mapToInt(entry -> entry[operand + 1]).toArray(), access.columnStride));
        }
        return new Space(program, sizesLeft, width, left, sizes);
    }

    /// What rows combine into has no stride of its own along them.
    private boolean continues(int[] before, int[] entry) {
        for (int i = 1; i < entry.length; i++) {
            int operand = i - 1;
            boolean combined = program.instructions().stream()
                    .anyMatch(each -> each instanceof Instruction.ReduceRows rows && rows.operand() == operand);
            if (!combined && before[i] != (long) entry[i] * entry[0]) {
                return false;
            }
        }
        return true;
    }
}
