package org.nnlang.runtime.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many bytes the steps of an [Instance] read and write: every element of every operand once, however often a step comes back
/// to it. That is the least that memory sees where nothing stays in a cache; what stays there costs less.
public final class Traffic {
    private final Image image;
    private final Frame frame;

    private Traffic(Instance instance) {
        image = instance.image();
        frame = instance.frame();
    }

    /// The bytes of each step in one run, with all its rounds. A repeat has none of its own.
    public static long[] of(Instance instance) {
        var traffic = new Traffic(instance);
        int count = traffic.image.steps().size();
        long[] bytes = new long[count];
        traffic.count(bytes, 0, count, 1);
        return bytes;
    }

    private void count(long[] bytes, int from, int to, long times) {
        int next = from;
        while (next < to) {
            Step step = image.steps().get(next);
            bytes[next] = times * Float.BYTES * elements(step);
            next++;
            if (step instanceof Step.Repeat repeat) {
                count(bytes, next, next + repeat.steps(), times * extent(repeat.trips()));
                next += repeat.steps();
            }
        }
    }

    private long elements(Step step) {
        return switch (step) {
            case Step.Loop loop -> loop(loop, null);
            case Step.Product product -> product(product);
            case Step.GatherRows(_, _, _, var count, _, var width) -> extent(count) * (1 + 2 * extent(width));
            case Step.ScatterRows(_, _, _, var count, var rows, var width) ->
                extent(count) * (1 + extent(width)) + extent(rows) * extent(width);
            case Step.Order(_, _, _, var rows, var width) -> 2 * extent(rows) * extent(width);
            case Step.RunningSums(_, _, _, var rows, var width) -> 2 * extent(rows) * extent(width);
            case Step.Draw(_, _, _, var count) -> extent(count);
            case Step.Move(_, _, var dims, var from, var to) -> distinct(dims, from) + distinct(dims, to);
            case Step.Call call -> {
                long sum = 0;
                for (Step.Tensor operand : call.operands()) {
                    sum += distinct(operand.dims(), operand.strides());
                }
                for (Step.Result result : call.results()) {
                    sum += distinct(result.tensor().dims(), result.tensor().strides());
                }
                Step.Loop epilogue = call.epilogue();
                yield epilogue == null
                        ? sum
                        : sum + loop(epilogue, call.results().getFirst().tensor().place());
            }
            case Step.Clear(_, var count) -> extent(count);
            case Step.Repeat _ -> 0;
        };
    }

    private long product(Step.Product product) {
        long m = extent(product.m());
        long n = extent(product.n());
        long k = extent(product.k());
        long count = extent(product.count());
        long a = m * k * (count > 1 && extent(product.a().itemStride()) == 0 ? 1 : count);
        long b = k * n * (count > 1 && extent(product.b().itemStride()) == 0 ? 1 : count);
        long c = m * n * count;
        for (Step.Batch batch : product.outer()) {
            long size = extent(batch.size());
            a *= extent(batch.aStride()) == 0 ? 1 : size;
            b *= extent(batch.bStride()) == 0 ? 1 : size;
            c *= size;
        }
        Step.Loop epilogue = product.epilogue();
        // What follows a product finds its blocks in the cache, and often writes over them.
        return a + b + c + (epilogue == null ? 0 : loop(epilogue, product.c().place()));
    }

    /// @param cached what need not come from memory, or null
    private long loop(Step.Loop loop, @Nullable Place cached) {
        long sum = 0;
        for (Step.Binding operand : loop.operands()) {
            if (!operand.place().equals(cached)) {
                long columns = extent(operand.columnStride()) == 0 ? 1 : extent(loop.columns());
                sum += columns * distinct(loop.outer(), operand.outerStrides());
            }
        }
        return sum;
    }

    /// How many elements a layout has: a dimension that does not move repeats the same ones.
    private long distinct(List<Integer> dims, List<Integer> strides) {
        long size = 1;
        for (int axis = 0; axis < dims.size(); axis++) {
            size *= extent(strides.get(axis)) == 0 ? 1 : extent(dims.get(axis));
        }
        return size;
    }

    private long extent(int index) {
        return frame.extent(index);
    }
}
