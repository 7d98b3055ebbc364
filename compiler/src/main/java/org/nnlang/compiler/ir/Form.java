package org.nnlang.compiler.ir;

import java.util.Arrays;
import java.util.List;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.tensor.DType;

/// What a [Node] does, without its inputs: a few forms, of which [Elementwise] carries many operations. Forms are
/// compared by content.
public sealed interface Form {
    /// A value that the caller hands to the procedure.
    record Input(String name, TensorType type) implements Form {}

    /// The value a variable had when the procedure began.
    record Variable(String name, VariableKind kind, TensorType type) implements Form {}

    enum VariableKind {
        /// Trained by `minimize`.
        PARAMETER,
        /// Assigned by the program.
        STATE,
        /// An optimizer's memory for one parameter.
        SLOT
    }

    /// A tensor known now: one value for each element, or a single one that fills the shape, which may then be symbolic.
    final class Constant implements Form {
        private final TensorType type;
        private final double[] values;

        /// @param values in row-major order, or one for all; they are brought to what the type can hold, and if all are
        ///               equal to a single one
        public Constant(TensorType type, double... values) {
            this.type = type;
            var rounded = new double[values.length];
            boolean uniform = values.length > 0;
            for (int i = 0; i < values.length; i++) {
                rounded[i] = round(type.dtype(), values[i]);
                uniform &= Double.doubleToLongBits(rounded[i]) == Double.doubleToLongBits(rounded[0]);
            }
            if (!uniform && !type.shape().size().is(values.length)) {
                throw new IrException(values.length + " values do not make a " + type);
            }
            this.values = uniform ? new double[] {rounded[0]} : rounded;
        }

        /// What remains of `value` in an element of the type.
        public static double round(DType dtype, double value) {
            return switch (dtype) {
                case F32 -> (float) value;
                case I32 -> (int) value;
                case BOOL -> value != 0 ? 1 : 0;
                case U8 -> (int) value & 0xff;
            };
        }

        public TensorType type() {
            return type;
        }

        /// One value for each element, or a single one for all.
        public double[] values() {
            return values.clone();
        }

        /// The value at a place in row-major order.
        public double value(int index) {
            return values.length == 1 ? values[0] : values[index];
        }

        /// Whether one value fills it.
        public boolean isUniform() {
            return values.length == 1;
        }

        /// Whether `value` fills it.
        public boolean is(double value) {
            return values.length == 1 && values[0] == value;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Constant constant
                    && type.equals(constant.type)
                    && Arrays.equals(values, constant.values);
        }

        @Override
        public int hashCode() {
            return 31 * type.hashCode() + Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return "Constant[type=" + type + ", values=" + Arrays.toString(values) + "]";
        }
    }

    /// A scalar that holds a dimension.
    record Size(Dim dim, DType dtype) implements Form {}

    /// Each element's own index along `axis`, as i32.
    record Iota(Shape shape, int axis) implements Form {}

    /// An operation over inputs of one shape.
    record Elementwise(ElementwiseOp op) implements Form {}

    /// Drops `axes` (ascending) by combining the elements along them.
    record Reduce(ReduceKind kind, List<Integer> axes) implements Form {
        public Reduce {
            axes = List.copyOf(axes);
        }
    }

    enum ReduceKind {
        SUM,
        PRODUCT,
        MAX,
        MIN,
        /// The first index of the greatest element along the one axis, as i32.
        ARGMAX,
        /// The first index of the smallest element along the one axis, as i32.
        ARGMIN;

        /// Whether the result is an index.
        public boolean isIndex() {
            return this == ARGMAX || this == ARGMIN;
        }
    }

    /// The product of two f32 tensors `lhs` and `rhs`, summed over the paired contracted axes. The result has the batch
    /// axes, then the other axes of `lhs`, then those of `rhs`.
    record Contract(
            List<Integer> lhsBatch, List<Integer> rhsBatch, List<Integer> lhsContract, List<Integer> rhsContract)
            implements Form {
        public Contract {
            lhsBatch = List.copyOf(lhsBatch);
            rhsBatch = List.copyOf(rhsBatch);
            lhsContract = List.copyOf(lhsContract);
            rhsContract = List.copyOf(rhsContract);
        }

        /// The axes of `lhs` (rank `rank`) that are neither batch nor contracted.
        public List<Integer> lhsFree(int rank) {
            return free(rank, lhsBatch, lhsContract);
        }

        /// The axes of `rhs` (rank `rank`) that are neither batch nor contracted.
        public List<Integer> rhsFree(int rank) {
            return free(rank, rhsBatch, rhsContract);
        }

        private static List<Integer> free(int rank, List<Integer> batch, List<Integer> contract) {
            return Axes.range(0, rank).stream()
                    .filter(axis -> !batch.contains(axis) && !contract.contains(axis))
                    .toList();
        }
    }

