package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.LibraryKernel;

/// A convolution, or one of its gradients, that is computed as a product of gathered matrices.
///
/// @param kernel which of the three
/// @param image dimensions of x
/// @param weights dimensions of the weights
/// @param down rows of pixels of the result
/// @param right columns
/// @param moves as [Windows] has them
record ConvolutionShape(LibraryKernel kernel, List<Integer> image, List<Integer> weights, int down, int right,
        List<Integer> moves) implements Shape {
    private static final int MOVES = 6;

    ConvolutionShape {
        image = List.copyOf(image);
        weights = List.copyOf(weights);
        moves = List.copyOf(moves.subList(0, MOVES));
    }

    static boolean isConvolution(LibraryKernel kernel) {
        return switch (kernel) {
            case CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS -> true;
            case ATTENTION, ATTENTION_GRADIENT, MAX_POOL, MAX_POOL_GRADIENT, AVERAGE_POOL, AVERAGE_POOL_GRADIENT ->
                false;
        };
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
        var text = new StringBuilder(kernel.label());
        numbers.forEach(number -> text.append(' ').append(number));
        return text.toString();
    }

    /// Reads what [#toString] wrote, or null.
    static @Nullable ConvolutionShape parse(String text) {
        String[] parts = text.split(" ", -1);
        LibraryKernel kernel = Arrays.stream(LibraryKernel.values())
                .filter(each -> isConvolution(each) && each.label().equals(parts[0]))
                .findFirst().orElse(null);
        if (kernel == null || parts.length != 11 + MOVES) {
            return null;
        }
        List<Integer> numbers = Arrays.stream(parts).skip(1).map(Integer::valueOf).toList();
        return new ConvolutionShape(
                kernel, numbers.subList(0, 4), numbers.subList(4, 8), numbers.get(8), numbers.get(9),
                numbers.subList(10, 10 + MOVES));
    }
}
