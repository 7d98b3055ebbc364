/// Everything a compiled program needs while it runs. Depends on the JDK alone.
///
/// `jdk.incubator.vector` is optional: where it is absent, the scalar kernels give the same bits, slowly. `jdk.management`
/// is optional, too: it knows whether vector code still makes objects.
module org.nnlang.runtime {
    requires static jdk.incubator.vector;
    requires static jdk.management;
    requires static org.jspecify;

    uses org.nnlang.runtime.operation.Operation;
    uses org.nnlang.runtime.program.Backend;

    exports org.nnlang.runtime;
    exports org.nnlang.runtime.checkpoint;
    exports org.nnlang.runtime.data;
    exports org.nnlang.runtime.file;
    exports org.nnlang.runtime.fused;
    exports org.nnlang.runtime.generate;
    exports org.nnlang.runtime.json;
    exports org.nnlang.runtime.kernel;
    exports org.nnlang.runtime.model;
    exports org.nnlang.runtime.operation;
    exports org.nnlang.runtime.program;
    exports org.nnlang.runtime.tensor;
    exports org.nnlang.runtime.train;
}
