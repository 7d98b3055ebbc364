/// Measurements of kernels and of whole training steps.
module org.nnlang.benchmarks {
    requires java.management;
    requires jdk.management;
    requires org.nnlang.compiler;
    requires org.nnlang.runtime;
    requires org.nnlang.stdlib;
    requires static jdk.incubator.vector;
    requires static org.jspecify;
}
