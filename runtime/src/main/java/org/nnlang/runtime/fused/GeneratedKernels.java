package org.nnlang.runtime.fused;

/// What a generated class has to offer: code for some programs of an image, by number. It links to the vector module, so
/// it is a class of its own, loaded only where [Machine#vectors()][org.nnlang.runtime.kernel.Machine#vectors] says so.
public interface GeneratedKernels {
    /// Whether there is code for program `program`; what would be too large for C2 has none.
    boolean has(int program);

    /// Runs one phase of program `program` over a block, as [FusedKernel#run].
    void run(
            int program,
            FusedArguments arguments,
            FusedScratch scratch,
            int phase,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo);

    /// Program `program` as a kernel.
    default FusedKernel kernel(int program) {
        return (arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo) -> run(program, arguments, scratch,
                phase, rowFrom, rowTo, columnFrom, columnTo);
    }
}
