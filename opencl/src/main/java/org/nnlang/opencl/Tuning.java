package org.nnlang.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.code.Argument;
import org.nnlang.opencl.code.Launch;
import org.nnlang.opencl.code.Shape;
import org.nnlang.opencl.code.Target;
import org.nnlang.opencl.code.Tiling;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.Switch;
import org.nnlang.runtime.program.Segment;

/// Finds out by measuring how matrix products, and convolutions as such, are best cut on a device, once for each size. The tilings that are tried give the
/// same bits, so nothing but time depends on what was measured.
final class Tuning {
    /// `on`: every product and convolution of a program is measured before its first run, however long that takes; `off`: none is. Otherwise GPUs
    /// are given a few seconds for each program, and what is left is done when it, or another, is started the next time.
    static final Switch SWITCH = Switch.of("nn.opencl.tune", "on", "off");

    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int RUNS = 5;

    /// A tiling must be better than the one that was expected to be best by this factor.
    private static final double BETTER = 0.98;

    private final OpenClAccelerator accelerator;
    private final Target target;
    private final Driver driver;
    private final KeptTilings kept;
    private final Map<Shape, Tiling> known;
    private final boolean everything;

    Tuning(OpenClAccelerator accelerator, Target target, KeptTilings kept, boolean everything) {
        this.accelerator = accelerator;
        this.target = target;
        this.kept = kept;
        this.everything = everything;
        driver = accelerator.driver;
        known = kept.read();
        // What was kept may be another model's choice.
        known.entrySet().removeIf(each -> !each.getKey().candidates(target).contains(each.getValue()));
    }

    /// The best tilings of products, as far as they are known.
    Map<Shape, Tiling> of(List<Shape> shapes) {
        List<Shape> unknown = shapes.stream().filter(shape -> !known.containsKey(shape)).toList();
        if (!unknown.isEmpty()) {
            Map<Shape, Tiling> found = measure(unknown);
            known.putAll(found);
            kept.add(found);
        }
        return known;
    }

    private Map<Shape, Tiling> measure(List<Shape> shapes) {
        Map<Shape, Tiling> found = new HashMap<>();
        long start = System.nanoTime();
        long queue = 0;
        try {
            queue = driver.createQueue(accelerator.context, accelerator.handle, true);
            for (Shape shape : shapes) {
                if (!everything && System.nanoTime() - start > PATIENCE_NANOS) {
                    break;
                }
                found.put(shape, best(shape, queue));
            }
        } catch (OpenClException | NnException | ProgramCache.Rejected e) {
            // What the device refuses here it may still do with the tiling that the model chooses.
            System.getLogger(Tuning.class.getName()).log(System.Logger.Level.DEBUG, "measuring products", e);
        } finally {
            if (queue != 0) {
                long made = queue;
                OpenClAccelerator.quietly(() -> driver.releaseQueue(made));
            }
        }
        return found;
    }

    private Tiling best(Shape shape, long queue) throws ProgramCache.Rejected {
        List<Tiling> candidates = shape.candidates(target);
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        List<List<Launch>> each = candidates.stream().map(tiling -> shape.launches(tiling, target)).toList();
        List<Launch> all = each.stream().flatMap(List::stream).toList();
        long scratch = all.stream().mapToLong(Launch::scratch).max().orElse(0);
        long program = accelerator.tryToBuild(Shape.source(all, target));
        List<Long> kernels = new ArrayList<>();
        Map<Object, Long> buffers = new HashMap<>();
        Map<Object, Long> sizes = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            long[] floats = shape.floats();
            sizes.put(Segment.INPUTS, 4 * floats[0]);
            sizes.put(Segment.CONSTANTS, 4 * floats[1]);
            sizes.put(Segment.OUTPUTS, 4 * floats[2]);
            sizes.put(Argument.Scratch.class, 4 * scratch);
            sizes.forEach((what, size) -> buffers.put(what, accelerator.buffer(size, "measuring a product")));
            Tiling best = candidates.getFirst();
            double least = Double.POSITIVE_INFINITY;
            int number = 0;
            for (int i = 0; i < candidates.size(); i++) {
                List<Long> own = new ArrayList<>();
                for (Launch launch : each.get(i)) {
                    long kernel = driver.createKernel(program, "k" + number++);
                    kernels.add(kernel);
                    own.add(kernel);
                    bind(kernel, launch, buffers, arena);
                }
                double time = time(own, each.get(i), queue, arena);
                if (time < least * (i == 0 ? 1 : BETTER)) {
                    least = time;
                    best = candidates.get(i);
                }
            }
            return best;
        } finally {
            kernels.forEach(kernel -> OpenClAccelerator.quietly(() -> driver.releaseKernel(kernel)));
            buffers.forEach((what, buffer) -> OpenClAccelerator.quietly(
                    () -> accelerator.release(buffer, Objects.requireNonNull(sizes.get(what)))));
            OpenClAccelerator.quietly(() -> driver.releaseProgram(program));
        }
    }

    private void bind(long kernel, Launch launch, Map<Object, Long> buffers, Arena arena) {
        for (int i = 0; i < launch.arguments().size(); i++) {
            switch (launch.arguments().get(i)) {
                case Argument.Memory(Segment segment, _, _) ->
                    driver.argument(kernel, i, 8, handle(buffers.get(segment), arena));
                case Argument.Scratch() ->
                    driver.argument(kernel, i, 8, handle(buffers.get(Argument.Scratch.class), arena));
                case Argument.Offset _ ->
                    driver.argument(kernel, i, 4, arena.allocateFrom(ValueLayout.JAVA_INT, 0));
                case Argument.Number _, Argument.Key _, Argument.StepNumber _, Argument.Status _ ->
                    throw new AssertionError(launch.arguments());
            }
        }
    }

    private static MemorySegment handle(@Nullable Long buffer, Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, Objects.requireNonNull(buffer));
    }

    /// The least time of some runs, after one that counts for nothing.
    private double time(List<Long> kernels, List<Launch> launches, long queue, Arena arena) {
        double least = Double.POSITIVE_INFINITY;
        for (int run = 0; run <= RUNS; run++) {
            double sum = 0;
            for (int i = 0; i < kernels.size(); i++) {
                MemorySegment work = arena.allocate(ValueLayout.JAVA_LONG, 6);
                for (int axis = 0; axis < 3; axis++) {
                    work.setAtIndex(ValueLayout.JAVA_LONG, axis, launches.get(i).global().get(axis));
                    work.setAtIndex(ValueLayout.JAVA_LONG, 3 + axis, launches.get(i).local().get(axis));
                }
                long event = driver.enqueue(queue, kernels.get(i), work, true);
                try {
                    driver.await(event);
                    sum += driver.duration(event);
                } finally {
                    driver.releaseEvent(event);
                }
            }
            if (run > 0) {
                least = Math.min(least, sum);
            }
        }
        return least;
    }
}
