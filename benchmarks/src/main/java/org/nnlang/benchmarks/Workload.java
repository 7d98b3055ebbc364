package org.nnlang.benchmarks;

import java.util.function.Consumer;

/// A family of steps to measure.
interface Workload {
    /// As it is asked for, such as `W1`.
    String name();

    /// Measures each of its shapes whose name contains `filter`.
    void run(Meter meter, String filter, Consumer<Measurement> report);
}
