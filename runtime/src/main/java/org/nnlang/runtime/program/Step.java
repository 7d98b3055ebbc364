package org.nnlang.runtime.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that a program does. All numbers that depend on sizes are indices into the image's extents.
public sealed interface Step {

    /// A fused loop.
    ///
    /// @param program an index into the image's programs
    /// @param outer sizes of the outer dimensions
    /// @param columns size of the inner dimension
    /// @param operands in the order of the program's
    /// @param sizes the table that the program's size instructions read
    record Loop(int program, List<Integer> outer, int columns, List<Binding> operands, List<Integer> sizes)
            implements Step {
        public Loop {
            outer = List.copyOf(outer);
            operands = List.copyOf(operands);
            sizes = List.copyOf(sizes);
        }
    }

    /// Where an operand of a loop lies.
    ///
    /// @param outerStrides one for each outer dimension
    record Binding(Place place, List<Integer> outerStrides, int columnStride) {
        public Binding {
            outerStrides = List.copyOf(outerStrides);
        }
    }

    /// Matrix products C = op(A) · op(B), for each index of the batch dimensions.
    ///
    /// @param outer batch dimensions that one call cannot walk, with their strides
    /// @param count items of one call, 1 where there is no batch
    /// @param epilogue what is done with finished blocks of C, or null; its rows are those of all items
    record Product(
            boolean transA, boolean transB, int m, int n, int k, Matrix a, Matrix b, Matrix c, int count,
            List<Batch> outer, @Nullable Loop epilogue)
            implements Step {
        public Product {
            outer = List.copyOf(outer);
        }
    }

    /// @param rowStride from one stored row to the next
    /// @param itemStride from one item of a batch to the next
    record Matrix(Place place, int rowStride, int itemStride) {}

    /// A further batch dimension.
    record Batch(int size, int aStride, int bStride, int cStride) {}

    /// Rows of a table, chosen by indices.
    ///
    /// @param count how many indices
    /// @param rows how many rows the table has
    /// @param width elements of a row
    record GatherRows(Place table, Place indices, Place result, int count, int rows, int width) implements Step {}

    /// Sums of updates by row.
    ///
    /// @param count how many indices
    /// @param rows how many rows the result has
    /// @param width elements of a row
    record ScatterRows(Place indices, Place updates, Place result, int count, int rows, int width) implements Step {}

    /// The order of the elements of each row, as indices.
    ///
    /// @param width elements of a row
    record Order(boolean descending, Place source, Place result, int rows, int width) implements Step {}

    /// The running sums of each row.
    ///
    /// @param width elements of a row
    record RunningSums(boolean backwards, Place source, Place result, int rows, int width) implements Step {}

    /// Random numbers.
    record Draw(boolean normal, long stream, Place result, int count) implements Step {}

    /// Elements moved from one layout to another.
    ///
    /// @param dims sizes of the dimensions
    /// @param sourceStrides one for each dimension
    /// @param targetStrides one for each dimension
    record Move(
            Place source, Place target, List<Integer> dims, List<Integer> sourceStrides, List<Integer> targetStrides)
            implements Step {
        public Move {
            dims = List.copyOf(dims);
            sourceStrides = List.copyOf(sourceStrides);
            targetStrides = List.copyOf(targetStrides);
        }
    }

    /// A library kernel.
    ///
    /// @param attributes as the kernel says
    /// @param operands in its order
    /// @param results those that somebody wants
    /// @param epilogue what is done with finished blocks of the only result, or null; rows are all its axes but the last
    record Call(
            LibraryKernel kernel, List<Integer> attributes, List<Tensor> operands, List<Result> results,
            @Nullable Loop epilogue)
            implements Step {
        public Call {
            attributes = List.copyOf(attributes);
            operands = List.copyOf(operands);
            results = List.copyOf(results);
        }
    }

    /// Where a tensor lies.
    ///
    /// @param dims sizes of the dimensions
    /// @param strides one for each dimension
    record Tensor(Place place, List<Integer> dims, List<Integer> strides) {
        public Tensor {
            dims = List.copyOf(dims);
            strides = List.copyOf(strides);
        }
    }

    /// @param output its number among the kernel's results
    record Result(int output, Tensor tensor) {}

    /// Zeros.
    record Clear(Place target, int count) implements Step {}

    /// The steps after it, run again and again, in rounds. Those steps may hold repeats of their own.
    ///
    /// @param trips  how many rounds
    /// @param steps  how many of the steps after this one are a round
    /// @param shifts what lies elsewhere in each round
    record Repeat(int trips, int steps, List<Shift> shifts) implements Step {
        public Repeat {
            shifts = List.copyOf(shifts);
        }
    }

    /// An extent that differs from round to round: in round i it is `from` + i · `distance`. One that `alternates` goes to and
    /// fro between two places, and would be at `from` after the last round: it is `from` + `distance` where an odd number
    /// of rounds remains.
    ///
    /// @param from     another extent, which a repeat around this one may move
    /// @param distance an extent, which may be negative
    record Shift(int extent, int from, int distance, boolean alternates) {
        /// How many distances it lies away in a round.
        public int distances(int trips, int round) {
            return alternates ? trips - round & 1 : round;
        }
    }
}
