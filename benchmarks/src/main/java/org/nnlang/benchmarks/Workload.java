package org.nnlang.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nnlang.benchmarks.race.Task;

/// A family of steps to measure.
interface Workload {
    /// As it is asked for, such as `W1`.
    String name();

    /// What distinguishes its shapes; empty where it has one alone.
    List<String> shapes();

    /// How a shape is called where it stands alone: `W2`, or `W6 GPT`.
    default String name(String shape) {
        return (name() + " " + shape).strip();
    }

    /// Measures each of its shapes whose name contains `filter`.
    void run(Meter meter, String filter, Consumer<Measurement> report);

    /// The same for a race with other libraries.
    List<Job> jobs();

    /// @param shape what distinguishes it within its workload; may be empty
    /// @param flops floating-point operations of a run
    /// @param items what a run gets done
    /// @param maker makes what contenders are given
    record Job(String shape, double flops, double items, Supplier<Task> maker) {
        Task task() {
            return maker.get();
        }
    }
}
