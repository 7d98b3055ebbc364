package org.nnlang.benchmarks.race;

import java.util.Optional;

/// A library that can run workloads.
public interface Contender {
    /// As the table shows it, with its version.
    String who() throws Exception;

    /// Makes a task ready to run, or says that this library has no such thing.
    ///
    /// @param threads how many it may use
    Optional<Prepared> prepare(Task task, int threads) throws Exception;

    /// A task, ready. All that it was given is in memory; a run does one step, or one inference, or one product.
    interface Prepared extends AutoCloseable {
        /// Does the work once.
        void run();

        /// What came out of the last run, to compare: a loss, or a sum over the outputs with weights that differ.
        double result();

        @Override
        default void close() {}
    }
}
