package org.nnlang.rivals;

import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;

/// Matrix products of oneDNN, on memory outside the heap. Its threads are as many as its process's environment says.
public final class OneDnn implements Contender {
    @Override
    public String who() {
        return "oneDNN 3.11";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        Operands at = new Operands(task);
        byte left = (byte) (at.transA() ? 'T' : 'N');
        byte right = (byte) (at.transB() ? 'T' : 'N');
        FloatPointer a = at.a();
        FloatPointer b = at.b();
        FloatPointer c = at.c();
        return Optional.of(at.prepared(() -> {
            int status = dnnl.dnnl_sgemm(
                    left, right, at.m(), at.n(), at.k(), 1, a, at.lda(), b, at.ldb(), 0, c, at.n());
            if (status != 0) {
                throw new IllegalStateException("dnnl_sgemm returns " + status);
            }
        }));
    }
}