    /// The same elements in row-major order under another shape.
    record Reshape(Shape shape) implements Form {}

    /// Axis `i` of the result is axis `permutation[i]` of the input.
    record Transpose(List<Integer> permutation) implements Form {
        public Transpose {
            permutation = List.copyOf(permutation);
        }
    }

    /// Along each axis the elements from start (inclusive) to limit (exclusive), `steps` ≥ 1 apart.
    record Slice(List<Dim> starts, List<Dim> limits, List<Integer> steps) implements Form {
        public Slice {
            starts = List.copyOf(starts);
            limits = List.copyOf(limits);
            steps = List.copyOf(steps);
        }
    }

    /// Zeros (false) before and after along each axis.
    record Pad(List<Dim> low, List<Dim> high) implements Form {
        public Pad {
            low = List.copyOf(low);
            high = List.copyOf(high);
        }
    }

    /// One or more inputs one after the other along `axis`.
    record Concat(int axis) implements Form {}

    /// Repeats the input over new axes: its axis `i` becomes axis `axes[i]` (ascending) of `shape`, with equal
    /// dimension.
    record Broadcast(Shape shape, List<Integer> axes) implements Form {
        public Broadcast {
            axes = List.copyOf(axes);
        }
    }

    /// Rows of a table: table \[n, rest…\], indices i32 \[s…\] → \[s…, rest…\]. The runtime checks the indices.
    record Gather() implements Form {}

    /// Sums of updates by row: indices i32 \[s…\], updates f32 \[s…, rest…\] → \[rows, rest…\].
    record ScatterAdd(Dim rows) implements Form {}

    /// Each row, which is what lies along the last axis, becomes another one of its length.
    record Row(RowKind kind) implements Form {}

    enum RowKind {
        /// The indices of the elements from the smallest to the greatest, as i32; of equal ones the first comes first.
        ASCENDING,
        /// The indices from the greatest to the smallest; of equal ones the first comes first.
        DESCENDING,
        /// The sums of the elements up to each one, itself included.
        SUMS,
        /// The sums of the elements from each one, itself included, to the end.
        SUMS_BACKWARDS;

        /// Whether the result are indices.
        public boolean isIndex() {
            return this == ASCENDING || this == DESCENDING;
        }

        /// `order_ascending`, as the text of the IR has it.
        public String keyword() {
            return (isIndex() ? "order_" : "running_") + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Draws keyed by the run's seed and step and by `stream`: equal streams give equal draws.
    record Random(Distribution distribution, Shape shape, long stream) implements Form {}

    enum Distribution {
        /// Evenly from \[0, 1).
        UNIFORM,
        /// With mean 0 and variance 1.
        NORMAL
    }

    /// One output of what a library kernel makes of its operands. Equal calls that differ in `output` are one step. Outputs
    /// beyond the body's are what a kernel keeps for its gradient.
    ///
    /// @param attributes what the kernel wants to know besides its operands, see [LibraryKernel]
    /// @param body what it means, over inputs of the operands' types
    /// @param type of this output
    record Call(LibraryKernel kernel, List<Integer> attributes, CallBody body, int output, TensorType type)
            implements Form {
        public Call {
            attributes = List.copyOf(attributes);
        }

        /// Another output of the same call.
        public Call output(int other, TensorType otherType) {
            return new Call(kernel, attributes, body, other, otherType);
        }

        /// Whether two outputs of one call are meant, if the operands are the same.
        public boolean isSameCall(Call other) {
            return kernel == other.kernel && body == other.body && attributes.equals(other.attributes);
        }
    }

    /// Its input, through which no gradient passes.
    record StopGradient() implements Form {}

    /// Runs a body `trips` times, one after the other, and gives one of its results. Inputs are the initial values of what is
    /// carried, the sequences, whose first axis is the time, and the captured values. Scans that differ in their result
    /// alone are one loop.
    ///
    /// @param trips    the length of the time axis
    /// @param reversed from the last slice to the first
    record Scan(Body body, Dim trips, boolean reversed, ScanResult result) implements Form {
        /// The same loop, of which something else is asked.
        public Scan with(ScanResult other) {
            return new Scan(body, trips, reversed, other);
        }
    }

    /// What a scan gives.
    sealed interface ScanResult {}

    /// The value of the carried variable numbered `carried` after the last round.
    record Last(int carried) implements ScanResult {}

    /// The values that a node of the body has in each round, along a new first axis; those of a reversed scan stand
    /// beside the slices they were made of.
    record Stacked(Node node) implements ScanResult {}

    /// Its input, told apart from equal values: the point at which `grad` differentiates. Two points of one number are
    /// the same.
    record Point(int number) implements Form {}
}
