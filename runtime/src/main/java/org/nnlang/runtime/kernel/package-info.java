/// The kernels: plain loops over `float[]` and `int[]` with int offsets, in a vector and a scalar spelling.
///
/// Every result is the same, bit for bit, for any number of threads, any vector width, and in the scalar
/// spelling that serves where `jdk.incubator.vector` is absent. Three rules make it so: a fused multiply-add
/// happens where it is written and nowhere else; every sum has one fixed tree (see
/// [Gemm][org.nnlang.runtime.kernel.Gemm], and [Reduction][org.nnlang.runtime.fused.Reduction] for rows and columns); and work is
/// split by fixed chunks, never by the number of threads.
@NullMarked
package org.nnlang.runtime.kernel;

import org.jspecify.annotations.NullMarked;
