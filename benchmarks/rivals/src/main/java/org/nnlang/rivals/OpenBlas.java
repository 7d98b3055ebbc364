package org.nnlang.rivals;

import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nnlang.benchmarks.race.Contender;
import org.nnlang.benchmarks.race.Task;

/// Matrix products of OpenBLAS, on memory outside the heap. Its threads are as many as its process's environment says.
public final class OpenBlas implements Contender {
    @Override
    public String who() {
        return "OpenBLAS 0.3.31";
    }

    @Override
    public Optional<Prepared> prepare(Task task, int threads) {
        Operands at = new Operands(task);
        int left = at.transA() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        int right = at.transB() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        FloatPointer a = at.a();
        FloatPointer b = at.b();
        FloatPointer c = at.c();
        return Optional.of(at.prepared(() -> openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor, left, right, at.m(), at.n(), at.k(), 1, a, at.lda(), b, at.ldb(), 0, c,
                at.n())));
    }
}
