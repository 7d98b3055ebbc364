package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.tensor.DType;

/// A training learns from a data source that a user wrote, as from one of the library.
class OwnDataTest {
    private static final Program WAVES = Program.of("""
            model Wave()(x: f32[b, 2]) -> f32[b, 2] = x |> Dense(6, tanh) |> Dense(2)

            train Waves(waves: Data, epochs: Int = 2, batch: Int = 8, seed: Int = 2) {
                val (learn, held_out) = waves.standardize().split(0.75)
                val net = Wave()
                step (x, high) in learn.shuffle() { minimize cross_entropy(net(x), high) with Adam(0.02) }
                validate (x, high) in held_out { report accuracy(net(x), high) }
            }
            """);
    private static final int COUNT = 64;

    private static float x(int example, int part) {
        return (float) Math.sin(example + 0.5 * part) * 3 + 1;
    }

    private static int high(int example) {
        return x(example, 0) > 1 ? 1 : 0;
    }

    /// Waves that are computed when they are asked for: nothing is held in memory.
    private static final class Computed implements Dataset {
        private final AtomicInteger reads = new AtomicInteger();

        @Override
        public DataHeader header() {
            return new DataHeader(
                    List.of(
                            new DataHeader.Field("x", DType.F32, List.of(2)),
                            new DataHeader.Field("high", DType.I32, List.of(), List.of("no", "yes"), List.of())),
                    COUNT, List.of(), Map.of());
        }

        @Override
        public void read(int example, int field, float[] destination, int offset) {
            reads.incrementAndGet();
            if (field == 0) {
                destination[offset] = x(example, 0);
                destination[offset + 1] = x(example, 1);
            } else {
                destination[offset] = high(example);
            }
        }

        @Override
        public void read(int example, int field, int[] destination, int offset) {
            if (field == 0) {
                throw new IllegalArgumentException("x holds floats");
            }
            destination[offset] = high(example);
        }
    }

    private static Trained train(Dataset waves) {
        return WAVES.training().data("waves", waves).threads(1).run();
    }

    @Test
    void aSourceThatComputesItsExamplesIsSplitStandardisedAndShuffledLikeAnyOther() {
        var computed = new Computed();
        Trained own = train(computed);

        float[] xs = new float[2 * COUNT];
        int[] labels = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            xs[2 * i] = x(i, 0);
            xs[2 * i + 1] = x(i, 1);
            labels[i] = high(i);
        }
        Trained held = train(Dataset.columns().floats("x", xs, 2).labels("high", labels).build());
        assertEquals(held.checkpoint().tensors(), own.checkpoint().tensors());
        assertEquals(held.result().validate(), own.result().validate());
        assertTrue(computed.reads.get() >= COUNT);
    }

    @Test
    void anIterableIsWalkedThroughOnce() {
        var walks = new AtomicInteger();
        Iterable<Integer> numbers = () -> {
            walks.incrementAndGet();
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < COUNT;
                }

                @Override
                public Integer next() {
                    return next++;
                }
            };
        };
        Dataset rows = Dataset.rows(numbers).floats("x", i -> new float[] {x(i, 0), x(i, 1)}, 2)
                .label("high", OwnDataTest::high).build();
        assertEquals(train(new Computed()).checkpoint().tensors(), train(rows).checkpoint().tensors());
        assertEquals(1, walks.get());
    }
}
