package org.nnlang.rivals;

import org.bytedeco.javacpp.FloatPointer;
import org.nnlang.benchmarks.race.Checksums;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;

/// The operands of a product, copied to memory outside the heap.
final class Operands {
    private final int[] left;
    private final int[] right;
    private final boolean transA;
    private final boolean transB;
    private final FloatPointer a;
    private final FloatPointer b;
    private final FloatPointer c;

    Operands(Task task) {
        left = task.input(0).shape();
        right = task.input(1).shape();
        String form = task.shape().substring(task.shape().length() - 2);
        transA = form.charAt(0) == 'T';
        transB = form.charAt(1) == 'T';
        a = new FloatPointer(task.input(0).floats());
        b = new FloatPointer(task.input(1).floats());
        c = new FloatPointer((long) m() * n());
    }

    boolean transA() {
        return transA;
    }

    boolean transB() {
        return transB;
    }

    FloatPointer a() {
        return a;
    }

    FloatPointer b() {
        return b;
    }

    FloatPointer c() {
        return c;
    }

    int m() {
        return left[transA ? 1 : 0];
    }

    int k() {
        return left[transA ? 0 : 1];
    }

    int n() {
        return right[transB ? 0 : 1];
    }

    int lda() {
        return left[1];
    }

    int ldb() {
        return right[1];
    }

    Contender.Prepared prepared(Runnable product) {
        return new Contender.Prepared() {
            @Override
            public void run() {
                product.run();
            }

            @Override
            public double result() {
                float[] values = new float[m() * n()];
                c.get(values);
                return Checksums.of(values, 0, values.length);
            }

            @Override
            public void close() {
                a.close();
                b.close();
                c.close();
            }
        };
    }
}
