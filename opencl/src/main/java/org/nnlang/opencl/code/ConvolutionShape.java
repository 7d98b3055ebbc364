package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.LibraryKernel;

/// A convolution, or one of its gradients, that is computed as a product of gathered matrices.
///
/// @param form which of the three
/// @param image dimensions of x
/// @param weights dimensions of the weights
/// @param down rows of pixels of the result
/// @param right columns
/// @param moves as [Windows] has them
record ConvolutionShape(Form form, List<Integer> image, List<Integer> weights, int down, int right,
        List<Integer> moves) implements Shape {
    private static final int MOVES = 6;

    ConvolutionShape {
        image = List.copyOf(image);
        weights = List.copyOf(weights);
        moves = List.copyOf(moves.subList(0, MOVES));
    }

    /// The bilinear functions of a convolution.
    enum Form {
        FORWARD(LibraryKernel.CONVOLUTION),
        INPUT(LibraryKernel.CONVOLUTION_INPUT),
        WEIGHTS(LibraryKernel.CONVOLUTION_WEIGHTS);

        final LibraryKernel kernel;

        Form(LibraryKernel kernel) {
            this.kernel = kernel;
        }

        /// That of a kernel, or null where it is no convolution.
        static @Nullable Form of(LibraryKernel kernel) {
            return Arrays.stream(values()).filter(form -> form.kernel == kernel).findFirst().orElse(null);
        }
    }

    @Override
    public Size size() {
        return ConvolutionKernels.size(this);
    }

    @Override
    public long[] floats() {
        long filters = weights.get(3);
        return new long[] {count(image), count(weights), image.getFirst() * (long) down * right * filters};
    }

    private static long count(List<Integer> dims) {
        return dims.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    @Override
    public List<Launch> launches(Tiling tiling, Target target) {
        return ConvolutionKernels.of(this, tiling, target);
    }

    @Override
    public String toString() {
        List<Integer> numbers = new ArrayList<>(image);
        numbers.addAll(weights);
        numbers.addAll(List.of(down, right));
        numbers.addAll(moves);
        var text = new StringBuilder(form.kernel.label());
        numbers.forEach(number -> text.append(' ').append(number));
        return text.toString();
    }

    /// Reads what [#toString] wrote, or null.
    static @Nullable ConvolutionShape parse(String text) {
        String[] parts = text.split(" ", -1);
        Form form = Arrays.stream(Form.values())
                .filter(each -> each.kernel.label().equals(parts[0]))
                .findFirst().orElse(null);
        if (form == null || parts.length != 11 + MOVES) {
            return null;
        }
        List<Integer> numbers = Arrays.stream(parts).skip(1).map(Integer::valueOf).toList();
        return new ConvolutionShape(
                form, numbers.subList(0, 4), numbers.subList(4, 8), numbers.get(8), numbers.get(9),
                numbers.subList(10, 10 + MOVES));
    }
}
