package org.nnlang.cli;

import java.util.List;
import org.nnlang.runtime.tensor.Tensor;

/// The examples of one input of a model.
sealed interface ExampleInput {
    /// How many there are.
    int count();

    /// How many tokens an example has; 0 where it has none.
    int length(int example);

    /// All examples of one size in a tensor.
    Tensor all();

    /// Some examples, whose lengths are the same.
    Tensor some(int[] places);

    /// Examples of one size: the first axis counts them.
    record Numbers(Tensor all) implements ExampleInput {
        @Override
        public int count() {
            return all.rank() == 0 ? 1 : all.dim(0);
        }

        @Override
        public int length(int example) {
            return 0;
        }

        @Override
        public Tensor some(int[] places) {
            int size = all.size() / count();
            int[] shape = all.shape().clone();
            shape[0] = places.length;
            if (all.dtype().isFloat()) {
                float[] some = new float[places.length * size];
                for (int i = 0; i < places.length; i++) {
                    System.arraycopy(all.floats(), places[i] * size, some, i * size, size);
                }
                return Tensor.of(some, shape);
            }
            int[] some = new int[places.length * size];
            for (int i = 0; i < places.length; i++) {
                System.arraycopy(all.ints(), places[i] * size, some, i * size, size);
            }
            return Tensor.of(all.dtype(), some, shape);
        }
    }

    /// Texts, of any lengths.
    record Tokens(List<int[]> texts) implements ExampleInput {
        public Tokens {
            texts = List.copyOf(texts);
        }

        @Override
        public int count() {
            return texts.size();
        }

        @Override
        public int length(int example) {
            return texts.get(example).length;
        }

        @Override
        public Tensor all() {
            throw new IllegalStateException("texts differ in length");
        }

        @Override
        public Tensor some(int[] places) {
            int length = length(places[0]);
            int[] tokens = new int[places.length * length];
            for (int i = 0; i < places.length; i++) {
                System.arraycopy(texts.get(places[i]), 0, tokens, i * length, length);
            }
            return Tensor.of(tokens, places.length, length);
        }
    }
}
